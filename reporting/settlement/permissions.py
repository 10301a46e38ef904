"""Permission names of settlement: corrections of accepted months, what is due, and what persons pay."""

from kernel.permissions import register
from tenants.roles import Role

READ_SETTLEMENTS = register(
    "settlement.read",
    roles={
        Role.DIRECTOR,
        Role.COORDINATOR,
        Role.BENEFITS_WORKER,
        Role.INSPECTOR,
        Role.ACCOUNTANT,
        Role.NGO_MANAGER,
        Role.NGO_COORDINATOR,
    },
    personal_data=True,
)
ADJUST = register(
    "settlement.adjust", roles={Role.DIRECTOR, Role.COORDINATOR, Role.ACCOUNTANT}, personal_data=True
)
CONFIRM = register(
    "settlement.confirm", roles={Role.DIRECTOR, Role.ACCOUNTANT, Role.NGO_MANAGER}, personal_data=True
)
SETTLE = register("settlement.settle", roles={Role.DIRECTOR, Role.ACCOUNTANT}, personal_data=True)
INVOICE = register(
    "settlement.invoice",
    roles={Role.DIRECTOR, Role.ACCOUNTANT, Role.NGO_MANAGER, Role.NGO_COORDINATOR},
    personal_data=True,
)
READ_PAYMENTS = register(
    "settlement.read_payments",
    roles={Role.DIRECTOR, Role.COORDINATOR, Role.BENEFITS_WORKER, Role.ACCOUNTANT},
    personal_data=True,
)
EDIT_BASES = register(
    "settlement.edit_bases", roles={Role.COORDINATOR, Role.BENEFITS_WORKER}, personal_data=True
)

"""Permission names of settlement: corrections of accepted months, what is due, and what persons pay."""

from kernel.permissions import register
from tenants.roles import Role

READ_SETTLEMENTS = register(
    "settlement.read",
    roles={
        Role.DIRECTOR,
        Role.COORDINATOR,
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

"""Permission names of services with their standards, of cycles with their steps, of the directory and of the law."""

from kernel.permissions import register
from tenants.roles import Role

# A member of a committee may come from outside the unit: the cycle shows money and plans, so they see calls only.
_UNIT = {
    Role.DIRECTOR,
    Role.COORDINATOR,
    Role.SOCIAL_WORKER,
    Role.BENEFITS_WORKER,
    Role.INSPECTOR,
    Role.ACCOUNTANT,
}

# Whoever reads a cycle or a table of payments reads the service and the standard that it names.
READ_SERVICES = register(
    "commissioning.read_services", roles=_UNIT | {Role.NGO_MANAGER, Role.NGO_COORDINATOR}
)
EDIT_SERVICES = register("commissioning.edit_services", roles={Role.DIRECTOR, Role.COORDINATOR})
PUBLISH_STANDARDS = register("commissioning.publish_standards", roles={Role.DIRECTOR})

READ_CYCLES = register("commissioning.read_cycles", roles=_UNIT)
EDIT_CYCLES = register("commissioning.edit_cycles", roles={Role.DIRECTOR, Role.COORDINATOR})
PASS_STEPS = register("commissioning.pass_steps", roles={Role.DIRECTOR, Role.COORDINATOR})
CHOOSE_FORM = register("commissioning.choose_form", roles={Role.DIRECTOR})
EDIT_FINANCING = register(
    "commissioning.edit_financing", roles={Role.DIRECTOR, Role.COORDINATOR, Role.ACCOUNTANT}
)

READ_RESOURCES = register(
    "commissioning.read_resources", roles=_UNIT | {Role.NGO_MANAGER, Role.NGO_COORDINATOR}
)
EDIT_RESOURCES = register(
    "commissioning.edit_resources", roles={Role.DIRECTOR, Role.COORDINATOR, Role.SOCIAL_WORKER}
)

READ_PAYMENT_TABLES = register("commissioning.read_payment_tables", roles=_UNIT)
EDIT_PAYMENT_TABLES = register("commissioning.edit_payment_tables", roles={Role.DIRECTOR, Role.ACCOUNTANT})
READ_LAW = register("commissioning.read_law", roles=_UNIT | {Role.NGO_MANAGER, Role.NGO_COORDINATOR})
EDIT_LAW = register("commissioning.edit_law", roles={Role.DIRECTOR})

"""Permission names of services and their standards."""

from kernel.permissions import register
from tenants.roles import Role

READ_SERVICES = register(
    "commissioning.read_services",
    roles={
        Role.DIRECTOR,
        Role.COORDINATOR,
        Role.SOCIAL_WORKER,
        Role.BENEFITS_WORKER,
        Role.INSPECTOR,
        Role.NGO_MANAGER,
        Role.NGO_COORDINATOR,
    },
)
EDIT_SERVICES = register("commissioning.edit_services", roles={Role.DIRECTOR, Role.COORDINATOR})

"""Permission names of the unit's own work."""

from kernel.permissions import register
from tenants.roles import Role

READ_LOADS = register(
    "casework.read", roles={Role.DIRECTOR, Role.COORDINATOR, Role.SOCIAL_WORKER, Role.INSPECTOR}
)
KEEP_LOADS = register("casework.keep", roles={Role.DIRECTOR, Role.COORDINATOR})
KEEP_TIME = register("casework.keep_time", roles={Role.COORDINATOR, Role.SOCIAL_WORKER})
READ_TIME = register("casework.read_time", roles={Role.DIRECTOR, Role.COORDINATOR})

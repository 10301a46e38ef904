"""Permission names of the unit's own work."""

from kernel.permissions import register
from tenants.roles import Role

READ_LOADS = register(
    "casework.read", roles={Role.DIRECTOR, Role.COORDINATOR, Role.SOCIAL_WORKER, Role.INSPECTOR}
)
KEEP_LOADS = register("casework.keep", roles={Role.DIRECTOR, Role.COORDINATOR})
_OF_PROVIDER = {Role.NGO_MANAGER, Role.NGO_COORDINATOR}
# One's own card; the sums are those of one's own organisation, or of the unit.
KEEP_TIME = register(
    "casework.keep_time", roles={Role.COORDINATOR, Role.SOCIAL_WORKER, Role.WORKER} | _OF_PROVIDER
)
READ_TIME = register("casework.read_time", roles={Role.DIRECTOR, Role.COORDINATOR} | _OF_PROVIDER)
# The place in the frame of those who have nothing here but their time.
ENTER_TIME = register("casework.enter_time", roles={Role.WORKER} | _OF_PROVIDER)

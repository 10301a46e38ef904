"""Permission names of the continuity of care."""

from kernel.permissions import register
from tenants.roles import Role

_OF_UNIT = {Role.DIRECTOR, Role.COORDINATOR, Role.SOCIAL_WORKER}
_OF_PROVIDER = {Role.NGO_MANAGER, Role.NGO_COORDINATOR}

READ_RADAR = register("continuity.read", roles=_OF_UNIT | {Role.INSPECTOR} | _OF_PROVIDER, personal_data=True)
CHECK_SILENCE = register("continuity.check", roles=_OF_UNIT | _OF_PROVIDER, personal_data=True)
CONFIGURE_RADAR = register("continuity.configure", roles={Role.DIRECTOR})
READ_PACK = register("continuity.read_pack", roles=_OF_UNIT | {Role.INSPECTOR}, personal_data=True)
NOTE_REACHED = register("continuity.note_reached", roles=_OF_UNIT, personal_data=True)
REASSIGN = register("continuity.reassign", roles={Role.DIRECTOR, Role.COORDINATOR}, personal_data=True)

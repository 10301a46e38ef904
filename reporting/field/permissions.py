"""Permission names of the carer's phone and of what comes from it."""

from kernel.permissions import register
from tenants.roles import Role

_PROVIDER = {Role.NGO_MANAGER, Role.NGO_COORDINATOR}
_UNIT = {Role.COORDINATOR, Role.SOCIAL_WORKER}

# One place in the frame for all: it leads a carer to the phone page and the others to the observations.
ENTER_FIELD = register(
    "field.enter", roles={Role.WORKER, Role.DIRECTOR} | _PROVIDER | _UNIT, personal_data=True
)
USE_PHONE = register("field.use_phone", roles={Role.WORKER}, personal_data=True)
SETTLE_ENTRIES = register("field.settle_entries", roles=_PROVIDER, personal_data=True)
# Those who may correct an accepted month: what arrived too late for the diary is carried by a later one.
ADD_LATE_ENTRIES = register(
    "field.add_late_entries",
    roles={Role.DIRECTOR, Role.COORDINATOR, Role.ACCOUNTANT},
    personal_data=True,
)
READ_OBSERVATIONS = register(
    "field.read_observations", roles={Role.DIRECTOR} | _PROVIDER | _UNIT, personal_data=True
)
ANSWER_OBSERVATIONS = register("field.answer_observations", roles=_PROVIDER | _UNIT, personal_data=True)
PRINT_CARDS = register("field.print_cards", roles=_PROVIDER, personal_data=True)

"""Permission names of persons and decisions."""

from kernel.permissions import register
from tenants.roles import Role

_READERS = {
    Role.DIRECTOR,
    Role.COORDINATOR,
    Role.SOCIAL_WORKER,
    Role.BENEFITS_WORKER,
    Role.INSPECTOR,
    Role.NGO_MANAGER,
    Role.NGO_COORDINATOR,
}
_EDITORS = {Role.DIRECTOR, Role.COORDINATOR, Role.SOCIAL_WORKER}

READ_PERSONS = register("care.read_persons", roles=_READERS, personal_data=True)
# An organisation knows the persons entrusted to it by name and code; the number stays with the unit.
READ_PESEL = register(
    "care.read_pesel", roles=_EDITORS | {Role.BENEFITS_WORKER, Role.INSPECTOR}, personal_data=True
)
# A person asks who saw their data; the answer names people of the unit and of organisations.
TELL_READINGS = register(
    "care.tell_readings", roles={Role.DIRECTOR, Role.PRIVACY_OFFICER}, personal_data=True
)
EDIT_PERSONS = register("care.edit_persons", roles=_EDITORS, personal_data=True)
READ_DECISIONS = register("care.read_decisions", roles=_READERS, personal_data=True)
EDIT_DECISIONS = register("care.edit_decisions", roles=_EDITORS, personal_data=True)

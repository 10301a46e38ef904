"""Permission names of advice, and who may keep whose card and read whose note."""

from django.utils.translation import gettext_lazy as _

from kernel.access import Access
from kernel.permissions import ALLOWED, Verdict, denied, register
from reporting.advice.models import Appointment
from reporting.delivery.models import sees_own_visits_only
from tenants.roles import Role

_UNIT = {Role.COORDINATOR, Role.SOCIAL_WORKER}
_ORGANISATION = {Role.NGO_MANAGER, Role.NGO_COORDINATOR}

READ_ADVICE = register(
    "advice.read",
    roles={Role.DIRECTOR, Role.INSPECTOR, Role.WORKER} | _UNIT | _ORGANISATION,
    personal_data=True,
)
BOOK = register("advice.book", roles=_UNIT | _ORGANISATION, personal_data=True)
# The queue belongs to the unit: it holds persons whom no organisation knows yet.
READ_REQUESTS = register("advice.read_requests", roles=_UNIT, personal_data=True)
KEEP_CARDS = register("advice.keep_cards", roles={Role.WORKER} | _UNIT | _ORGANISATION, personal_data=True)
MANAGE_SLOTS = register("advice.manage_slots", roles={Role.COORDINATOR} | _ORGANISATION)
IMPORT = register("advice.import", roles={Role.COORDINATOR} | _ORGANISATION, personal_data=True)
READ_FIGURES = register(
    "advice.read_figures",
    roles={Role.DIRECTOR, Role.INSPECTOR} | _UNIT | _ORGANISATION,
)
SETTLE_TERMS = register("advice.settle_terms", roles={Role.DIRECTOR, Role.COORDINATOR})


def may_keep(access: Access, appointment: Appointment) -> Verdict:
    """Whether the person may fill in the card: advisers keep their own."""
    if sees_own_visits_only(access) and appointment.adviser.user_id != access.actor.user_id:
        return denied(_("You can keep your own cards only."))
    return ALLOWED


def may_write_note(access: Access, appointment: Appointment) -> Verdict:
    """Whether the person may write the confidential note: the adviser of this appointment, nobody else."""
    if access.actor.user_id is None or appointment.adviser.user_id != access.actor.user_id:
        return denied(
            _("The note is written by the adviser of the appointment, with an account of their own.")
        )
    return ALLOWED

"""Links with which a person confirms or cancels one appointment without signing in: signed, and they expire."""

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.utils import timezone

from reporting.advice.models import Appointment
from tenants.addresses import tenant_url

_SALT = "advice.answer"
# The appointment itself ends a link; this ends those of appointments that were forgotten.
LONGEST = timedelta(days=90)
ROUTE = "answer:appointment"


def answer_path(appointment: Appointment) -> str:
    """The address of ours at which the appointment is confirmed or cancelled."""
    token = signing.dumps([appointment.pk.hex, appointment.link_key], salt=_SALT)
    return tenant_url(ROUTE, token)


def appointment_of(token: str) -> Appointment | None:
    """The appointment of a link of this tenant; None where nobody made such a link, or it was made void."""
    try:
        pk, key = signing.loads(token, salt=_SALT, max_age=LONGEST)
        found: Appointment | None = Appointment.objects.filter(pk=UUID(pk), link_key=key).first()
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return found if key else None


def is_answerable(appointment: Appointment) -> bool:
    """Whether the link still does something: until the appointment begins, or ends in some other way."""
    return appointment.is_open and appointment.starts_at > timezone.now()

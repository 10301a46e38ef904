"""What is handed over to the background: reminders, sent once; files, checked and saved. By id, inside the tenant."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from kernel.background import UNTIL_SENT, send_once
from kernel.tenancy import require_tenant
from reporting.advice import notices
from reporting.advice.importing import work
from reporting.advice.links import is_answerable
from reporting.advice.models import Appointment, Reminder


@shared_task(name="advice.send_reminder", **UNTIL_SENT)
def send_reminder(reminder_id: str) -> None:
    """Send a message once, unless the appointment has begun or become something else than it tells of."""

    def send(reminder: Reminder) -> int:
        return notices.remind(reminder) if _still_holds(reminder) else 0

    send_once(Reminder.objects.select_related("appointment"), reminder_id, send)


def _still_holds(reminder: Reminder) -> bool:
    appointment = reminder.appointment
    if reminder.about == Reminder.About.CANCELLED:
        return appointment.state == Appointment.State.CANCELLED and appointment.starts_at > timezone.now()
    return is_answerable(appointment)


@shared_task(name="advice.check_file")
def check_file(file_id: str) -> None:
    """Check a file of advice."""
    require_tenant()
    work.check_file(UUID(file_id))


@shared_task(name="advice.save_file")
def save_file(file_id: str) -> None:
    """Save a file of advice that was confirmed."""
    require_tenant()
    work.save_file(UUID(file_id))

"""Work of the monthly close that is handed over: reminders, by id, sent once."""

from celery import shared_task
from django.utils import timezone

from kernel.background import UNTIL_SENT, send_once
from reporting.compliance import notices
from reporting.compliance.models import LateReminder, MonthReminder
from reporting.compliance.queries.handing_in import is_unhanded
from reporting.compliance.queries.late import all_late


@shared_task(name="compliance.send_reminder", **UNTIL_SENT)
def send_reminder(reminder_id: str) -> None:
    """Send a reminder once, unless the month was handed in meanwhile."""

    def send(reminder: MonthReminder) -> int:
        unhanded = is_unhanded(reminder.contract, reminder.month)
        return notices.remind_of_month(reminder) if unhanded else 0

    send_once(MonthReminder.objects.select_related("contract"), reminder_id, send)


@shared_task(name="compliance.send_late_reminder", **UNTIL_SENT)
def send_late_reminder(reminder_id: str) -> None:
    """Send a reminder of all that is late once, as it is late now; nothing where all was handed in meanwhile."""

    def send(reminder: LateReminder) -> int:
        late = all_late(timezone.localdate(), organisation=reminder.organisation_id)
        return notices.remind_of_late(reminder, late) if late else 0

    send_once(LateReminder.objects.all(), reminder_id, send)

"""Work of the monthly close that is handed over: reminders, by id, sent once."""

from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from kernel.background import UNTIL_SENT
from kernel.tenancy import require_tenant
from reporting.compliance import notices
from reporting.compliance.models import LateReminder, MonthReminder
from reporting.compliance.queries.handing_in import is_unhanded
from reporting.compliance.queries.late import late_months


@shared_task(name="compliance.send_reminder", **UNTIL_SENT)
def send_reminder(reminder_id: str) -> None:
    """Send a reminder once, unless the month was handed in meanwhile."""
    require_tenant()
    with transaction.atomic():
        reminder = (
            MonthReminder.objects.select_for_update(skip_locked=True, of=["self"])
            .select_related("contract")
            .filter(pk=UUID(reminder_id), sent_at__isnull=True)
            .first()
        )
        if reminder is None:
            return
        reminder.sent_at = timezone.now()
        if is_unhanded(reminder.contract, reminder.month):
            # Inside the transaction: a mail that cannot be sent leaves the reminder waiting.
            reminder.sent_to = notices.remind_of_month(reminder)
        reminder.save(update_fields=["sent_at", "sent_to"])


@shared_task(name="compliance.send_late_reminder", **UNTIL_SENT)
def send_late_reminder(reminder_id: str) -> None:
    """Send a reminder of all that is late once, as it is late now; nothing where all was handed in meanwhile."""
    require_tenant()
    with transaction.atomic():
        reminder = (
            LateReminder.objects.select_for_update(skip_locked=True)
            .filter(pk=UUID(reminder_id), sent_at__isnull=True)
            .first()
        )
        if reminder is None:
            return
        reminder.sent_at = timezone.now()
        if months := late_months(timezone.localdate(), organisation=reminder.organisation_id):
            # Inside the transaction: a mail that cannot be sent leaves the reminder waiting.
            reminder.sent_to = notices.remind_of_late(reminder, months)
        reminder.save(update_fields=["sent_at", "sent_to"])

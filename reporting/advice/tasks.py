"""Reminders that are handed over: by id, sent once."""

from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from kernel.background import UNTIL_SENT
from kernel.tenancy import require_tenant
from reporting.advice import notices
from reporting.advice.links import is_answerable
from reporting.advice.models import Reminder


@shared_task(name="advice.send_reminder", **UNTIL_SENT)
def send_reminder(reminder_id: str) -> None:
    """Send a reminder once, unless the appointment was cancelled or has begun meanwhile."""
    require_tenant()
    with transaction.atomic():
        reminder = (
            Reminder.objects.select_for_update(skip_locked=True, of=["self"])
            .select_related("appointment")
            .filter(pk=UUID(reminder_id), sent_at__isnull=True)
            .first()
        )
        if reminder is None:
            return
        reminder.sent_at = timezone.now()
        reminder.save(update_fields=["sent_at"])
        if is_answerable(reminder.appointment):
            # Inside the transaction: what cannot be sent leaves the reminder waiting.
            notices.remind(reminder)

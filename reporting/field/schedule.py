"""What the clock starts for the field: mails about urgent observations that were left waiting."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from kernel.background import hand_over
from reporting.field.models import Observation
from reporting.field.tasks import mail_urgent
from tenants.everywhere import in_every_tenant

PATIENCE = timedelta(minutes=5)


@shared_task(name="field.mail_waiting")
def mail_waiting() -> int:
    """Hand over again, in every tenant, urgent observations of which nobody was told; returns how many."""

    def send() -> int:
        waiting = Observation.objects.unread().filter(
            priority=Observation.Priority.URGENT,
            notified_at__isnull=True,
            received_at__lt=timezone.now() - PATIENCE,
        )
        return sum(hand_over(mail_urgent, pk) for pk in waiting.values_list("pk", flat=True))

    return in_every_tenant(send)

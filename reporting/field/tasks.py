"""Work of the carer's phone that is handed over: the mail about an urgent observation, by id, once."""

from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from kernel.background import UNTIL_SENT
from kernel.tenancy import require_tenant
from reporting.field import notices
from reporting.field.models import Observation


@shared_task(name="field.mail_urgent", **UNTIL_SENT)
def mail_urgent(observation_id: str) -> None:
    """Write to the coordinators once, unless somebody has read it meanwhile."""
    require_tenant()
    with transaction.atomic():
        observation = (
            Observation.objects.select_for_update(skip_locked=True, of=["self"])
            .select_related("worker", "decision__contract")
            .filter(pk=UUID(observation_id), notified_at__isnull=True)
            .first()
        )
        if observation is None:
            return
        observation.notified_at = timezone.now()
        observation.save(update_fields=["notified_at"])
        if observation.read_at is None:
            # Inside the transaction: a mail that cannot be sent leaves the observation waiting for one.
            notices.tell_of_urgent(observation)

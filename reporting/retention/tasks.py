"""What follows a clearance: entries of the record, which no web server may change, lose what they said of persons."""

from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.db.models import QuerySet

from audit.actions import erase_payloads
from kernel.tenancy import require_tenant
from reporting.retention.models import ClearanceLine


@shared_task(name="retention.erase_told")
def erase_told(clearance_id: str) -> None:
    """Erase what entries said of the persons whom this clearance anonymised; doing it again changes nothing."""
    require_tenant()
    erase_of(ClearanceLine.objects.filter(clearance_id=UUID(clearance_id)))


@transaction.atomic
def erase_of(lines: QuerySet[ClearanceLine]) -> None:
    """The same of these lines."""
    done = lines.filter(state=ClearanceLine.State.DONE)
    erase_payloads("person", done.order_by().values_list("person_id", flat=True))

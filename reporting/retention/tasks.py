"""What follows a clearance: what no web server may change (entries of the record first of all) loses what it told."""

from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.db.models import QuerySet

from kernel.clearing import keeper_of
from kernel.tenancy import require_tenant
from reporting.retention.models import Clearance, ClearanceLine


@shared_task(name="retention.erase_told")
def erase_told(clearance_id: str) -> None:
    """Erase what is left to workers of the subjects whom this clearance anonymised; again changes nothing."""
    require_tenant()
    erase_of(Clearance.objects.filter(pk=UUID(clearance_id)))


def erase_of(clearances: QuerySet[Clearance]) -> None:
    """The same of these clearances."""
    done: dict[str, list[str]] = {}
    lines = ClearanceLine.objects.filter(clearance__in=clearances, state=ClearanceLine.State.DONE)
    for line in lines.select_related("clearance").order_by("pk"):
        done.setdefault(line.clearance.kind, []).append(line.key)
    for kind, subjects in done.items():
        with transaction.atomic():
            keeper_of(kind).erase(subjects)

"""What the background does for compliance: bulk acceptances, begun when they are asked for and gone on with if lost."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from kernel.background import hand_over, hand_over_after_commit
from kernel.tenancy import public_scope, require_tenant, tenant_scope
from reporting.compliance.actions.accepting import accept_next
from reporting.compliance.models import BulkAcceptance
from tenants.models import Tenant

# A worker does its next part long before; silence for so long means that it is gone, or was never told.
SILENCE = timedelta(minutes=2)


@shared_task(name="compliance.accept_many")
def accept_many(acceptance_id: str) -> None:
    """Do a bulk acceptance to its end, part by part."""
    require_tenant()
    while accept_next(UUID(acceptance_id)):
        pass


def begin_bulk_acceptance(pk: UUID) -> None:
    """Tell the background after commit; where it cannot be told, `resume_acceptances` will."""
    asked = BulkAcceptance.objects.filter(pk=pk)
    hand_over_after_commit(accept_many, pk, then=lambda: asked.update(moved_at=timezone.now()))


@shared_task(name="compliance.resume_acceptances")
def resume_acceptances() -> int:
    """Hand over again, in every tenant, what no worker goes on with; returns how many acceptances.

    One connection walks all tenants, which is a query each, and is given up afterwards: it grows with every schema.
    """
    resumed = 0
    try:
        with public_scope():
            tenants = list(Tenant.objects.order_by("pk"))
        for tenant in tenants:
            with tenant_scope(tenant):
                before = timezone.now() - SILENCE
                lost = BulkAcceptance.objects.filter(
                    Q(moved_at__isnull=True) | Q(moved_at__lt=before), finished_at__isnull=True
                )
                for pk in lost.values_list("pk", flat=True):
                    resumed += hand_over(accept_many, pk)
                    BulkAcceptance.objects.filter(pk=pk).update(moved_at=timezone.now())
    finally:
        if not connection.in_atomic_block:
            connection.close()
    return resumed

"""What the background does for continuity: it prepares the amendments of persons who are to be moved."""

from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from kernel.background import hand_over, hand_over_after_commit
from kernel.tenancy import require_tenant
from reporting.continuity.actions import prepare_next
from reporting.continuity.models import Reassignment
from tenants.everywhere import in_every_tenant

# A worker does its next part long before; silence for so long means that it is gone, or was never told.
SILENCE = timedelta(minutes=2)


@shared_task(name="continuity.prepare_all")
def prepare_all(reassignment_id: str) -> None:
    """Prepare a reassignment to its end, part by part."""
    require_tenant()
    while prepare_next(UUID(reassignment_id)):
        pass


def begin_reassignment(pk: UUID) -> None:
    """Tell the background after commit; where it cannot be told, `resume_reassignments` will."""
    asked = Reassignment.objects.filter(pk=pk)
    hand_over_after_commit(prepare_all, pk, then=lambda: asked.update(moved_at=timezone.now()))


@shared_task(name="continuity.resume_reassignments")
def resume_reassignments() -> int:
    """Hand over again, in every tenant, what no worker goes on with; returns how many."""

    def resume() -> int:
        before = timezone.now() - SILENCE
        lost = Reassignment.objects.filter(
            Q(moved_at__isnull=True) | Q(moved_at__lt=before), finished_at__isnull=True
        )
        resumed = 0
        for pk in lost.values_list("pk", flat=True):
            resumed += hand_over(prepare_all, pk)
            Reassignment.objects.filter(pk=pk).update(moved_at=timezone.now())
        return resumed

    return in_every_tenant(resume)

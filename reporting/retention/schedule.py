"""What the clock starts for retention: lists of what is past its term where none stand, the end of those confirmed."""

from celery import shared_task

from kernel.access import Actor
from reporting.retention.actions import propose_clearance
from reporting.retention.models import LISTS
from reporting.retention.tasks import finish_waiting
from tenants.everywhere import in_every_tenant


@shared_task(name="retention.propose_clearances")
def propose_clearances() -> int:
    """Make lists in every tenant where none stand; returns how many subjects are on the lists at hand."""

    def propose() -> int:
        return sum(propose_clearance(kind, actor=Actor.system("retention")) for kind, _label in LISTS)

    return in_every_tenant(propose)


@shared_task(name="retention.finish_clearances")
def finish_clearances() -> int:
    """Finish in every tenant the lists that no worker was told of, or that failed; returns how many."""
    return in_every_tenant(finish_waiting)

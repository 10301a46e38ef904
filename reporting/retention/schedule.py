"""What the clock starts for retention: once a month lists of what is past its term, where none stand."""

from celery import shared_task

from kernel.access import Actor
from reporting.retention.actions import propose_clearance
from reporting.retention.models import LISTS, Clearance
from reporting.retention.tasks import erase_of
from tenants.everywhere import in_every_tenant


@shared_task(name="retention.propose_clearances")
def propose_clearances() -> int:
    """Make lists in every tenant where none stand; returns how many subjects are on the lists at hand."""

    def propose() -> int:
        # What a worker was not told of when a list was carried out.
        erase_of(Clearance.objects.filter(state=Clearance.State.CONFIRMED))
        return sum(propose_clearance(kind, actor=Actor.system("retention")) for kind, _label in LISTS)

    return in_every_tenant(propose)

"""What the clock starts for retention: once a month a list of who is past their term, where none stands."""

from celery import shared_task

from kernel.access import Actor
from reporting.retention.actions import propose_clearance
from reporting.retention.models import ClearanceLine
from reporting.retention.tasks import erase_of
from tenants.everywhere import in_every_tenant


@shared_task(name="retention.propose_clearances")
def propose_clearances() -> int:
    """Make a list in every tenant in which none stands; returns how many persons are on the lists at hand."""

    def propose() -> int:
        # What a worker was not told of when a list was carried out.
        erase_of(ClearanceLine.objects.all())
        return propose_clearance(actor=Actor.system("retention"))

    return in_every_tenant(propose)

"""What the clock starts for retention: once a month the list of who is past their term is made anew."""

from celery import shared_task

from kernel.access import Actor
from reporting.retention.actions import propose_clearance
from tenants.everywhere import in_every_tenant


@shared_task(name="retention.propose_clearances")
def propose_clearances() -> int:
    """Make the proposal anew in every tenant; returns how many persons are proposed."""
    actor = Actor.system("retention")
    return in_every_tenant(lambda: propose_clearance(actor=actor))

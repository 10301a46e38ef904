"""What the clock starts for retention: lists of what is past its term where none stand, the end of those confirmed."""

import structlog
from celery import shared_task
from django.utils import timezone

from kernel.access import Actor
from kernel.tenancy import current_schema
from reporting.retention.actions import propose_clearance
from reporting.retention.models import LISTS, FailedProposal
from reporting.retention.tasks import finish_waiting
from tenants.everywhere import in_every_tenant

log = structlog.get_logger(__name__)


@shared_task(name="retention.propose_clearances")
def propose_clearances() -> int:
    """Make lists in every tenant where none stand; returns how many subjects are on the lists at hand."""
    return in_every_tenant(_propose_all)


def _propose_all() -> int:
    """The lists of the tenant at hand. One that fails stops none of the others: the log says what failed, and `doctor`
    names the tenant until a list of the kind is made."""
    count = 0
    for kind, _label in LISTS:
        try:
            count += propose_clearance(kind, actor=Actor.system("retention"))
        except Exception:
            log.exception("clearance_not_proposed", chain=current_schema(), list=kind)
            FailedProposal.objects.update_or_create(kind=kind, defaults={"failed_at": timezone.now()})
    return count


@shared_task(name="retention.finish_clearances")
def finish_clearances() -> int:
    """Finish in every tenant the lists that no worker was told of, or that failed; returns how many."""
    return in_every_tenant(finish_waiting)

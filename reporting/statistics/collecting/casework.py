"""The unit's own work in a quarter: loads of social workers, and their number against the act; four queries."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Count, F, Q, Sum

from kernel.tenancy import require_tenant
from reporting.casework.models import Caseload
from reporting.casework.queries import social_workers, statutory_ratio
from reporting.statistics.batches.figures import Figure
from reporting.statistics.batches.periods import Quarter
from tenants.models import Tenant


def figures(quarter: Quarter) -> Iterator[Figure]:
    """Nothing of loads where none was ever entered; nothing of the act where it does not bind, or nobody is known."""
    if Caseload.objects.order_by().exists():
        yield from _loads(quarter)
    tenant = require_tenant()
    workers = len(social_workers())
    if tenant.kind != Tenant.Kind.COUNTY and tenant.population and workers:
        required = statutory_ratio(quarter.months[2], 0).by_inhabitants
        yield Figure("social_workers_required", Decimal(workers), Decimal(required))


def _loads(quarter: Quarter) -> Iterator[Figure]:
    told = Caseload.objects.filter(month__gte=quarter.first, month__lte=quarter.last).aggregate(
        in_care=Sum("environments", default=0),
        rows=Count("pk"),
        over=Count("pk", filter=Q(environments__gt=F("limit"))),
        months=Count("month", distinct=True),
    )
    # Environments last for months: those of an average month stand behind the figure, not their sum.
    behind = told["in_care"] // told["months"] if told["months"] else 0
    rows = Decimal(told["rows"])
    yield Figure("caseload", Decimal(told["in_care"]), rows, behind)
    yield Figure("caseload_over_limit", Decimal(told["over"]), rows, behind)

"""What is known of loads and time: by worker, by month, and what the act asks for."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from contracting.commissioning.law import limits_on
from kernel.periods import Month
from kernel.polish import in_order
from kernel.tenancy import require_tenant
from reporting.casework.models import Caseload, TimeEntry
from reporting.casework.rules import LoadLimits, StatutoryRatio, percent_of_limit
from tenants.models import Membership
from tenants.roles import Role


@dataclass(frozen=True)
class WorkerLoad:
    """A social worker in a month; `kept` is None where nobody has entered the load yet."""

    worker_id: UUID
    name: str
    kept: Caseload | None
    limit: int

    @property
    def percent(self) -> Decimal | None:
        return percent_of_limit(self.kept.environments, self.limit) if self.kept else None

    @property
    def is_over(self) -> bool:
        return self.kept is not None and self.kept.environments > self.limit

    @property
    def is_full(self) -> bool:
        return self.kept is not None and self.kept.environments == self.limit


def load_limits(day: date) -> LoadLimits:
    """The limits of the unit's standard on the day; one query."""
    known = limits_on(day)
    return LoadLimits(known["caseload_environments"].whole, known["caseload_with_blue_card"].whole)


def social_workers() -> list[tuple[UUID, str]]:
    """(id, name) of the unit's social workers now, by name; one query."""
    rows = (
        Membership.objects.current()
        .filter(tenant_id=require_tenant().pk, role=Role.SOCIAL_WORKER)
        .order_by(in_order("user__full_name"), "user_id")
        .values_list("user_id", "user__full_name", "user__email")
    )
    return [(user_id, name or email) for user_id, name, email in rows]


def loads_of(month: Month) -> list[WorkerLoad]:
    """Every social worker of now, and whoever had a load in the month, by name; three queries."""
    limits, kept = (
        load_limits(month.last),
        {row.worker_id: row for row in Caseload.objects.filter(month=month.first)},
    )
    names = dict(social_workers())
    people = {**{pk: row.worker_name for pk, row in kept.items()}, **names}
    found = []
    for worker_id, name in people.items():
        row = kept.get(worker_id)
        limit = row.limit if row else limits.usual
        found.append(WorkerLoad(worker_id, name, row, limit))
    return sorted(found, key=lambda one: one.name.casefold())


def statutory_ratio(month: Month, families: int) -> StatutoryRatio:
    """What the act asks for of the tenant at the month's end; one query."""
    known = limits_on(month.last)
    return StatutoryRatio(
        inhabitants=require_tenant().population or 0,
        families=families,
        per_inhabitants=known["social_worker_inhabitants"].whole,
        per_families=known["social_worker_families"].whole,
        least=known["social_workers_min"].whole,
    )


def loads_by_month(last: Month, months: int = 12) -> list[tuple[Month, int | None]]:
    """Environments of all workers together in each of so many months, None where nobody entered any; one query."""
    first = last
    for _step in range(months - 1):
        first = first.previous()
    rows = (
        Caseload.objects.filter(month__gte=first.first, month__lte=last.first)
        .order_by()
        .values_list("month")
        .annotate(Sum("environments"))
    )
    known = {Month.of(month): total for month, total in rows}
    found, month = [], first
    while month <= last:
        found.append((month, known.get(month)))
        month = month.next()
    return found


def time_of_month(month: Month) -> dict[tuple[UUID, str], dict[str, int]]:
    """Minutes by (worker, name) and class of activity; one query."""
    rows = (
        TimeEntry.objects.filter(day__gte=month.first, day__lte=month.last)
        .order_by()
        .values_list("worker_id", "worker_name", "activity")
        .annotate(Sum("minutes"))
    )
    found: dict[tuple[UUID, str], dict[str, int]] = {}
    for worker_id, name, activity, minutes in rows:
        found.setdefault((worker_id, name), {})[activity] = minutes
    return found


def time_of_day(worker_id: UUID, day: date) -> dict[str, int]:
    """Minutes of one person's day by class of activity; one query."""
    rows = TimeEntry.objects.filter(worker_id=worker_id, day=day)
    return dict(rows.values_list("activity", "minutes"))

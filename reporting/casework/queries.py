"""What is known of loads and time: by worker, by month, and what the act asks for."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, Sum

from contracting.commissioning.law import limits_on
from contracting.commissioning.people import people_of
from kernel.periods import Month, local_date, resolve_wall_time
from kernel.polish import order_key
from kernel.tenancy import require_tenant
from reporting.casework.models import Caseload, IntakePlan, Team, TeamMeeting, TimeEntry
from reporting.casework.rules import LoadLimits, StatutoryRatio, missed_periods, percent_of_limit
from tenants.roles import Role


@dataclass(frozen=True)
class WorkerLoad:
    """A social worker in a month; `kept` is None where nobody has entered the load yet, `is_here` says that the person
    works in the unit now."""

    worker_id: UUID
    name: str
    kept: Caseload | None
    limit: int
    is_here: bool = True

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
    return people_of({Role.SOCIAL_WORKER})


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
        found.append(WorkerLoad(worker_id, name, row, limit, worker_id in names))
    return sorted(found, key=lambda one: order_key(one.name))


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


@dataclass(frozen=True)
class WorkerTime:
    """Minutes of a worker in a month by class of activity, under the name of the latest day."""

    name: str
    minutes: dict[str, int]

    @property
    def together(self) -> int:
        return sum(self.minutes.values())


def time_of_month(month: Month, organisations: Collection[UUID] | None = None) -> list[WorkerTime]:
    """What each worker of the organisations kept, by name; without any organisations, of the unit's own people.

    Whoever changed their name in the month is one worker. One query.
    """
    own = Q(organisation=None) if organisations is None else Q(organisation__in=organisations)
    rows = (
        TimeEntry.objects.filter(own, day__gte=month.first, day__lte=month.last)
        .order_by()
        .values_list("worker_id", "worker_name", "activity")
        .annotate(Sum("minutes"), Max("day"))
    )
    names: dict[UUID, tuple[date, str]] = {}
    spent: dict[UUID, Counter[str]] = {}
    for worker_id, name, activity, minutes, last in rows:
        names[worker_id] = max(names.get(worker_id, (date.min, "")), (last, name))
        spent.setdefault(worker_id, Counter())[activity] += minutes
    found = [WorkerTime(names[worker_id][1], dict(minutes)) for worker_id, minutes in spent.items()]
    return sorted(found, key=lambda one: order_key(one.name))


def time_of_day(worker_id: UUID, day: date, organisation_id: UUID | None = None) -> dict[str, int]:
    """Minutes of one person's day in the organisation, or in the unit, by class of activity; one query."""
    rows = TimeEntry.objects.filter(worker_id=worker_id, organisation_id=organisation_id, day=day)
    return dict(rows.values_list("activity", "minutes"))


@dataclass(frozen=True)
class IntakeMonth:
    """Families planned and in care at the end of a month; None where nothing is planned, or nobody entered loads."""

    month: Month
    planned: int | None
    actual: int | None

    @property
    def difference(self) -> int | None:
        return None if self.planned is None or self.actual is None else self.actual - self.planned


def intake_plan() -> dict[Month, int]:
    """Families planned by month; one query."""
    return {
        Month.of(month): families for month, families in IntakePlan.objects.values_list("month", "families")
    }


def intake_by_month(plan: dict[Month, int], today: date, most: int = 24) -> list[IntakeMonth]:
    """The plan beside the loads that were kept, at most so many months; after its last month the plan stays at its
    target. One query."""
    if not plan:
        return []
    present = Month.of(today)
    last = max(max(plan), present)
    # A plan that ended long ago is told up to now, one that lies ahead up to its end.
    known = dict(loads_by_month(last, most))
    months = [month for month in known if month >= min(plan)]
    target = plan[max(plan)]
    return [
        IntakeMonth(month, plan.get(month, target if month > max(plan) else None), known[month])
        for month in months
    ]


@dataclass(frozen=True)
class TeamState:
    """A team with its last meeting and the periods that ended with too few meetings, the latest first."""

    team: Team
    last_at: Any
    missed: list[tuple[date, int]]
    is_missing: bool


_DAYS_LOOKED_AT = {Team.Period.DAY: 28, Team.Period.WEEK: 84, Team.Period.MONTH: 366}


def states_of(teams: Iterable[Team], today: date) -> list[TeamState]:
    """How each team keeps to its cadence lately: a month of days, twelve weeks or a year of months; two queries.

    `is_missing` says that the last period that ended for a team that still works had too few meetings.
    """
    shown = list(teams)
    since = today - timedelta(days=max(_DAYS_LOOKED_AT.values()))
    rows = TeamMeeting.objects.filter(team__in=shown)
    last = dict(rows.order_by().values_list("team_id").annotate(Max("held_at")))
    held: dict[UUID, list[date]] = {}
    lately = rows.filter(held_at__gte=resolve_wall_time(since, time.min))
    for team_id, at in lately.order_by().values_list("team_id", "held_at"):
        held.setdefault(team_id, []).append(local_date(at))
    return [_state(team, last.get(team.pk), held.get(team.pk, []), today) for team in shown]


def _state(team: Team, last_at: Any, held: list[date], today: date) -> TeamState:
    until = today if team.valid_to is None else min(today, team.valid_to + timedelta(days=1))
    since = max(team.valid_from, today - timedelta(days=_DAYS_LOOKED_AT[Team.Period(team.period)]))
    missed = missed_periods(held, since, until, period=team.period, meetings=team.meetings)
    ended = missed_periods([], since, until, period=team.period, meetings=1)
    works = team.valid_from <= today and (team.valid_to is None or today <= team.valid_to)
    is_missing = works and bool(missed and ended) and missed[0][0] == ended[0][0]
    return TeamState(team, last_at, missed, is_missing)

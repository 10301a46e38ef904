"""The month grid: which decisions are its rows, what stands in its cells, and what a row may still take."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracting.commissioning.models import Activity
from contracting.contracts.models import Contract, Worker
from kernel.access import Access
from kernel.periods import Month, is_public_holiday
from kernel.polish import by_name
from reporting.care.grants import granted_minutes, is_in_force, is_suspended
from reporting.care.models import Decision
from reporting.care.rules import Slot
from reporting.delivery.knowing import known_to
from reporting.delivery.limits import entry_limits
from reporting.delivery.models import FrozenMonth, Visit, sees_own_visits_only
from reporting.delivery.rules import DONE, DecisionTerms, planned_visits
from reporting.delivery.terms import read_terms

ROWS_A_PAGE = 100
# How far back a row's usual worker, a worker's rows and the week to be copied are looked for.
_RECENT = timedelta(days=62)
_WEEK = timedelta(days=7)
_SATURDAY = 5
_NAMELESS = _("Name after the coordinator confirms")


@dataclass(frozen=True)
class Day:
    """A column: a day of the month."""

    date: date
    is_weekend: bool
    is_holiday: bool
    is_today: bool
    is_ahead: bool


@dataclass
class Row:
    """A decision in the month: minutes granted, done in all and by day as far as visible, and the plan by day."""

    decision: Decision
    terms: DecisionTerms
    granted: int
    used: int = 0
    seen: int = 0
    usual_worker_id: UUID | None = None
    is_open: bool = True
    is_named: bool = True
    planned: dict[date, list[Slot]] = field(default_factory=dict)
    off: frozenset[date] = frozenset()
    visits: dict[date, list[Visit]] = field(default_factory=lambda: defaultdict(list))

    @property
    def left(self) -> int:
        return self.granted - self.used

    @property
    def name(self) -> str:
        """The person's, or what stands in its place for a carer who knows the number of the decision only."""
        return str(self.decision.person if self.is_named else _NAMELESS)


@dataclass
class Grid:
    """One contract's month as the page shows it; totals are over all rows of the choice, not of the page alone.

    A visit of more than `longest_usual` minutes is marked.
    """

    month: Month
    contract: Contract
    worker: Worker | None
    days: list[Day]
    page: Page
    rows: list[Row]
    workers: list[Worker]
    activities: list[Activity]
    frozen: FrozenMonth | None
    own_worker: Worker | None
    earlier: list[Visit]
    granted: int
    used: int
    by_day: dict[date, int]
    longest_usual: int

    @cached_property
    def totals(self) -> list[int]:
        """Minutes done on each day, all rows of the choice together."""
        return [self.by_day.get(day.date, 0) for day in self.days]

    @property
    def left(self) -> int:
        return self.granted - self.used

    @property
    def is_closed(self) -> bool:
        """Whether nothing at all can be entered: handed in, without a line that was returned."""
        return self.frozen is not None and not self.frozen.open_decisions


@dataclass(frozen=True)
class Choice:
    """What the address asks for: rows of one worker, rows of decisions typed by number."""

    worker: Worker | None = None
    added: tuple[str, ...] = ()


def columns(month: Month, today: date) -> list[Day]:
    """The days of the month as columns."""
    return [
        Day(day, day.weekday() >= _SATURDAY, is_public_holiday(day), day == today, day > today)
        for day in month.days()
    ]


def rows_of(contract: Contract, month: Month, choice: Choice, access: Access) -> Any:
    """The decisions of the grid, by name: in force in the month or with a visit in it.

    Carers see the decisions under which they visited lately, and those that they name by their number.
    """
    in_month = Visit.objects.filter(decision=OuterRef("pk"), date__range=(month.first, month.last))
    rows = (
        Decision.objects.filter(contract=contract)
        .visible_to(access)
        .filter(
            Q(valid_from__lte=month.last, ends_before__gt=month.first) | Q(Exists(in_month)),
        )
    )
    lately = Visit.objects.filter(
        decision=OuterRef("pk"), date__range=(month.first - _RECENT, month.last)
    ).visible_to(access)
    added = Q(number__in=choice.added)
    if choice.worker is not None:
        rows = rows.filter(Exists(lately.filter(worker=choice.worker)) | added)
    elif sees_own_visits_only(access, contract.organisation_id):
        rows = rows.filter(Exists(lately) | added)
    names = by_name("person__surname", "person__given_name")
    return rows.select_related("person").order_by(*names, "number")


def read_grid(contract: Contract, month: Month, choice: Choice, access: Access, page: int = 1) -> Grid:
    """The grid of a contract's month: a fixed number of statements, however many persons."""
    decisions = list(rows_of(contract, month, choice, access))
    known = known_to(access, [each.pk for each in decisions])
    # The place of a row among the names would tell of the name: those without one come last, by number.
    decisions.sort(key=lambda each: (each.pk not in known, "" if each.pk in known else each.number))
    terms = read_terms(decisions)
    granted = {pk: granted_minutes(each, month) for pk, each in terms.items()}
    shown = Paginator(decisions, ROWS_A_PAGE).get_page(page)
    frozen = FrozenMonth.objects.filter(contract=contract, month=month.first).first()
    done = Visit.objects.filter(decision_id__in=granted, date__range=(month.first, month.last), state=DONE)
    used = dict(done.order_by().values_list("decision").annotate(sum=Sum("minutes")))
    by_day = dict(done.visible_to(access).order_by().values_list("date").annotate(sum=Sum("minutes")))
    rows = [_row(decision, terms[decision.pk], month, frozen) for decision in shown]
    for row in rows:
        row.granted, row.used = granted[row.decision.pk], used.get(row.decision.pk, 0)
        row.is_named = row.decision.pk in known
    earlier = _fill(rows, month, access)
    _find_usual_workers(rows, month, access)
    workers = Worker.objects.filter(organisation_id=contract.organisation_id)
    alone = sees_own_visits_only(access, contract.organisation_id)
    own = workers.filter(user_id=access.actor.user_id).first() if alone else None
    return Grid(
        month=month,
        contract=contract,
        worker=choice.worker,
        days=columns(month, timezone.localdate()),
        page=shown,
        rows=rows,
        workers=[own] if own else [] if alone else _workers(workers, month, rows),
        activities=list(Activity.objects.filter(service_id=contract.service_id)),
        frozen=frozen,
        own_worker=own,
        earlier=earlier,
        granted=sum(granted.values()),
        used=sum(used.values()),
        by_day=by_day,
        longest_usual=entry_limits().long_visit_minutes,
    )


def _workers(workers: Any, month: Month, rows: list[Row]) -> list[Worker]:
    """Who can be chosen: those at work in the month or with visits here; a carer without a record sees nobody."""
    present = {visit.worker_id for row in rows for visits in row.visits.values() for visit in visits}
    return list(
        workers.filter(_at_work(month) | Q(pk__in=present)).order_by(
            *by_name("surname", "given_name"), "code"
        )
    )


def _at_work(month: Month, prefix: str = "") -> Q:
    """Workers who work on some day of the month; days after their last one are refused one by one."""
    return Q(**{f"{prefix}ended_on": None}) | Q(**{f"{prefix}ended_on__gte": month.first})


def _row(decision: Decision, terms: DecisionTerms, month: Month, frozen: FrozenMonth | None) -> Row:
    return Row(
        decision=decision,
        terms=terms,
        granted=0,
        is_open=frozen is None or decision.pk in frozen.open_decisions,
        planned=planned_visits(terms, month.days()),
        off=frozenset(day for day in month.days() if not is_in_force(terms, day) or is_suspended(terms, day)),
    )


def _fill(rows: list[Row], month: Month, access: Access) -> list[Visit]:
    """Put the visible visits of the month into their cells; gives those of the week before."""
    by_decision = {row.decision.pk: row for row in rows}
    visits = (
        Visit.objects.visible_to(access)
        .filter(decision_id__in=by_decision, date__range=(month.first - _WEEK, month.last))
        .select_related("worker")
        .order_by("starts_at", "worker__code")
    )
    earlier = []
    for visit in visits:
        if visit.date < month.first:
            earlier.append(visit)
            continue
        row = by_decision[visit.decision_id]
        row.visits[visit.date].append(visit)
        if visit.state == DONE:
            row.seen += visit.minutes
    return earlier


def _find_usual_workers(rows: list[Row], month: Month, access: Access) -> None:
    """The worker of the newest visit of each row in the month or the two before it."""
    newest = dict(
        Visit.objects.visible_to(access)
        .filter(
            _at_work(month, "worker__"),
            decision_id__in=[row.decision.pk for row in rows],
            date__range=(month.first - _RECENT, month.last),
        )
        .order_by("decision_id", "-starts_at")
        .distinct("decision_id")
        .values_list("decision_id", "worker_id")
    )
    for row in rows:
        row.usual_worker_id = newest.get(row.decision.pk)

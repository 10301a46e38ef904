"""Decisions × days of a month: what was planned, delivered and missed, a cell for each day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.periods import Month, is_public_holiday
from kernel.polish import order_key
from reporting.compliance.answers import Answered
from reporting.compliance.queries.days import NOTHING, DaySum
from reporting.compliance.rules import Code, DecisionComparison, DecisionFacts, is_in_force, is_suspended
from reporting.compliance.rules.grants import is_due
from reporting.compliance.terms import CODE_NAMES
from ui.formatting import format_date_long, format_minutes_text

_OUTSIDE = frozenset({Code.OUTSIDE_VALIDITY, Code.DURING_SUSPENSION, Code.OUTSIDE_SCOPE})
SORTS = {
    "number": lambda row: order_key(row.number),
    "person": lambda row: order_key(row.name),
    "granted": lambda row: row.granted,
    "delivered": lambda row: row.delivered,
    "fulfilment": lambda row: (row.percent is not None, row.percent or 0),
    "points": lambda row: (row.open_must, row.open_note),
}


@dataclass(frozen=True, slots=True)
class Day:
    """A column: the date, and whether it is a day off."""

    date: date
    off: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of a decision: a state of `heat_cell`, its label in words, a figure or sign in it."""

    date: date
    state: str
    label: str
    text: str
    off: bool

    @property
    def anchor(self) -> str:
        return self.date.isoformat()


@dataclass(frozen=True, slots=True)
class CodeMark:
    """A code with how often it occurs in the decision and how many of these are unanswered."""

    code: str
    name: str
    count: int
    open: int
    is_must: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A decision in the month; `name` is empty where the reader may not see names."""

    pk: UUID
    number: str
    name: str
    granted: int
    delivered: int
    percent: Decimal | None
    marks: tuple[CodeMark, ...]
    open_must: int
    open_note: int

    @property
    def short_name(self) -> str:
        """The surname and the first letter of the given name: `Łącka H.`"""
        surname, _space, given_name = self.name.rpartition(" ")
        return f"{surname} {given_name[:1]}." if surname else self.name


def days_in(month: Month) -> list[Day]:
    """The columns of a month."""
    return [Day(day, is_day_off(day)) for day in month.days()]


def is_day_off(day: date) -> bool:
    """Sundays, Saturdays and public holidays are shaded."""
    return day.isoweekday() >= 6 or is_public_holiday(day)


def rows_of(
    decisions: Iterable[DecisionComparison], answered: Iterable[Answered], names: Mapping[UUID, str]
) -> list[Row]:
    """The rows of compared decisions, without cells."""
    by_decision: dict[UUID | None, list[Answered]] = {}
    for one in answered:
        by_decision.setdefault(one.decision_id, []).append(one)
    rows = []
    for decision in decisions:
        pk = UUID(decision.key)
        points = by_decision.get(pk, [])
        rows.append(
            Row(
                pk=pk,
                number=decision.number,
                name=names.get(pk, ""),
                granted=decision.granted_minutes,
                delivered=decision.delivered_minutes,
                percent=decision.fulfilment_percent,
                marks=marks_of(points),
                open_must=sum(one.is_open and one.is_must for one in points),
                open_note=sum(one.is_open and not one.is_must for one in points),
            )
        )
    return rows


def marks_of(points: Iterable[Answered]) -> tuple[CodeMark, ...]:
    """The codes of a decision's deviations, must before note."""
    by_code: dict[Code, list[Answered]] = {}
    for one in points:
        by_code.setdefault(one.deviation.code, []).append(one)
    marks = [
        CodeMark(
            code=code.value,
            name=str(CODE_NAMES[code]),
            count=len(group),
            open=sum(one.is_open for one in group),
            is_must=group[0].is_must,
        )
        for code, group in by_code.items()
    ]
    return tuple(sorted(marks, key=lambda mark: (not mark.is_must, mark.code)))


def sorted_rows(rows: Sequence[Row], order: str) -> list[Row]:
    """Rows in the order of `?sort=`: a name of SORTS, with `-` backwards; an unknown one is by number."""
    key = SORTS.get(order.removeprefix("-"), SORTS["number"])
    in_number = sorted(rows, key=SORTS["number"])
    return sorted(in_number, key=key, reverse=order.startswith("-"))


def cells_of(
    decision: DecisionFacts,
    comparison: DecisionComparison,
    month: Month,
    sums: Mapping[tuple[UUID, date], DaySum],
    *,
    today: date,
    threshold_percent: int,
) -> tuple[Cell, ...]:
    """The cells of one decision. A day is `over` where it has more than planned and the month has more than granted."""
    pk = UUID(decision.key)
    outside = {one.visit.date for one in comparison.deviations if one.code in _OUTSIDE and one.visit}
    missed: dict[date, int] = {}
    for one in comparison.deviations:
        if one.code is Code.MISSED and one.slot is not None:
            missed[one.slot.date] = missed.get(one.slot.date, 0) + 1
    is_over = any(one.code is Code.OVER_DELIVERED for one in comparison.deviations)
    cells = []
    for day in month.days():
        done = sums.get((pk, day), NOTHING)
        planned = planned_on(decision, day)
        rests = is_suspended(decision, day)
        holds = is_in_force(decision, day)
        state = _state(
            done,
            planned,
            holds=holds and not rests,
            outside=day in outside,
            missed=day in missed,
            over=is_over and bool(decision.plan),
            coming=day >= today,
            threshold=threshold_percent,
        )
        text = "‖" if state == "none" and holds and rests else ""
        words = _words(done, planned, holds=holds, rests=rests, missed=missed.get(day, 0))
        label = f"{decision.number}, {format_date_long(day)}: {words}"
        cells.append(Cell(day, state, label, text, is_day_off(day)))
    return tuple(cells)


def planned_on(decision: DecisionFacts, day: date) -> int:
    """Minutes of the plan that are due on a day, whether the decision holds or not."""
    return sum(
        slot.minutes for slot in decision.plan if slot.weekday == day.isoweekday() and is_due(slot, day)
    )


def _state(
    done: DaySum,
    planned: int,
    *,
    holds: bool,
    outside: bool,
    missed: bool,
    over: bool,
    coming: bool,
    threshold: int,
) -> str:
    if outside or (done.minutes and not holds):
        return "outside"
    if not holds:
        return "none"
    if not done.minutes:
        return "none" if not planned else "granted" if coming and not done.absent else "missed"
    if over and done.minutes > planned:
        return "over"
    return "partly" if missed or done.minutes * 100 < planned * threshold else "full"


def _words(done: DaySum, planned: int, *, holds: bool, rests: bool, missed: int) -> str:
    parts = []
    if not holds:
        parts.append(_("the decision does not hold"))
    elif rests:
        parts.append(_("the decision is suspended"))
    elif planned:
        parts.append(_("planned %(planned)s") % {"planned": format_minutes_text(planned)})
    if done.minutes or (holds and not rests):
        parts.append(_("delivered %(delivered)s") % {"delivered": format_minutes_text(done.minutes)})
    if missed:
        parts.append(
            ngettext("%(count)s planned visit missed", "%(count)s planned visits missed", missed)
            % {"count": missed}
        )
    if done.absent:
        parts.append(_("the person was absent"))
    return ", ".join(parts)

"""What an announcement must hold before it may be published, point by point; without Django.

The seven items are those of art. 13(2) of the act on public benefit activity; terms and limits come as dated values.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from contracting.tenders.rules import grants
from contracting.tenders.rules.terms import (
    days_inclusive,
    earliest_deadline,
    is_short,
    last_day_of_years,
)
from kernel.periods import local_date, resolve_wall_time

OPEN_CALLS = frozenset({"entrust", "support"})
HUNDRED = 100
# What a choice and its contracts take at the least, as offices know it; no limit of the law.
TIME_TO_CONTRACT = timedelta(days=30)


class Point(StrEnum):
    """A line of the check list before publication: the seven items, then what else the law asks for."""

    TASK = "task"
    FUNDS = "funds"
    RULES = "rules"
    CONDITIONS = "conditions"
    DEADLINE = "deadline"
    SELECTION = "selection"
    EARLIER = "earlier"
    NUMBER = "number"
    TERM = "term"
    WEIGHTS = "weights"
    FORM = "form"
    SMALL_GRANT = "small_grant"
    LENGTH = "length"
    CONCEPT = "concept"


ITEMS = (
    Point.TASK,
    Point.FUNDS,
    Point.RULES,
    Point.CONDITIONS,
    Point.DEADLINE,
    Point.SELECTION,
    Point.EARLIER,
)


@dataclass(frozen=True)
class Finding:
    """What is wrong with the call: its point, a stable code, the field and what to say.

    What `must` be mended keeps it from being published; the rest is advice.
    """

    point: Point
    code: str
    field: str
    values: dict[str, Any]
    must: bool = True


@dataclass(frozen=True)
class CallFacts:
    """What a call says, as plain values. Money in PLN, weights in percent, `posted_on` days recorded or planned."""

    kind: str
    number: str
    task_kind: str
    grant_rules: str
    conditions: str
    selection: str
    earlier_tasks: str
    funds: Decimal | None
    grant_min: Decimal | None
    grant_max: Decimal | None
    own_share_min: Decimal
    task_from: date | None
    task_to: date | None
    deadline: datetime | None
    decision_due_on: date | None
    lot_funds: tuple[Decimal, ...]
    weights: tuple[int, ...]
    concept_required: bool
    concept_questions: int
    posted_on: tuple[date, ...]

    @property
    def is_open_call(self) -> bool:
        """Whether the rules of art. 13 apply: entrusting or supporting a task."""
        return self.kind in OPEN_CALLS


@dataclass(frozen=True)
class Limits:
    """The limits in force on the day: days, years, PLN. `grace` lets a deadline stand just before midnight."""

    call_days: int
    contract_years: int
    small_grant_max: Decimal
    small_grant_days: int
    grace: timedelta = timedelta(0)


def findings(facts: CallFacts, limits: Limits, *, now: datetime) -> list[Finding]:
    """Everything that is wrong with the call at the moment `now`, in the order of the check list."""
    return [
        *_texts(facts),
        *_money(facts),
        *_dates(facts, now),
        *_term(facts, limits, now),
        *_weights(facts),
        *_form(facts),
        *_small_grant(facts, limits),
        *_length(facts, limits),
    ]


def _missing(point: Point, field: str) -> Finding:
    return Finding(point, f"{field}_missing", field, {})


def _texts(facts: CallFacts) -> Iterator[Finding]:
    texts = (
        (Point.TASK, "task_kind", facts.task_kind),
        (Point.RULES, "grant_rules", facts.grant_rules),
        (Point.CONDITIONS, "conditions", facts.conditions),
        (Point.SELECTION, "selection", facts.selection),
        (Point.EARLIER, "earlier_tasks", facts.earlier_tasks),
        (Point.NUMBER, "number", facts.number),
    )
    for point, field, text in texts:
        if not text.strip():
            yield _missing(point, field)
    if facts.concept_required and not facts.concept_questions:
        yield Finding(Point.CONCEPT, "concept_without_questions", "concept_questions", {})


def _money(facts: CallFacts) -> Iterator[Finding]:
    if facts.funds is None:
        yield _missing(Point.FUNDS, "funds")
    if not facts.lot_funds:
        yield Finding(Point.FUNDS, "lots_missing", "lots", {})
    elif facts.funds is not None and sum(facts.lot_funds) != facts.funds:
        values: dict[str, Any] = {"sum": sum(facts.lot_funds), "funds": facts.funds}
        yield Finding(Point.FUNDS, "lots_do_not_add_up", "lots", values)
    if facts.grant_max is not None and facts.funds is not None and facts.grant_max > facts.funds:
        values = {"grant": facts.grant_max, "funds": facts.funds}
        yield Finding(Point.FUNDS, "grant_above_funds", "grant_max", values)


def _dates(facts: CallFacts, now: datetime) -> Iterator[Finding]:
    if facts.task_from is None or facts.task_to is None:
        yield _missing(Point.CONDITIONS, "task_from" if facts.task_from is None else "task_to")
    if facts.deadline is None:
        yield _missing(Point.DEADLINE, "deadline")
    elif facts.deadline <= now:
        yield Finding(Point.DEADLINE, "deadline_past", "deadline", {"deadline": facts.deadline})
    if facts.decision_due_on is None:
        yield _missing(Point.SELECTION, "decision_due_on")
    elif facts.deadline is not None and facts.decision_due_on < local_date(facts.deadline):
        values: dict[str, Any] = {"day": facts.decision_due_on, "deadline": facts.deadline}
        yield Finding(Point.SELECTION, "choice_before_deadline", "decision_due_on", values)
    yield from _beginning(facts)


def _beginning(facts: CallFacts) -> Iterator[Finding]:
    """Nobody can begin before offers are in; opening, choice, results and contracts take their time after that."""
    if facts.task_from is None or facts.deadline is None:
        return
    begins = resolve_wall_time(facts.task_from, time.min)
    values: dict[str, Any] = {"day": facts.task_from, "deadline": facts.deadline}
    if begins < facts.deadline:
        yield Finding(Point.CONDITIONS, "task_before_deadline", "task_from", values)
    elif begins < facts.deadline + TIME_TO_CONTRACT:
        values["days"] = TIME_TO_CONTRACT.days
        yield Finding(Point.CONDITIONS, "task_soon_after_deadline", "task_from", values, must=False)


def _term(facts: CallFacts, limits: Limits, now: datetime) -> Iterator[Finding]:
    if not facts.is_open_call or facts.deadline is None or facts.deadline <= now:
        return
    # The website is this platform's board, so nothing is published before today.
    last = max((*facts.posted_on, local_date(now)))
    if is_short(facts.deadline, last, limits.call_days, grace=limits.grace):
        earliest = earliest_deadline(last, limits.call_days, grace=limits.grace)
        values: dict[str, Any] = {
            "deadline": facts.deadline,
            "last": last,
            "days": limits.call_days,
            "earliest": earliest,
        }
        yield Finding(Point.TERM, "term_short", "deadline", values)


def _weights(facts: CallFacts) -> Iterator[Finding]:
    if not facts.weights:
        yield Finding(Point.SELECTION, "criteria_missing", "criteria", {})
    elif sum(facts.weights) != HUNDRED:
        yield Finding(Point.WEIGHTS, "weights_not_100", "criteria", {"sum": sum(facts.weights)})


def _form(facts: CallFacts) -> Iterator[Finding]:
    """Entrusting comes with full financing, supporting with a part of it (art. 5(4))."""
    if facts.kind == "entrust" and facts.own_share_min > 0:
        values: dict[str, Any] = {"share": facts.own_share_min}
        yield Finding(Point.FORM, "entrusted_with_own_share", "own_share_min", values)
    if facts.kind == "support" and facts.own_share_min <= 0:
        yield Finding(Point.FORM, "supported_without_own_share", "own_share_min", {})


def _small_grant(facts: CallFacts, limits: Limits) -> Iterator[Finding]:
    if facts.kind != "small_grant":
        return
    if facts.grant_max is None:
        yield Finding(Point.SMALL_GRANT, "small_grant_without_max", "grant_max", {})
    elif grants.is_too_large(facts.grant_max, limits.small_grant_max):
        values: dict[str, Any] = {"grant": facts.grant_max, "most": limits.small_grant_max}
        yield Finding(Point.SMALL_GRANT, "small_grant_too_large", "grant_max", values)
    if facts.task_from is None or facts.task_to is None:
        return
    if grants.is_too_long(facts.task_from, facts.task_to, limits.small_grant_days):
        values = {
            "days": days_inclusive(facts.task_from, facts.task_to),
            "most": limits.small_grant_days,
        }
        yield Finding(Point.SMALL_GRANT, "small_grant_too_long", "task_to", values)


def _length(facts: CallFacts, limits: Limits) -> Iterator[Finding]:
    if facts.task_from is None or facts.task_to is None or facts.kind == "procurement":
        return
    last = last_day_of_years(facts.task_from, limits.contract_years)
    if facts.task_to > last:
        values: dict[str, Any] = {"last": last, "task_to": facts.task_to, "years": limits.contract_years}
        yield Finding(Point.LENGTH, "contract_too_long", "task_to", values)

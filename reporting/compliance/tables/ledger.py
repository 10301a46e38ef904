"""The ledger of a decision in a month: one running balance in minutes, and what of the scope was performed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kernel.periods import Month
from reporting.compliance.rules import (
    AmountPer,
    DecisionComparison,
    DecisionFacts,
    active_dates,
    is_in_force,
    is_suspended,
)
from reporting.compliance.tables.day import DayOfDecision
from reporting.delivery.models import Visit
from ui.formatting import percent_of


@dataclass(frozen=True, slots=True)
class Ledger:
    """Minutes of a decision in a month. `full` is the amount of a whole month or week."""

    per: AmountPer
    full: int | None
    active_days: int
    suspended_days: int
    other_days: int
    granted: int
    planned: int
    delivered: int
    visits: int
    absent: int
    cancelled: int

    @property
    def left(self) -> int:
        """What is left of the grant; below zero where more was delivered."""
        return self.granted - self.delivered

    @property
    def percent(self) -> Decimal | None:
        return percent_of(self.delivered, self.granted)


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """An activity of the scope or beyond it, with the number of visits in which it was performed."""

    code: str
    name: str
    granted: bool
    visits: int


def ledger_of(
    decision: DecisionFacts,
    comparison: DecisionComparison | None,
    month: Month,
    days: Sequence[DayOfDecision],
) -> Ledger:
    """The ledger; `comparison` is None where the decision does not appear in the month."""
    visits = [line.visit for day in days for line in day.lines]
    states = Counter(visit.state for visit in visits)
    suspended = sum(is_in_force(decision, day) and is_suspended(decision, day) for day in month.days())
    active = len(active_dates(decision, month))
    return Ledger(
        per=decision.amount.per,
        full=decision.amount.minutes,
        active_days=active,
        suspended_days=suspended,
        other_days=len(month.days()) - active - suspended,
        granted=comparison.granted_minutes if comparison else 0,
        planned=sum(day.planned for day in days),
        delivered=comparison.delivered_minutes if comparison else 0,
        visits=states[Visit.State.DONE],
        absent=states[Visit.State.NO_SHOW],
        cancelled=states[Visit.State.CANCELLED],
    )


def activity_lines(
    decision: DecisionFacts, visits: Iterable[Visit], names: Mapping[str, str]
) -> list[ActivityLine]:
    """Activities of the scope in the order of the service, then those performed beyond it."""
    performed = Counter(
        code for visit in visits if visit.state == Visit.State.DONE for code in set(visit.activities)
    )
    order = {code: place for place, code in enumerate(names)}
    codes = sorted(
        decision.scope | performed.keys(),
        key=lambda code: (code not in decision.scope, order.get(code, len(order)), code),
    )
    return [
        ActivityLine(code, names.get(code, code), code in decision.scope, performed[code]) for code in codes
    ]

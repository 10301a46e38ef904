"""What a decision grants in a month, as care counts it, and what part of it was delivered."""

from dataclasses import replace

from kernel.periods import Month
from reporting.care.grants import (
    active_dates,
    divide_half_up,
    granted_minutes,
    is_due,
    is_in_force,
    is_suspended,
    last_day_in_force,
    touches,
)
from reporting.compliance.rules.facts import Amount, AmountPer, DecisionFacts

__all__ = [
    "active_dates",
    "fulfilment_tenths",
    "granted_minutes",
    "is_due",
    "is_in_force",
    "is_suspended",
    "last_day_in_force",
    "planned_minutes",
    "suspended_minutes",
    "touches",
]


def planned_minutes(decision: DecisionFacts, month: Month) -> int:
    """What the plan of visits foresees on the days that count, whatever the amount is given for; 0 without a plan."""
    if not decision.plan:
        return 0
    return granted_minutes(replace(decision, amount=Amount(AmountPer.PLAN)), month)


def suspended_minutes(decision: DecisionFacts, month: Month) -> int:
    """What the decision would grant more without its suspensions."""
    if not decision.suspensions:
        return 0
    return granted_minutes(replace(decision, suspensions=()), month) - granted_minutes(decision, month)


def fulfilment_tenths(granted: int, delivered: int) -> int | None:
    """Delivered over granted in tenths of a percent, rounded half up; None when nothing was granted."""
    return None if granted == 0 else divide_half_up(delivered * 1000, granted)

"""What a decision grants in a month, and on which days it holds."""

from datetime import date, timedelta

from kernel.periods import Month, is_public_holiday
from reporting.compliance.rules.facts import AmountPer, DecisionFacts, Slot

_ONE_DAY = timedelta(days=1)
_DAYS_A_WEEK = 7


def last_day_in_force(decision: DecisionFacts) -> date:
    """The last day on which the decision holds, whatever ends it; before `valid_from` if it never held."""
    ends = [decision.valid_to]
    if decision.revoked_from is not None:
        ends.append(decision.revoked_from - _ONE_DAY)
    if decision.superseded_from is not None:
        ends.append(decision.superseded_from - _ONE_DAY)
    return min(ends)


def is_in_force(decision: DecisionFacts, day: date) -> bool:
    """Whether the decision holds on the day, suspended or not."""
    return decision.valid_from <= day <= last_day_in_force(decision)


def is_suspended(decision: DecisionFacts, day: date) -> bool:
    """Whether a suspension covers the day."""
    return any(suspension.first <= day <= suspension.last for suspension in decision.suspensions)


def touches(decision: DecisionFacts, month: Month) -> bool:
    """Whether the decision holds on some day of the month, suspended or not."""
    return bool(_days_in_force(decision, month))


def active_dates(decision: DecisionFacts, month: Month) -> tuple[date, ...]:
    """The days of the month on which the decision holds and is not suspended, in order."""
    days = _days_in_force(decision, month)
    if not decision.suspensions:
        return days
    return tuple(day for day in days if not is_suspended(decision, day))


def granted_minutes(decision: DecisionFacts, month: Month) -> int:
    """Whole minutes granted in the month; parts of a month or week are rounded half up."""
    active = active_dates(decision, month)
    if decision.amount.per is AmountPer.PLAN:
        return sum(
            slot.minutes
            for day in active
            for slot in decision.plan
            if slot.weekday == day.isoweekday() and is_due(slot, day)
        )
    parts = len(month.days()) if decision.amount.per is AmountPer.MONTH else _DAYS_A_WEEK
    return _divide_half_up((decision.amount.minutes or 0) * len(active), parts)


def is_due(slot: Slot, day: date) -> bool:
    """Whether a slot counts on a date of its weekday: on a public holiday only where the plan says so."""
    return slot.on_holidays or not is_public_holiday(day)


def fulfilment_tenths(granted: int, delivered: int) -> int | None:
    """Delivered over granted in tenths of a percent, rounded half up; None when nothing was granted."""
    return None if granted == 0 else _divide_half_up(delivered * 1000, granted)


def _days_in_force(decision: DecisionFacts, month: Month) -> tuple[date, ...]:
    first = max(decision.valid_from, month.first)
    last = min(last_day_in_force(decision), month.last)
    return month.days()[first.day - 1 : last.day] if first <= last else ()


def _divide_half_up(amount: int, parts: int) -> int:
    return (2 * amount + parts) // (2 * parts)

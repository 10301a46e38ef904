"""What a decision grants in a month, and on which days it holds: pure arithmetic of its terms."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from functools import lru_cache
from typing import Protocol

from kernel.periods import Month, is_public_holiday

_ONE_DAY = timedelta(days=1)
_DAYS_A_WEEK = 7


class Slot(Protocol):
    """A visit of the weekly plan: weekday 1 (Monday) … 7, wall-clock start, minutes."""

    @property
    def weekday(self) -> int: ...

    @property
    def start(self) -> time: ...

    @property
    def minutes(self) -> int: ...

    @property
    def on_holidays(self) -> bool: ...


class Suspension(Protocol):
    """Days, both inclusive, on which the decision rests."""

    @property
    def first(self) -> date: ...

    @property
    def last(self) -> date: ...


class Amount(Protocol):
    """`per` is month, week or plan; `minutes` is None where the plan is the amount."""

    @property
    def per(self) -> str: ...

    @property
    def minutes(self) -> int | None: ...


class Terms(Protocol):
    """What a decision says: `valid_to` is the last day as issued; `…_from` are the first days after it."""

    @property
    def valid_from(self) -> date: ...

    @property
    def valid_to(self) -> date: ...

    @property
    def revoked_from(self) -> date | None: ...

    @property
    def superseded_from(self) -> date | None: ...

    @property
    def amount(self) -> Amount: ...

    @property
    def plan(self) -> Sequence[Slot]: ...

    @property
    def suspensions(self) -> Sequence[Suspension]: ...


def last_day_in_force(terms: Terms) -> date:
    """The last day on which the decision holds, whatever ends it; before `valid_from` if it never held."""
    last = terms.valid_to
    if terms.revoked_from is not None:
        last = min(last, terms.revoked_from - _ONE_DAY)
    if terms.superseded_from is not None:
        last = min(last, terms.superseded_from - _ONE_DAY)
    return last


def is_in_force(terms: Terms, day: date) -> bool:
    """Whether the decision holds on the day, suspended or not."""
    return terms.valid_from <= day <= last_day_in_force(terms)


def is_suspended(terms: Terms, day: date) -> bool:
    """Whether a suspension covers the day."""
    return any(suspension.first <= day <= suspension.last for suspension in terms.suspensions)


def touches(terms: Terms, month: Month) -> bool:
    """Whether the decision holds on some day of the month, suspended or not."""
    return bool(_days_in_force(terms, month))


def active_dates(terms: Terms, month: Month) -> tuple[date, ...]:
    """The days of the month on which the decision holds and is not suspended, in order."""
    days = _days_in_force(terms, month)
    if not terms.suspensions:
        return days
    return tuple(day for day in days if not is_suspended(terms, day))


def granted_minutes(terms: Terms, month: Month) -> int:
    """Whole minutes granted in the month; parts of a month or week are rounded half up."""
    active = active_dates(terms, month)
    if terms.amount.per == "plan":
        return _planned_minutes(terms.plan, active)
    parts = len(month.days()) if terms.amount.per == "month" else _DAYS_A_WEEK
    return divide_half_up((terms.amount.minutes or 0) * len(active), parts)


def _planned_minutes(plan: Sequence[Slot], days: tuple[date, ...]) -> int:
    """The minutes of the slots that are due on these days."""
    due, due_on_holidays = _weekdays_among(days)
    return sum(
        slot.minutes * (due[slot.weekday] + (due_on_holidays[slot.weekday] if slot.on_holidays else 0))
        for slot in plan
    )


@lru_cache(maxsize=1024)
def _weekdays_among(days: tuple[date, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """How often each weekday (1 is Monday; place 0 is unused) is among the days: usual ones, public holidays.

    Most decisions of a month hold on the same days of it, so these are counted once.
    """
    usual, holidays = [0] * 8, [0] * 8
    for day in days:
        (holidays if is_public_holiday(day) else usual)[day.isoweekday()] += 1
    return tuple(usual), tuple(holidays)


def is_due(slot: Slot, day: date) -> bool:
    """Whether a slot counts on a date of its weekday: on a public holiday only where the plan says so."""
    return slot.on_holidays or not is_public_holiday(day)


def divide_half_up(amount: int, parts: int) -> int:
    """The quotient of two whole numbers, rounded half up."""
    return (2 * amount + parts) // (2 * parts)


def _days_in_force(terms: Terms, month: Month) -> tuple[date, ...]:
    days = month.days()
    first = max(terms.valid_from, days[0])
    last = min(last_day_in_force(terms), days[-1])
    return days[first.day - 1 : last.day] if first <= last else ()

"""Shelter in months: until when a stay may last, and how many places are taken on a day."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, order=True)
class Nights:
    """Nights on a place from the day of coming to the day of leaving, which is not a night any more."""

    from_day: date
    to_day: date


def last_leaving(from_day: date, months: int) -> date:
    """The last day on which whoever came on `from_day` may leave: the same day of the month that many months later,
    or the month's last day where it is shorter."""
    years, month = divmod(from_day.month - 1 + months, 12)
    year, month = from_day.year + years, month + 1
    return date(year, month, min(from_day.day, monthrange(year, month)[1]))


def unbroken_since(stay: Nights, others: Iterable[Nights]) -> date:
    """The day from which nights of one case follow each other without a break up to this stay: to change the place
    does not begin the limit anew."""
    since = stay.from_day
    for other in sorted(others, key=lambda one: one.to_day, reverse=True):
        if other.from_day < since <= other.to_day:
            since = other.from_day
    return since


def beds_by_day(stays: Sequence[Nights], first: date, last: date) -> list[int]:
    """How many places are taken in the night that begins on each day of first..last."""
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return [sum(one.from_day <= day < one.to_day for one in stays) for day in days]

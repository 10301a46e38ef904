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
    """The day from which nights of one person follow each other without a break up to this stay.

    Art. 47 (3) of the act on social assistance grants shelter "up to 3 months" to somebody in a crisis, and says
    nothing of places or files. So a stay that begins on the day on which another one ends, or before it does, goes on
    with that one: neither another place nor another case of the same person begins the limit anew. A night elsewhere
    between two stays does. Of whom nobody knows that they are the same person (an alias, anonymity) only the stays of
    the one case are counted.
    """
    since = stay.from_day
    for other in sorted(others, key=lambda one: one.to_day, reverse=True):
        if other.from_day < since <= other.to_day:
            since = other.from_day
    return since


def unbroken_until(stay: Nights, others: Iterable[Nights]) -> date:
    """The day up to which nights of the person go on without a break after this stay, by the same rule."""
    until = stay.to_day
    for other in sorted(others):
        if other.from_day <= until < other.to_day:
            until = other.to_day
    return until


def beds_by_day(stays: Sequence[Nights], first: date, last: date) -> list[int]:
    """How many places are taken in the night that begins on each day of first..last."""
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return [sum(one.from_day <= day < one.to_day for one in stays) for day in days]

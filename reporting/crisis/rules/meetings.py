"""How often the team meets, against the standard."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

_WEEK = timedelta(days=7)


def monday_of(day: date) -> date:
    """The first day of the day's week."""
    return day - timedelta(days=day.weekday())


def weeks_short(held: Iterable[date], first: date, last: date, minimum: int) -> list[tuple[date, int]]:
    """Weeks (by their Monday) that lie whole between the two days, with fewer meetings than the minimum, and how many
    they had."""
    counted = Counter(monday_of(day) for day in held)
    week = monday_of(first) if first.weekday() == 0 else monday_of(first) + _WEEK
    short: list[tuple[date, int]] = []
    while week + timedelta(days=6) <= last:
        if counted[week] < minimum:
            short.append((week, counted[week]))
        week += _WEEK
    return short

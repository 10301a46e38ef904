"""Weekly timetables of carers: who comes to whom when, without two visits of a carer at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from random import Random

STARTS = (time(7, 30), time(9, 30), time(11, 30), time(13, 30), time(15, 30))
_PATTERNS = ((1, 2, 3, 4, 5), (1, 3, 5), (2, 4), (1, 4), (3,), (2, 5), (1, 2, 4, 5))


@dataclass(frozen=True)
class WeeklyVisit:
    """A planned visit: weekday 1 (Monday) … 5, local start, minutes, and the position of the carer who makes it."""

    weekday: int
    start: time
    minutes: int
    carer: int


def assign_visits(persons: int, carers: int, random: Random) -> list[list[WeeklyVisit]]:
    """For each person the visits of a week. Every carer has one visit at a time, at most five a day."""
    free = {(carer, weekday, start) for carer in range(carers) for weekday in range(1, 6) for start in STARTS}
    weeks: list[list[WeeklyVisit]] = []
    for person in range(persons):
        carer = person % carers
        minutes = random.choice((60, 75, 90, 90, 105)) if carers > 1 else 60
        # Everybody still waiting needs a place: a generous pattern only while there is room.
        room = sum(1 for place in free if place[0] == carer) - (persons - person - 1) // carers
        weeks.append(_place(free, carer, minutes, _pattern(room, random), random))
    return weeks


def _pattern(room: int, random: Random) -> Sequence[int]:
    fitting = [pattern for pattern in _PATTERNS if len(pattern) <= max(1, room // 2)]
    return random.choice(fitting or [(3,)])


def _place(
    free: set[tuple[int, int, time]], carer: int, minutes: int, pattern: Sequence[int], random: Random
) -> list[WeeklyVisit]:
    starts = list(STARTS)
    random.shuffle(starts)
    best = max(starts, key=lambda start: sum((carer, weekday, start) in free for weekday in pattern))
    weekdays = [weekday for weekday in pattern if (carer, weekday, best) in free]
    if not weekdays:
        _, weekday, best = min(place for place in free if place[0] == carer)
        weekdays = [weekday]
    for weekday in weekdays:
        free.discard((carer, weekday, best))
    return [WeeklyVisit(weekday, best, minutes, carer) for weekday in weekdays]

"""The scope in numbers: what the service delivers, what the unit does itself, what family and neighbours do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any, Literal

from contracting.commissioning.rules.minutes import minutes_a_month

Share = Literal["service", "unit", "network"]
SHARES: tuple[Share, ...] = ("service", "unit", "network")
_UNIT = frozenset({"social_worker", "coordinator"})
_NETWORK = frozenset({"family", "neighbour", "volunteer"})
NEIGHBOUR_SERVICES = "neighbour"


def share_of(performer: str, form: str | None) -> Share:
    """Whose minutes an activity is: of the service that is paid by the hour, of the unit's own people, or of the
    support network outside the decision's hours. Neighbours are the service where neighbour services were chosen."""
    if performer in _UNIT:
        return "unit"
    if performer in _NETWORK and not (performer == "neighbour" and form == NEIGHBOUR_SERVICES):
        return "network"
    return "service"


@dataclass(frozen=True)
class Work:
    """An activity of the scope as numbers: who does it, how often a week, how long, for how many."""

    performer: str
    times_week: Decimal
    minutes_each: int
    persons: int

    @property
    def minutes_month(self) -> int:
        """Minutes in an average month."""
        return minutes_a_month(self.times_week, self.minutes_each, self.persons)


def planned_minutes(works: Iterable[Work], form: str | None = None) -> dict[Share, int]:
    """Minutes a month by share; every item is rounded by itself, so that the sum is the sum of what is shown."""
    sums: dict[Share, int] = dict.fromkeys(SHARES, 0)
    for work in works:
        sums[share_of(work.performer, form)] += work.minutes_month
    return sums


@dataclass(frozen=True)
class Availability:
    """Hours in which the service is there on some weekdays (1 Monday … 7 Sunday); an end of 00:00 is midnight."""

    weekdays: tuple[int, ...]
    start: time
    end: time

    @property
    def minutes(self) -> tuple[int, int]:
        """Begin and end as minutes of the day."""
        end = self.end.hour * 60 + self.end.minute
        return self.start.hour * 60 + self.start.minute, end or 24 * 60

    def as_json(self) -> dict[str, Any]:
        """As the cycle stores it."""
        return {
            "weekdays": list(self.weekdays),
            "from": self.start.isoformat("minutes"),
            "to": self.end.isoformat("minutes"),
        }


def availability_of(stored: dict[str, Any]) -> Availability:
    """Hours from what `Availability.as_json` made."""
    return Availability(
        tuple(stored["weekdays"]), time.fromisoformat(stored["from"]), time.fromisoformat(stored["to"])
    )


def wrong_hours(hours: Sequence[Availability]) -> tuple[Literal["backwards", "overlap"], int] | None:
    """What is wrong with the hours, with the row (from 1): an end not after its begin, or two that overlap."""
    for place, one in enumerate(hours, start=1):
        start, end = one.minutes
        if end <= start:
            return "backwards", place
        for other in hours[: place - 1]:
            other_start, other_end = other.minutes
            if set(one.weekdays) & set(other.weekdays) and start < other_end and other_start < end:
                return "overlap", place
    return None

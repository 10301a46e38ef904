"""The duty roster against the clock: when fewer are on duty than the standard asks for, in elapsed time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from kernel.periods import WARSAW, elapsed_minutes


@dataclass(frozen=True)
class Shift:
    """Somebody on duty between two aware instants."""

    person: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Gap:
    """A stretch in which `on_duty` people are on duty, fewer than asked for."""

    starts_at: datetime
    ends_at: datetime
    on_duty: int

    @property
    def minutes(self) -> int:
        return elapsed_minutes(self.starts_at, self.ends_at)


def coverage_gaps(shifts: Iterable[Shift], start: datetime, end: datetime, minimum: int) -> list[Gap]:
    """Stretches of start..end (aware, half open) with fewer than `minimum` people on duty, in order.

    Counted on the instants themselves, so that the nights of the clock changes have 23 and 25 hours a day.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    changes: dict[datetime, int] = {start: 0, end: 0}
    for shift in shifts:
        begins, ends = max(shift.starts_at.astimezone(UTC), start), min(shift.ends_at.astimezone(UTC), end)
        if begins < ends:
            changes[begins] = changes.get(begins, 0) + 1
            changes[ends] = changes.get(ends, 0) - 1
    gaps: list[Gap] = []
    instants, on_duty = sorted(changes), 0
    for at, until in pairwise(instants):
        on_duty += changes[at]
        if on_duty >= minimum:
            continue
        if gaps and gaps[-1].ends_at == at and gaps[-1].on_duty == on_duty:
            gaps[-1] = Gap(gaps[-1].starts_at, until, on_duty)
        else:
            gaps.append(Gap(at, until, on_duty))
    return gaps


def minutes_of(gaps: Iterable[Gap], *, empty: bool) -> int:
    """Minutes with nobody on duty (`empty`), or with somebody but too few."""
    return sum(gap.minutes for gap in gaps if (gap.on_duty == 0) is empty)


def moved_week(at: datetime, days: int) -> datetime:
    """The instant so many days later at the same wall-clock time in Warsaw: 8:00 stays 8:00 over a clock change.

    A time that the clocks skip is taken an hour later, the doubled hour in its first occurrence.
    """
    shown = at.astimezone(WARSAW).replace(tzinfo=None) + timedelta(days=days)
    return shown.replace(tzinfo=WARSAW, fold=0).astimezone(UTC)

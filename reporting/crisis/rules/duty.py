"""The duty roster against the clock: when fewer are on duty than the standard asks for, in elapsed time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from kernel.periods import WARSAW, elapsed_minutes, is_public_holiday


@dataclass(frozen=True)
class Shift:
    """Somebody on duty between two aware instants."""

    person: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Demand:
    """So many people asked for between two aware instants."""

    starts_at: datetime
    ends_at: datetime
    people: int


@dataclass(frozen=True)
class Opening:
    """Hours of a point or telephone: weekdays 1-7, minutes of the day (beyond 1440 the next day), from a day on."""

    weekdays: tuple[int, ...]
    on_holidays: bool
    opens: int
    closes: int
    people: int
    valid_from: date
    valid_to: date | None

    def holds_on(self, day: date) -> bool:
        """Whether the centre goes by these hours on the day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def opens_on(self, day: date) -> bool:
        """Whether it is open on the day, which these hours hold on."""
        return day.isoweekday() in self.weekdays and (self.on_holidays or not is_public_holiday(day))


@dataclass(frozen=True)
class Gap:
    """A stretch in which `on_duty` people are on duty, fewer than are `asked` for."""

    starts_at: datetime
    ends_at: datetime
    on_duty: int
    asked: int

    @property
    def minutes(self) -> int:
        return elapsed_minutes(self.starts_at, self.ends_at)


def _instant(day: date, minute: int) -> datetime:
    """The instant of a minute of the day by the clock on the wall; beyond 1440 on the next day."""
    days, minute = divmod(minute, 1440)
    at = datetime.combine(day + timedelta(days=days), time(*divmod(minute, 60)), WARSAW)
    return at.astimezone(UTC)


def demands_of(openings: Sequence[Opening], first: date, last: date, minimum: int) -> list[Demand]:
    """Whom a centre asks for from the first to the last day: its hours add up; on days without any hours it is open
    around the clock with the minimum of the standard. The night before the first day reaches into it."""
    demands, day = [], first - timedelta(days=1)
    while day <= last:
        here = [one for one in openings if one.holds_on(day)]
        if not here:
            demands.append(Demand(_instant(day, 0), _instant(day, 1440), minimum))
        demands += [
            Demand(_instant(day, one.opens), _instant(day, one.closes), one.people)
            for one in here
            if one.opens_on(day)
        ]
        day += timedelta(days=1)
    return demands


def coverage_gaps(
    shifts: Iterable[Shift], start: datetime, end: datetime, demands: Iterable[Demand]
) -> list[Gap]:
    """Stretches of start..end (aware, half open) with fewer people on duty than are asked for, in order.

    Counted on the instants themselves, so that the nights of the clock changes have 23 and 25 hours a day.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    changes: dict[datetime, list[int]] = {start: [0, 0], end: [0, 0]}

    def add(starts_at: datetime, ends_at: datetime, place: int, count: int) -> None:
        begins, ends = max(starts_at.astimezone(UTC), start), min(ends_at.astimezone(UTC), end)
        if begins < ends:
            changes.setdefault(begins, [0, 0])[place] += count
            changes.setdefault(ends, [0, 0])[place] -= count

    for shift in shifts:
        add(shift.starts_at, shift.ends_at, 0, 1)
    for demand in demands:
        add(demand.starts_at, demand.ends_at, 1, demand.people)
    gaps: list[Gap] = []
    instants, on_duty, asked = sorted(changes), 0, 0
    for at, until in pairwise(instants):
        on_duty, asked = on_duty + changes[at][0], asked + changes[at][1]
        if on_duty >= asked:
            continue
        last = gaps[-1] if gaps else None
        if last and (last.ends_at, last.on_duty, last.asked) == (at, on_duty, asked):
            gaps[-1] = Gap(last.starts_at, until, on_duty, asked)
        else:
            gaps.append(Gap(at, until, on_duty, asked))
    return gaps


def minutes_of(gaps: Iterable[Gap], *, empty: bool) -> int:
    """Minutes with nobody on duty (`empty`), or with somebody but too few."""
    return sum(gap.minutes for gap in gaps if (gap.on_duty == 0) is empty)


def asked_minutes(demands: Iterable[Demand], start: datetime, end: datetime) -> int:
    """Minutes of start..end (aware, half open) in which anybody is asked for at all, each once."""
    return minutes_of(coverage_gaps((), start, end, demands), empty=True)


def moved_week(at: datetime, days: int) -> datetime:
    """The instant so many days later at the same wall-clock time in Warsaw: 8:00 stays 8:00 over a clock change.

    A time that the clocks skip is taken an hour later, the doubled hour in its first occurrence.
    """
    shown = at.astimezone(WARSAW).replace(tzinfo=None) + timedelta(days=days)
    return shown.replace(tzinfo=WARSAW, fold=0).astimezone(UTC)

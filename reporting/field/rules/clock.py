"""Whether times by a phone's clock can be believed: pure arithmetic of offsets between it and the server's clock.

An offset is how many seconds the server's clock shows more than the phone's: 86 400 is a phone a day behind. It is
measured whenever the phone hears from the server (`then`, the last measure before the entry was made) and when the
entry is sent (`now`). Times are never corrected silently: what cannot be believed is shown to the person with a
proposal.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kernel.periods import local_datetime
from reporting.delivery.rules import Instants, TimesRefused, resolve_visit

TRUSTED, WRONG, MOVED, AHEAD = "trusted", "wrong", "moved", "ahead"


@dataclass(frozen=True, slots=True)
class PhoneClock:
    """What is known of a phone's clock about an entry; `then` is None where the phone had never measured.

    `jumped` is the phone's own word: its clock went back while the entry lay in it.
    """

    then: int | None
    now: int
    jumped: bool = False


@dataclass(frozen=True, slots=True)
class WallTimes:
    """A visit by the wall clock of Warsaw; an end before the start is on the next day."""

    day: date
    start: time
    end: time


def crosses_unsaid(times: WallTimes, overnight: bool) -> bool:
    """Whether the end is before the start and nobody has said that the visit ended on the next day."""
    return times.end < times.start and not overnight


def judge(clock: PhoneClock, visit: WallTimes, *, received_at: datetime, tolerance: int) -> str:
    """`trusted`; `wrong` by a steady offset; `moved` where the clock was set meanwhile; `ahead` of what has happened.

    `tolerance` is in seconds. Times that are no visit at all are trusted here: the diary refuses them with its words.
    """
    far_now = abs(clock.now) > tolerance
    far_then = clock.then is not None and abs(clock.then) > tolerance
    if clock.jumped:
        return MOVED
    if clock.then is not None and (far_now or far_then) and abs(clock.then - clock.now) > tolerance:
        return MOVED
    if far_now or far_then:
        return WRONG
    try:
        when = resolve_visit(visit.day, visit.start, visit.end)
    except TimesRefused:
        return TRUSTED
    return AHEAD if when.ends_at > received_at + timedelta(seconds=tolerance) else TRUSTED


def propose(clock: PhoneClock, visit: WallTimes) -> WallTimes | None:
    """The times by the server's clock, where the offsets tell them; None where they do not.

    The measure nearest before the entry counts; of a clock that went back by itself nothing is known.
    """
    if clock.jumped:
        return None
    offset = clock.now if clock.then is None else clock.then
    try:
        when = resolve_visit(visit.day, visit.start, visit.end)
    except TimesRefused:
        return None
    return _shifted(when, timedelta(seconds=round(offset / 60) * 60))


def _shifted(when: Instants, by: timedelta) -> WallTimes:
    start, end = local_datetime(when.starts_at + by), local_datetime(when.ends_at + by)
    return WallTimes(start.date(), start.time(), end.time())


def overlaps(one: Instants, other: Instants) -> bool:
    """Whether two visits share a moment."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at

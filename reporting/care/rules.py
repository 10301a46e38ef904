"""Pure rules of persons and decisions: PESEL, the state of a decision on a day, its weekly plan."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Literal, Protocol

from stdnum.exceptions import ValidationError as NumberError
from stdnum.pl import pesel as pesel_number

State = Literal["void", "upcoming", "in_force", "suspended", "revoked", "superseded", "ended"]

PESEL_DIGITS = 11
_ONE_DAY = timedelta(days=1)
_DAY_MINUTES = 24 * 60


def pesel_digits(text: str) -> str | None:
    """The eleven digits of a PESEL written in any way, or None where there are not eleven."""
    digits = text.replace(" ", "").replace("-", "").replace("\u00a0", "")
    return digits if len(digits) == PESEL_DIGITS and digits.isascii() and digits.isdigit() else None


def is_sound_pesel(digits: str) -> bool:
    """Whether checksum and date of birth of the number are right."""
    return bool(pesel_number.is_valid(digits))


def birth_year_of(digits: str) -> int | None:
    """The year of birth that the number tells, or None where its date is none."""
    try:
        born: date = pesel_number.get_birth_date(digits)
    except NumberError:
        return None
    return born.year


@dataclass(frozen=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def holds_on(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Term:
    """When a decision holds: as printed, and the first days on which it no longer does, whatever ended it."""

    valid_from: date
    valid_to: date
    revoked_from: date | None = None
    superseded_from: date | None = None

    @property
    def ends_before(self) -> date:
        """The first day after the decision; its first day where it never held."""
        ends = [self.valid_to + _ONE_DAY]
        ends += [day for day in (self.revoked_from, self.superseded_from) if day is not None]
        return max(self.valid_from, min(ends))

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds, or None where it never does."""
        return None if self.ends_before == self.valid_from else self.ends_before - _ONE_DAY


def state_on(term: Term, suspensions: Iterable[Span], day: date) -> State:
    """What a decision is on a day."""
    if term.last_day is None:
        return "void"
    if day < term.valid_from:
        return "upcoming"
    if day < term.ends_before:
        return "suspended" if any(rest.holds_on(day) for rest in suspensions) else "in_force"
    if term.ends_before == term.superseded_from:
        return "superseded"
    return "revoked" if term.ends_before == term.revoked_from else "ended"


@dataclass(frozen=True, order=True)
class Slot:
    """A visit of the weekly plan: weekday 1 (Monday) … 7, local start, minutes."""

    weekday: int
    start: time
    minutes: int
    on_holidays: bool = False

    @property
    def end(self) -> time:
        """The wall-clock end, also where it lies on the next day."""
        minute = (self.start.hour * 60 + self.start.minute + self.minutes) % _DAY_MINUTES
        return time(minute // 60, minute % 60)


@dataclass(frozen=True)
class Clash:
    """Two visits of one plan that overlap."""

    earlier: Slot
    later: Slot


def clashes(slots: Iterable[Slot]) -> list[Clash]:
    """Visits of the plan that overlap on their weekday, also where one lasts beyond midnight or the week."""
    week = 7 * _DAY_MINUTES
    placed = sorted((_minute_of_week(slot), slot) for slot in slots)
    found = []
    for position, (start, slot) in enumerate(placed):
        following = [*placed[position + 1 :], *((begin + week, other) for begin, other in placed[:position])]
        found += [Clash(slot, other) for begin, other in following if begin < start + slot.minutes]
    return found


def _minute_of_week(slot: Slot) -> int:
    return (slot.weekday - 1) * _DAY_MINUTES + slot.start.hour * 60 + slot.start.minute


class Timed(Protocol):
    """Anything that lasts some minutes."""

    @property
    def minutes(self) -> int: ...


def minutes_a_week(slots: Iterable[Timed]) -> int:
    """What the plan amounts to in a week without holidays."""
    return sum(slot.minutes for slot in slots)

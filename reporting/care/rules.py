"""Pure rules of persons and decisions: PESEL, the state of a decision on a day, its weekly plan."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Literal, Protocol

from stdnum.exceptions import ValidationError as NumberError
from stdnum.pl import pesel as pesel_number

State = Literal["void", "upcoming", "in_force", "suspended", "revoked", "superseded", "ended"]

PESEL_DIGITS = 11
_ONE_DAY = timedelta(days=1)
_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _DAY_MINUTES
# What `plan_rows` tells of each visit.
PLAN_FIELDS = ("weekday", "start", "minutes", "on_holidays", "place")


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


class Planned(Protocol):
    """A visit of the weekly plan, wherever it is written down."""

    @property
    def weekday(self) -> int: ...

    @property
    def start(self) -> time: ...

    @property
    def minutes(self) -> int: ...

    @property
    def on_holidays(self) -> bool: ...


@dataclass(frozen=True)
class Clash:
    """Visits of one plan that cannot both be: positions in the plan, `earlier` still lasts when `later` begins."""

    earlier: int
    later: int


def clashes(slots: Sequence[Planned], *, two_workers: bool) -> list[Clash]:
    """Visits that begin while as many as may be at once still last: one, or two where two workers may come.

    Also where a visit lasts beyond midnight or the week. What is refused is left out when looking for the next clash.
    """
    at_once = 2 if two_workers else 1
    placed = sorted((_minute_of_week(slot), position) for position, slot in enumerate(slots))
    week_before = [(begin - _WEEK_MINUTES, position) for begin, position in placed]
    lasting: list[tuple[int, int]] = []
    found = []
    for begin, position in [*week_before, *placed]:
        lasting = [(end, other) for end, other in lasting if end > begin]
        if len(lasting) < at_once:
            lasting.append((begin + slots[position].minutes, position))
        elif begin >= 0:
            found.append(Clash(lasting[0][1], position))
    return found


def plan_rows(slots: Iterable[Planned]) -> list[tuple[int, time, int, bool, int]]:
    """The plan in order: weekday, start, minutes, on holidays, place among the visits that begin together from 1 on."""
    places: Counter[tuple[int, time]] = Counter()
    rows = []
    for weekday, start, minutes, on_holidays in sorted(
        (slot.weekday, slot.start, slot.minutes, slot.on_holidays) for slot in slots
    ):
        places[weekday, start] += 1
        rows.append((weekday, start, minutes, on_holidays, places[weekday, start]))
    return rows


def _minute_of_week(slot: Planned) -> int:
    return (slot.weekday - 1) * _DAY_MINUTES + slot.start.hour * 60 + slot.start.minute


class Timed(Protocol):
    """Anything that lasts some minutes."""

    @property
    def minutes(self) -> int: ...


def minutes_a_week(slots: Iterable[Timed]) -> int:
    """What the plan amounts to in a week without holidays."""
    return sum(slot.minutes for slot in slots)

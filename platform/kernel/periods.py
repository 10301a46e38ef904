"""Local months, wall-clock time in Poland, public holidays and working days, without Django."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

WARSAW = ZoneInfo("Europe/Warsaw")

_ONE_DAY = timedelta(days=1)
_ONE_MINUTE = timedelta(minutes=1)
_SATURDAY = 5
_MONTH_TEXT = re.compile(r"([0-9]{4})-([0-9]{2})")


class NonexistentTime(ValueError):
    """A wall-clock time that the clocks skipped (the hour lost in March)."""

    def __init__(self, day: date, at: time) -> None:
        super().__init__(f"{day.isoformat()} {at.isoformat('minutes')} does not exist in Europe/Warsaw")
        self.day = day
        self.at = at


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in Europe/Warsaw, ordered by time; `str` gives `2026-10`.

    Raises ValueError when the year is not 1..9999 or the month not 1..12.
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        date(self.year, self.month, 1)

    @classmethod
    def parse(cls, text: str) -> "Month":
        """The month written as `2026-10`; anything else raises ValueError."""
        matched = _MONTH_TEXT.fullmatch(text)
        if matched is None:
            raise ValueError(f"not a month in the form YYYY-MM: {text!r}")
        return cls(int(matched[1]), int(matched[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month to which a local date belongs."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.days()[-1]

    def days(self) -> tuple[date, ...]:
        """All its days, in order."""
        return _days_of(self.year, self.month)

    def contains(self, day: date) -> bool:
        """Whether a local date lies in the month."""
        return day.year == self.year and day.month == self.month

    def next(self) -> "Month":
        """The month after."""
        return Month(self.year + 1, 1) if self.month == 12 else Month(self.year, self.month + 1)

    def previous(self) -> "Month":
        """The month before."""
        return Month(self.year - 1, 12) if self.month == 1 else Month(self.year, self.month - 1)

    def bounds(self) -> tuple[datetime, datetime]:
        """The UTC instants of its first local midnight and of the next month's: a half-open interval."""
        return resolve_wall_time(self.first, time.min), resolve_wall_time(self.next().first, time.min)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@lru_cache(maxsize=512)
def _days_of(year: int, month: int) -> tuple[date, ...]:
    first = date(year, month, 1)
    return tuple(
        day for day in (first + _ONE_DAY * offset for offset in range(31)) if day.month == first.month
    )


def local_datetime(instant: datetime) -> datetime:
    """The instant on the clocks of Warsaw, aware. Raises ValueError for a datetime without a zone."""
    _require_aware(instant)
    return instant.astimezone(WARSAW)


def local_date(instant: datetime) -> date:
    """The date in Warsaw at an instant. Raises ValueError for a datetime without a zone."""
    return local_datetime(instant).date()


def resolve_wall_time(day: date, at: time) -> datetime:
    """The UTC instant at which the clocks of Warsaw first show this date and time.

    In the doubled hour of October a time means its first occurrence. Raises NonexistentTime in the
    hour skipped in March, and ValueError for a time that carries a zone of its own.
    """
    if at.tzinfo is not None:
        raise ValueError("a wall-clock time carries no time zone")
    shown = datetime.combine(day, at).replace(fold=0)
    instant = shown.replace(tzinfo=WARSAW).astimezone(UTC)
    if instant.astimezone(WARSAW).replace(tzinfo=None) != shown:
        raise NonexistentTime(day, at)
    return instant


def elapsed_minutes(start: datetime, end: datetime) -> int:
    """Whole minutes that pass from start to end, negative when end comes first.

    Both must be aware (ValueError otherwise). They are taken to UTC first, because Python subtracts two
    datetimes of one zone by the clock on the wall and would gain or lose the hour of a clock change.
    """
    _require_aware(start)
    _require_aware(end)
    return (end.astimezone(UTC) - start.astimezone(UTC)) // _ONE_MINUTE


def is_public_holiday(day: date) -> bool:
    """Whether the day is a statutory day off in Poland (24 December since 2025). Sundays as such are not."""
    return day in _public_holidays(day.year)


@lru_cache(maxsize=64)
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("PL", years=year))


def is_working_day(day: date) -> bool:
    """Whether offices work: neither Saturday, nor Sunday, nor a public holiday."""
    return day.weekday() < _SATURDAY and not is_public_holiday(day)


def working_day_after(day: date, count: int = 1) -> date:
    """The count-th working day after a day, which itself does not count.

    `working_day_after(month.last, 5)` is the 5th working day of the month that follows. Raises ValueError
    unless count is at least 1.
    """
    if count < 1:
        raise ValueError(f"count must be at least 1, not {count}")
    left = count
    while left:
        day += _ONE_DAY
        if is_working_day(day):
            left -= 1
    return day


def nth_working_day(month: Month, nth: int) -> date:
    """The nth working day of a month, counted from 1; in the following month when it has fewer."""
    return working_day_after(month.first - _ONE_DAY, nth)


def _require_aware(instant: datetime) -> None:
    if instant.utcoffset() is None:
        raise ValueError("an instant needs a time zone")

"""Quarters of the calendar, beside the house's months, and what figures of any longer period need to know of it."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from kernel.periods import Month

_TEXT = re.compile(r"([0-9]{4})-Q([1-4])")


class Stretch(Protocol):
    """A stretch of whole months."""

    @property
    def first(self) -> date:
        """Its first day."""

    @property
    def last(self) -> date:
        """Its last day."""

    def bounds(self) -> tuple[datetime, datetime]:
        """The UTC instants between which it lies, half-open."""


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter in Europe/Warsaw, ordered by time; `str` gives `2026-Q3`. Raises ValueError for a number not 1..4."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if self.number not in (1, 2, 3, 4):
            raise ValueError(f"a year has four quarters, not {self.number}")
        date(self.year, 1, 1)

    @classmethod
    def parse(cls, text: str) -> "Quarter":
        """The quarter written as `2026-Q3`; anything else raises ValueError."""
        matched = _TEXT.fullmatch(text)
        if matched is None:
            raise ValueError(f"not a quarter in the form YYYY-Qn: {text!r}")
        return cls(int(matched[1]), int(matched[2]))

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter to which a local date belongs."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def months(self) -> tuple[Month, Month, Month]:
        """Its three months."""
        last = 3 * self.number
        return Month(self.year, last - 2), Month(self.year, last - 1), Month(self.year, last)

    @property
    def first(self) -> date:
        """Its first day."""
        return self.months[0].first

    @property
    def last(self) -> date:
        """Its last day."""
        return self.months[2].last

    def previous(self) -> "Quarter":
        """The quarter before."""
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    def bounds(self) -> tuple[datetime, datetime]:
        """The UTC instants of its first local midnight and of the next quarter's: a half-open interval."""
        return self.months[0].bounds()[0], self.months[2].bounds()[1]

    def __str__(self) -> str:
        return f"{self.year:04d}-Q{self.number}"

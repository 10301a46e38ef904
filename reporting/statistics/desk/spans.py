"""Months, quarters and years in which figures are asked, and the periods in which they were told."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kernel.periods import Month
from reporting.statistics.batches.periods import Quarter

_YEAR = re.compile(r"[0-9]{4}")
# No tenant can have told anything before, and nobody asks for what is so far away.
FIRST_YEAR, LAST_YEAR = 2010, 2100


class Kind(StrEnum):
    """Of which length a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


_LENGTH = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.YEAR: 12}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A month, quarter or year, known by its first day; `str` gives 2026-10, 2026-Q3 or 2026."""

    first: date
    kind: Kind

    @classmethod
    def of(cls, kind: str, day: date) -> "Span":
        """The period of a kind to which a day belongs."""
        known = Kind(kind)
        month = 1 + (day.month - 1) // _LENGTH[known] * _LENGTH[known]
        return cls(date(day.year, month, 1), known)

    @classmethod
    def parse(cls, text: str) -> "Span":
        """The period written as `str` writes it; anything else, or of another century, raises ValueError."""
        if _YEAR.fullmatch(text):
            found = cls(date(int(text), 1, 1), Kind.YEAR)
        elif "Q" in text:
            found = cls(Quarter.parse(text).first, Kind.QUARTER)
        else:
            found = cls(Month.parse(text).first, Kind.MONTH)
        if not FIRST_YEAR <= found.first.year <= LAST_YEAR:
            raise ValueError(f"no figures of so far away: {text!r}")
        return found

    def previous(self) -> "Span":
        """The period of the same length before."""
        return self._moved(-1)

    def next(self) -> "Span":
        """The period of the same length after."""
        return self._moved(1)

    def _moved(self, steps: int) -> "Span":
        months = self.first.year * 12 + self.first.month - 1 + steps * _LENGTH[self.kind]
        return Span(date(months // 12, months % 12 + 1, 1), self.kind)

    def touches(self, other: "Span") -> bool:
        """Whether they have a day in common."""
        return self.first < other.next().first and other.first < self.next().first

    def last_ones(self, count: int) -> tuple["Span", ...]:
        """So many periods that end with this one, oldest first."""
        return tuple(self._moved(-back) for back in reversed(range(count)))

    def parts(self, kind: str) -> tuple[date, ...]:
        """The first days of the periods of a kind, not longer than this one, that it consists of."""
        step = _LENGTH[Kind(kind)]
        first = Month.of(self.first)
        months = [first]
        while len(months) < _LENGTH[self.kind]:
            months.append(months[-1].next())
        return tuple(month.first for month in months[::step])

    def __str__(self) -> str:
        match self.kind:
            case Kind.MONTH:
                return str(Month.of(self.first))
            case Kind.QUARTER:
                return str(Quarter.of(self.first))
            case Kind.YEAR:
                return f"{self.first.year:04d}"


def told_in(spans: Iterable[Span], kind: str) -> tuple[date, ...]:
    """The first days of all periods of a kind that the given ones consist of, each once, ascending."""
    return tuple(sorted({day for span in spans for day in span.parts(kind)}))

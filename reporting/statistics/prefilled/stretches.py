"""Half-years and years of official reports."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from kernel.periods import Month
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.desk.spans import FIRST_YEAR, LAST_YEAR, Kind, Span

_TEXT = re.compile(r"([0-9]{4})(-H1)?")


@dataclass(frozen=True, slots=True, order=True)
class Year:
    """A year, or its first half, for which units report; `str` gives `2026` or `2026-H1`."""

    year: int
    half: bool = False

    @classmethod
    def parse(cls, text: str) -> "Year":
        """The period written so; anything else, or of another century, raises ValueError."""
        matched = _TEXT.fullmatch(text)
        if matched is None or not FIRST_YEAR <= int(matched[1]) < LAST_YEAR:
            raise ValueError(f"not a year or half-year: {text!r}")
        return cls(int(matched[1]), bool(matched[2]))

    @property
    def _last_month(self) -> Month:
        return Month(self.year, 6 if self.half else 12)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self._last_month.last

    def bounds(self) -> tuple[datetime, datetime]:
        """The UTC instants of its first local midnight and of that after its last day."""
        return Month(self.year, 1).bounds()[0], self._last_month.bounds()[1]

    def back(self, years: int) -> "Year":
        """The same period so many years before."""
        return Year(self.year - years, self.half)

    @property
    def spans(self) -> tuple[Span, ...]:
        """The periods of the desk that it consists of."""
        if not self.half:
            return (Span(self.first, Kind.YEAR),)
        return tuple(Span(Quarter(self.year, number).first, Kind.QUARTER) for number in (1, 2))

    @property
    def name(self) -> str:
        """How people write it."""
        return _("first half of %(year)s") % {"year": self.year} if self.half else str(self.year)

    def __str__(self) -> str:
        return f"{self.year:04d}-H1" if self.half else f"{self.year:04d}"

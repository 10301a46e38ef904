"""A month or a quarter of figures, as addresses and people name it."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext

from kernel.periods import Month
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.models import PeriodKind
from ui.formatting import format_month

_ROMAN = ("I", "II", "III", "IV")
# Of older periods nobody asks any more.
_MONTHS_OFFERED, _QUARTERS_OFFERED = 24, 8


@dataclass(frozen=True)
class Period:
    """A month or a quarter; `key` is written `2026-10` or `2026-Q3`."""

    kind: str
    first: date

    @classmethod
    def parse(cls, text: str) -> "Period":
        """The period of a key. Raises ValueError for anything else."""
        if "Q" in text:
            return cls(PeriodKind.QUARTER, Quarter.parse(text).first)
        return cls(PeriodKind.MONTH, Month.parse(text).first)

    @property
    def key(self) -> str:
        return str(Month.of(self.first) if self.kind == PeriodKind.MONTH else Quarter.of(self.first))

    @property
    def last(self) -> date:
        """Its last day."""
        return Month.of(self.first).last if self.kind == PeriodKind.MONTH else Quarter.of(self.first).last

    @property
    def is_over(self) -> bool:
        return timezone.localdate() > self.last

    @property
    def name(self) -> str:
        """`październik 2026`, `III kwartał 2026`."""
        if self.kind == PeriodKind.MONTH:
            return format_month(self.first)
        quarter = Quarter.of(self.first)
        return gettext("%(number)s quarter of %(year)s") % {
            "number": _ROMAN[quarter.number - 1],
            "year": quarter.year,
        }


def periods_over() -> list[Period]:
    """The last 24 months and 8 quarters that are over, newest first, months before quarters."""
    month, quarter = Month.of(timezone.localdate()).previous(), Quarter.of(timezone.localdate()).previous()
    months, quarters = [month], [quarter]
    while len(months) < _MONTHS_OFFERED:
        months.append(months[-1].previous())
    while len(quarters) < _QUARTERS_OFFERED:
        quarters.append(quarters[-1].previous())
    return [
        *(Period(PeriodKind.MONTH, one.first) for one in months),
        *(Period(PeriodKind.QUARTER, one.first) for one in quarters),
    ]

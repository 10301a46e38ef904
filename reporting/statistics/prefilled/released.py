"""What a region may fill in: released cells of its voivodeship, added up only where each of them is shown."""

from collections.abc import Iterable
from decimal import Decimal

from reporting.statistics.desk.cuts import Cut, Figure, Why, read_cut
from reporting.statistics.desk.spans import Span
from reporting.statistics.prefilled.filling import HIDDEN, Told
from reporting.statistics.prefilled.layout import Form, Known, layouts
from reporting.statistics.prefilled.stretches import Year

_MINUTES_OF_HOUR = 60
_WITHOUT = {Why.INCOMPLETE: "incomplete", Why.CHANGED: "changed"}


class ReleasedFigures:
    """The released figures of a voivodeship for a form and its periods; its statements depend on the form alone."""

    def __init__(self, form: Form, periods: tuple[Year, ...], voivodeship: str) -> None:
        self._place = voivodeship
        self._spans = tuple(sorted(span for one in periods for span in one.spans))
        self._told: dict[tuple[str, str], dict[Span, Figure | None]] = {}
        for known in _named_in(form):
            for part in known.parts:
                if (known.indicator, part) not in self._told:
                    self._told[known.indicator, part] = self._read(known.indicator, part)

    def _read(self, indicator: str, part: str) -> dict[Span, Figure | None]:
        cut = Cut(indicator, self._spans, places=(self._place,), part=part)
        row = read_cut(cut).row(self._place)
        return dict(zip(self._spans, row.figures, strict=True)) if row else {}

    def read(self, known: Known, at: Year) -> Told:
        """The sum of shown parts; a code of a reason where one is hidden or missing."""
        if not known.indicator:
            return known.not_released
        # A service that nobody of the voivodeship told of is no part of the sum.
        told = [
            [found.get(span) for span in at.spans]
            for found in (self._told[known.indicator, part] for part in known.parts)
        ]
        told = [figures for figures in told if any(one is not None for one in figures)]
        if not told:
            return "not_told"
        return _added(one for figures in told for one in figures) if _is_whole(told) else "incomplete"

    def value(self, known: Known, at: Year) -> Told:
        """What stands in a cell: as `read`, in the unit of the form."""
        told = self.read(known, at)
        if isinstance(told, Decimal) and known.unit == "hours":
            return (told / _MINUTES_OF_HOUR).quantize(Decimal("0.01"))
        return told


def _is_whole(told: list[list[Figure | None]]) -> bool:
    return all(one is not None for figures in told for one in figures)


def _added(figures: Iterable[Figure | None]) -> Told:
    total = Decimal(0)
    for one in figures:
        if one is None or one.numerator is None:
            if one is not None and one.is_hidden:
                return HIDDEN + one.why
            return _WITHOUT.get(one.why, "not_told") if one is not None else "incomplete"
        total += one.numerator
    return total


def _named_in(form: Form) -> list[Known]:
    figures = layouts().figures
    named = {code for block in form.blocks for row in block.rows for code in row.cells.values()}
    return [figures[code] for code in sorted(named & figures.keys())]

"""The places of one period in an order: by rank with what it is sure of, those that stand out marked."""

from dataclasses import dataclass
from decimal import Decimal

from reporting.statistics.desk.confidence import Interval, Rank, ranks, wilson
from reporting.statistics.desk.cuts import Figure, Row, Table
from reporting.statistics.outliers import outliers

SORTS = ("name", "value")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A place of the table with its rank, interval and the methods that mark it; none where it is not shown."""

    row: Row
    rank: Rank | None = None
    interval: Interval | None = None
    far: tuple[str, ...] = ()

    @property
    def figure(self) -> Figure | None:
        return self.row.only


def ranked(table: Table, order: str = "-value") -> tuple[Ranked, ...]:
    """The rows of a cut of one period. Only what is shown is compared; hidden and missing ones stand last, by name:
    a place among the others would tell their figure."""
    shown = {row.place: row.only for row in table.rows if row.only is not None and row.only.is_shown}
    values = {place: one.value for place, one in shown.items() if one.value is not None}
    intervals: dict[str, Interval] = {}
    if table.indicator.is_share:
        for place, one in shown.items():
            found = wilson(one.numerator or Decimal(0), one.denominator or Decimal(0))
            if found is not None:
                intervals[place] = found
    # How far counts lie apart tells how large places are, not how they work.
    far = outliers(values) if table.indicator.is_ratio else {}
    places = ranks(values, intervals)
    rows = [
        Ranked(row, places.get(row.place), intervals.get(row.place), far.get(row.place, ()))
        for row in table.rows
    ]
    known = [one for one in rows if one.rank is not None]
    if order.removeprefix("-") == "value":
        known.sort(key=_value, reverse=order.startswith("-"))
    elif order == "-name":
        known.reverse()
    return tuple(known + [one for one in rows if one.rank is None])


def _value(one: Ranked) -> Decimal:
    figure = one.figure
    return Decimal(0) if figure is None or figure.value is None else figure.value

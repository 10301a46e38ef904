"""Tables in the order of official forms, filled as far as released figures reach; nothing is claimed to conform.

`0` is a figure, `.` no information in this system, `x` a cell that has no meaning, `#` hidden to protect (T-04).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from reporting.statistics.desk.cuts import Cut, Figure, Why, newest_version, read_cut
from reporting.statistics.desk.spans import Kind, Span

NO_INFORMATION, NO_MEANING, PROTECTED = ".", "x", "#"
_MINUTES_OF_HOUR = Decimal(60)
Value = Decimal | str


@dataclass(frozen=True)
class Ask:
    """What fills a cell: a part of an indicator over the months or quarters of a period.

    `what` is numerator, denominator or value; `how` is sum (of what adds up), mean or most (of the months' own values).
    `in_hours` turns minutes into hours with one decimal.
    """

    indicator: str
    what: str = "numerator"
    how: str = "sum"
    in_hours: bool = False


@dataclass(frozen=True)
class Line:
    """A row of a form: the key of its words, and what fills its columns; a text stands there always."""

    code: str
    cells: tuple[Ask | str, ...]


_PERSONS_OF_MONTH = Ask("care_persons", how="most")
_HOURS = Ask("care_hours_accepted", in_hours=True)
_VALUE = Ask("hour_price")

# Columns: persons by decision, number (hours), amount, families, persons in families, of these in villages.
MRIPS = (
    Line("care", (NO_INFORMATION, _HOURS, _VALUE, NO_INFORMATION, NO_INFORMATION, NO_INFORMATION)),
    Line("care_special", (NO_INFORMATION,) * 6),
    Line("care_mental", (NO_INFORMATION,) * 6),
    Line("most_in_month", (_PERSONS_OF_MONTH, *(NO_MEANING,) * 5)),
)

# One column for each year; forecasts are left to people.
OZPS = (
    Line("demography", (NO_INFORMATION,)),
    Line("beneficiaries", (NO_INFORMATION,)),
    Line("persons_mean", (Ask("care_persons", how="mean"),)),
    Line("hours_granted", (Ask("care_hours_granted", in_hours=True),)),
    Line("hours_delivered", (Ask("care_hours_delivered", in_hours=True),)),
    Line("fulfilment", (Ask("care_fulfilment", what="value"),)),
    Line("hours_refused", (Ask("care_hours_refused", in_hours=True),)),
    Line("advice", (Ask("advice"),)),
    Line("advice_waiting", (Ask("advice_waiting", what="value"),)),
    Line("crisis_sessions", (Ask("crisis_sessions"),)),
    Line("referrals_refused", (Ask("referrals_refused"),)),
    Line("institutions", (NO_INFORMATION,)),
    Line("staff", (NO_INFORMATION,)),
    Line("trained", (Ask("trained_specialists"),)),
    Line("care_value", (_VALUE,)),
    Line("hour_price", (Ask("hour_price", what="value"),)),
    Line("spending", (NO_INFORMATION,)),
    Line("improvements", (Ask("improvements"),)),
    Line("calls_opened", (Ask("offers_per_call", what="denominator"),)),
    Line("offers", (Ask("offers_per_call"),)),
    Line("calls_annulled", (Ask("annulled_calls"),)),
    Line("days_to_contract", (Ask("days_to_contract", what="value"),)),
)

FORMS: Mapping[str, tuple[Line, ...]] = {"mrips-03": MRIPS, "ozps": OZPS}


def months_of(year: int, half: int = 0) -> tuple[Span, ...]:
    """The months of a year, or of its first or second half."""
    first, last = {0: (1, 12), 1: (1, 6), 2: (7, 12)}[half]
    return tuple(Span.of(Kind.MONTH, date(year, month, 1)) for month in range(first, last + 1))


def filled(
    lines: Sequence[Line], place: str, columns: Sequence[Sequence[Span]]
) -> list[tuple[str, tuple[Value, ...]]]:
    """The rows of a form for a place: each line's cells, in every one of the periods; two statements an indicator.

    A period is the months that it consists of.
    """
    asks = {cell for line in lines for cell in line.cells if isinstance(cell, Ask)}
    found = {
        code: _figures(code, place, [span for months in columns for span in months])
        for code in sorted({one.indicator for one in asks})
    }
    return [
        (
            line.code,
            tuple(
                cell if isinstance(cell, str) else _answer(cell, found[cell.indicator], months)
                for months in columns
                for cell in line.cells
            ),
        )
        for line in lines
    ]


def _figures(code: str, place: str, months: Iterable[Span]) -> dict[Span, Figure | None]:
    """What is released of the indicator in the periods in which it is told."""
    kind = newest_version(code).period
    spans = tuple(sorted({Span.of(kind, month.first) for month in months}))
    row = read_cut(Cut(code, spans, places=(place,))).row(place)
    return dict(zip(spans, row.figures if row else (None,) * len(spans), strict=True))


def _answer(ask: Ask, figures: Mapping[Span, Figure | None], months: Sequence[Span]) -> Value:
    indicator = newest_version(ask.indicator)
    wanted = sorted({Span.of(indicator.period, month.first) for month in months})
    parts = [figures.get(span) for span in wanted]
    if any(one is not None and one.is_hidden for one in parts):
        return PROTECTED
    told = [one for one in parts if one is not None and one.is_shown]
    # A year of which a month is missing is no year.
    if len(told) < len(parts) or any(one.why == Why.CHANGED for one in parts if one):
        return NO_INFORMATION
    if ask.how != "sum":
        values = [one.numerator or Decimal(0) for one in told]
        return max(values) if ask.how == "most" else _whole(sum(values, Decimal(0)) / len(values))
    above = sum((one.numerator or Decimal(0) for one in told), Decimal(0))
    below = sum((one.denominator or Decimal(0) for one in told), Decimal(0))
    if ask.what == "value":
        value = indicator.value(above, below)
        return NO_MEANING if value is None else value
    number = below if ask.what == "denominator" else above
    return (
        (number / _MINUTES_OF_HOUR).quantize(Decimal("0.1"), ROUND_HALF_UP)
        if ask.in_hours
        else number.quantize(Decimal("0.01"), ROUND_HALF_UP)
    )


def _whole(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1), ROUND_HALF_UP)

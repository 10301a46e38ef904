"""A table of released figures as it is taken along: columns, rows, and what a reader must know of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reporting.statistics.desk.cuts import Figure, Table
from reporting.statistics.desk.naming import codes_of, part_name, span_text
from reporting.statistics.desk.places import Line, Topic
from reporting.statistics.desk.ranking import ranked
from reporting.statistics.desk.spans import Span
from reporting.statistics.dictionary import Indicator
from reporting.statistics.disclosure import ALL_SERVICES
from reporting.statistics.words import MINUTES, unit_name, words_of
from ui.formatting import format_instant_text, format_month

# A cell: text, a number, or nothing.
Value = str | Decimal | int | None


@dataclass(frozen=True)
class Sheet:
    """One table to take along; `notes` are pairs of what a line is and what it says, `name` that of its file.

    `numbers` are the places of columns with numbers, `times` the cells (row, column) among them that count minutes.
    """

    name: str
    title: str
    columns: tuple[tuple[str, int], ...]
    rows: tuple[tuple[Value, ...], ...]
    notes: tuple[tuple[str, str], ...]
    made_at: datetime | None = None
    numbers: frozenset[int] = field(default_factory=frozenset)
    times: frozenset[tuple[int, int]] = field(default_factory=frozenset)


def sheet_of(table: Table, reason: Callable[[str], str]) -> Sheet:
    """The table of a cut: a row for each place and period, hidden figures with `reason(why)` and where they count."""
    indicator, words = table.indicator, words_of(table.indicator)
    columns: list[tuple[str, int]] = [
        (_("Place code"), 14),
        (_("Place"), 34),
        (_("Period"), 16),
        (f"{words.name} [{unit_name(indicator.unit)}]", 18),
    ]
    if indicator.is_ratio:
        columns += [(head, 18) for head in _term_heads(indicator)]
    if indicator.is_share:
        columns += [(_("95% from"), 10), (_("95% to"), 10)]
    columns += [(_("Why there is no figure"), 50), (_("It is counted in"), 30)]
    intervals = {}
    if indicator.is_share and len(table.cut.spans) == 1:
        intervals = {one.row.place: one.interval for one in ranked(table)}
    rows: list[tuple[Value, ...]] = []
    codes = codes_of([row.place for row in table.rows])
    for row in table.rows:
        for span, figure in zip(table.cut.spans, row.figures, strict=True):
            cells: list[Value] = [codes[row.place], row.label, str(span), figure.value if figure else None]
            if indicator.is_ratio:
                cells += [figure.numerator, figure.denominator] if figure else [None, None]
            if indicator.is_share:
                found = intervals.get(row.place)
                cells += [found.low, found.high] if found else [None, None]
            cells += _missing(figure, reason)
            rows.append(tuple(cells))
    return Sheet(
        name=f"{indicator.code}-{table.cut.spans[-1]}",
        title=_title(table),
        columns=tuple(columns),
        rows=tuple(rows),
        notes=tuple(_notes(table)),
        made_at=table.released_at,
        numbers=frozenset(range(3, len(columns) - 2)),
        times=frozenset((row, column) for row in range(len(rows)) for column in _times(indicator, 3, 4)),
    )


def _times(indicator: Indicator, value: int, numerator: int) -> list[int]:
    """The columns of a row that count minutes; its value and its numerator stand in these, the denominator after."""
    told = {value: indicator.unit in MINUTES}
    if indicator.is_ratio:
        told |= {numerator: "numerator" in indicator.in_minutes}
        told |= {numerator + 1: "denominator" in indicator.in_minutes}
    return [column for column, is_time in told.items() if is_time]


def _term_heads(indicator: Indicator) -> list[str]:
    """What the numerator and the denominator are, with the unit of times as files keep them."""
    words, unit = words_of(indicator), unit_name("minutes")
    terms = {"numerator": words.numerator, "denominator": words.denominator}
    return [f"{name} [{unit}]" if term in indicator.in_minutes else name for term, name in terms.items()]


def place_sheet(place: str, span: Span, topics: Sequence[Topic], reason: Callable[[str, Line], str]) -> Sheet:
    """Everything that is released of one place in a period: a row for each indicator and part."""
    rows: list[tuple[Value, ...]] = []
    times: set[tuple[int, int]] = set()
    for topic in topics:
        for line in topic.lines:
            figure = line.figure
            times |= {(len(rows), column) for column in _times(line.indicator, 4, 6)}
            rows.append(
                (
                    line.indicator.code,
                    topic.name,
                    line.name,
                    line.part_label,
                    figure.value,
                    unit_name(line.indicator.unit),
                    figure.numerator,
                    figure.denominator,
                    *_missing(figure, partial(_reason, reason, line)),
                )
            )
    columns = (
        (_("Indicator code"), 22),
        (_("Group"), 22),
        (_("Indicator"), 34),
        (_("Service or category"), 26),
        (pgettext("of an indicator", "Value"), 12),
        (_("Unit"), 14),
        (_("Numerator"), 12),
        (_("Denominator"), 12),
        (_("Why there is no figure"), 50),
        (_("It is counted in"), 30),
    )
    return Sheet(
        name=f"{slugify(place)}-{span}",
        title=f"{place}: {span_text(span)}",
        columns=columns,
        rows=tuple(rows),
        notes=((_("Hidden figures"), _hidden_note()),),
        numbers=frozenset({4, 6, 7}),
        times=frozenset(times),
    )


def _reason(reason: Callable[[str, Line], str], line: Line, why: str) -> str:
    return reason(why, line)


def changes_of(table: Table) -> list[str]:
    """Versions by which older figures of the table were counted, newest first: what each meant, and until when."""
    return [
        _("version %(version)s until %(month)s: %(definition)s")
        % {
            "version": one.version,
            "month": one.valid_to and format_month(one.valid_to.first),
            "definition": words_of(one).definition,
        }
        for one in reversed(table.earlier)
    ]


def _hidden_note() -> str:
    return _("They are hidden to protect persons and providers. An empty cell is no zero.")


def _missing(figure: Figure | None, reason: Callable[[str], str]) -> list[Value]:
    if figure is not None and figure.is_shown:
        return [None, None]
    return [reason(figure.why if figure else ""), (figure.shown_in if figure else "") or None]


def _title(table: Table) -> str:
    spans = table.cut.spans
    period = span_text(spans[0]) if len(spans) == 1 else f"{span_text(spans[0])} – {span_text(spans[-1])}"
    part = "" if table.cut.part == ALL_SERVICES else f", {part_name(table.indicator, table.cut.part)}"
    return f"{words_of(table.indicator).name}{part}: {period}"


def _notes(table: Table) -> list[tuple[str, str]]:
    """What the figure means, from which release it is, and how to read what is missing."""
    indicator, words = table.indicator, words_of(table.indicator)
    notes = [
        (_("Definition"), words.definition),
        (_("Unit"), unit_name(indicator.unit)),
        (_("Numerator"), words.numerator),
    ]
    if words.denominator:
        notes.append((_("Denominator"), words.denominator))
    if words.note:
        notes.append((_("What it does not say"), words.note))
    notes += [
        (_("Indicator and version"), f"{indicator.code} · {indicator.version}"),
        *((_("Before that"), text) for text in changes_of(table)),
        (_("Released"), format_instant_text(table.released_at)),
        (_("Hidden figures"), _hidden_note()),
    ]
    return notes

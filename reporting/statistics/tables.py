"""The desk's figures as pages show them: rows with words, a map or tiles, and lines over time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reporting.statistics.desk.asking import Asked
from reporting.statistics.desk.cuts import Figure, Level, Table, Why
from reporting.statistics.desk.naming import part_name, span_short, span_text
from reporting.statistics.desk.ranking import Ranked
from reporting.statistics.dictionary import Indicator
from reporting.statistics.disclosure import ALL_SERVICES
from reporting.statistics.models import DisclosureRule
from reporting.statistics.periods_due import thresholds_of
from reporting.statistics.words import few_text, term_text, unit_name, value_text, words_of
from tenants.models import KINDS_WITH_NAME
from ui import charts

# More of them than any voivodeship has counties would be no picture.
_MOST_TILES = 60
_UNITS = {
    "minutes": charts.Unit.MINUTES,
    "minutes_per_person": charts.Unit.MINUTES,
    "percent": charts.Unit.PERCENT,
    "pln_per_hour": charts.Unit.MONEY,
    "persons": charts.Unit.COUNT,
    "count": charts.Unit.COUNT,
}


@dataclass(frozen=True)
class Shown:
    """A figure in words: its value with what it is made of, or why it is not there and which coarser one shows it."""

    value: str = ""
    numerator: str = ""
    denominator: str = ""
    is_hidden: bool = False
    why: str = ""
    where: str = ""


def unit_of(indicator: Indicator) -> charts.Unit:
    """How charts write the indicator's numbers."""
    return _UNITS.get(indicator.unit, charts.Unit.DECIMAL)


def why_text(why: str, indicator: Indicator, rule: DisclosureRule, part: str = ALL_SERVICES) -> str:
    """Why a figure of a part, or of all, is not there, in a sentence."""
    match why:
        case Why.PERSONS:
            few = few_text(*thresholds_of(rule, indicator, part))
            return _("Hidden: %(few)s, or what would let so few be computed") % {"few": few}
        case Why.PROVIDERS:
            return _("Hidden: it would show a provider's business")
        case Why.PARTS:
            return _("Hidden: a part of this period is hidden; look at its parts one by one")
        case Why.INCOMPLETE:
            return _("A part of this period was not told")
        case Why.CHANGED:
            return _("The indicator changed in this period; its parts cannot be added up")
    return _("Nothing was told")


def shown(
    figure: Figure | None, indicator: Indicator, rule: DisclosureRule, part: str = ALL_SERVICES
) -> Shown:
    """The figure in words."""
    if figure is None or figure.why:
        why = figure.why if figure else ""
        where = (
            _("It is counted in: %(place)s") % {"place": figure.shown_in}
            if figure and figure.shown_in
            else ""
        )
        if figure is not None and figure.is_hidden and not where and figure.why != Why.PARTS:
            where = _("No coarser figure shows it")
        is_hidden = figure is not None and figure.is_hidden
        return Shown(is_hidden=is_hidden, why=why_text(why, indicator, rule, part), where=where)
    return Shown(
        value_text(indicator, figure.value),
        term_text(indicator, "numerator", figure.numerator) if indicator.is_ratio else "",
        term_text(indicator, "denominator", figure.denominator) if indicator.is_ratio else "",
    )


def chart_value(figure: Figure | None) -> charts.Value:
    """The figure for a chart."""
    if figure is None:
        return None
    return charts.HIDDEN if figure.is_hidden else figure.value


def title_of(asked: Asked) -> str:
    """What is asked, in a line: indicator, part, period."""
    name = words_of(asked.indicator).name
    parts = [name] if asked.part == "*" else [name, part_name(asked.indicator, asked.part)]
    return " · ".join([*parts, span_text(asked.span)] if asked.span else parts)


def map_of(asked: Asked, table: Table, links: dict[str, str]) -> charts.Chart | None:
    """Voivodeships as a map, counties as tiles in the order of the register; nothing for tenants."""
    unit, name = unit_of(table.indicator), words_of(table.indicator).name
    values = {
        row.place: charts.RegionValue(chart_value(row.only), links.get(row.place)) for row in table.rows
    }
    if asked.level == Level.VOIVODESHIP:
        return charts.choropleth(
            title=_("Voivodeships"), description=title_of(asked), column=name, values=values, unit=unit
        )
    if asked.level != Level.COUNTY or not 0 < len(table.rows) <= _MOST_TILES:
        return None
    tiles = [
        charts.Tile(short_name(row.label), row.label, values[row.place])
        for row in sorted(table.rows, key=lambda one: one.place)
    ]
    return charts.tile_map(
        title=_("Counties"),
        description=_("Tiles in the order of the register of territories: %(what)s")
        % {"what": title_of(asked)},
        head=_("County"),
        column=name,
        tiles=tiles,
        unit=unit,
    )


def short_name(label: str) -> str:
    """The name of a county without what it is: `powiat myśliborski` is `myśliborski`."""
    for pattern in map(str, KINDS_WITH_NAME.values()):
        before, after = pattern.split("%(name)s")
        if label.startswith(before) and label.endswith(after):
            return label.removeprefix(before).removesuffix(after)
    return label


def lines_of(asked: Asked, table: Table) -> charts.Chart:
    """The places of a line cut over its periods."""
    spans = table.cut.spans
    rows = sorted(table.rows, key=lambda row: table.cut.places.index(row.place))
    series = [charts.Series(row.label, [chart_value(one) for one in row.figures]) for row in rows]
    return charts.line_chart(
        title=_("Through time"),
        description=f"{words_of(table.indicator).name}: {span_text(spans[0])} – {span_text(spans[-1])}",
        head=_("Period"),
        labels=[span_short(span) for span in spans],
        series=series,
        unit=unit_of(table.indicator),
    )


@dataclass(frozen=True)
class PlaceLine:
    """A place of the ranking in words."""

    one: Ranked
    shown: Shown
    link: str

    @property
    def label(self) -> str:
        return self.one.row.label

    @property
    def ranks(self) -> str:
        """`3`, or `3 (2–6)` where chance leaves several ranks open."""
        rank = self.one.rank
        if rank is None:
            return ""
        return str(rank.rank) if rank.best == rank.worst else f"{rank.rank} ({rank.best}–{rank.worst})"

    @property
    def interval(self) -> str:
        found = self.one.interval
        if found is None:
            return ""
        unit = charts.Unit.PERCENT
        return f"{unit.write(found.low)}–{unit.write(found.high)}"


def lines_for(
    rows: Iterable[Ranked], asked: Asked, rule: DisclosureRule, links: dict[str, str]
) -> list[PlaceLine]:
    """The ranking in words."""
    return [
        PlaceLine(one, shown(one.figure, asked.indicator, rule, asked.part), links.get(one.row.place, ""))
        for one in rows
    ]


def series_rows(table: Table, rule: DisclosureRule) -> list[tuple[str, Sequence[tuple[str, Shown]]]]:
    """The rows of a table over time: a period with the figure of each place."""
    return [
        (
            span_text(span),
            [
                (row.label, shown(row.figures[number], table.indicator, rule, table.cut.part))
                for row in table.rows
            ],
        )
        for number, span in enumerate(table.cut.spans)
    ]


def heading_of(indicator: Indicator) -> str:
    """The head of the value's column: the name with its unit."""
    unit = unit_of(indicator)
    return words_of(indicator).name + (unit.head or f" [{unit_name(indicator.unit)}]")

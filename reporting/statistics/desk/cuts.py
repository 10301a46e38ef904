"""A cut through released figures: one indicator over places and periods, what is hidden with its reason."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Func, JSONField, Q, Value

from kernel.polish import order_key
from reporting.statistics.desk.naming import names_of, shown_in
from reporting.statistics.desk.spans import Kind, Span, told_in
from reporting.statistics.dictionary import Indicator, dictionary
from reporting.statistics.disclosure import ALL_SERVICES, COUNTRY
from reporting.statistics.models import ReleasedCell
from reporting.statistics.populations import (
    figure_key,
    follows,
    population_of,
    populations_of,
    second_of,
)

Level = ReleasedCell.Level


class Why:
    """Why a figure is not there: the first three hide it to protect somebody, the others say that there is none."""

    PERSONS = "persons"
    PROVIDERS = "providers"
    PARTS = "parts"
    INCOMPLETE = "incomplete"
    CHANGED = "changed"
    HIDING = frozenset({PERSONS, PROVIDERS, PARTS})


@dataclass(frozen=True)
class Cut:
    """What is asked: an indicator in periods of one length, in all places of a level, or in some places.

    `within` is the code of the voivodeship or county in which the places lie, empty for the whole country; `places` are
    "PL", codes of territories and ids of tenants, empty for all of the level; without a level places must be named.
    `part` is a service or a category of the indicator's breakdown, or all. `region` is the voivodeship that reads: of
    a tenant it is told only the periods in which the tenant lay there.
    """

    indicator: str
    spans: tuple[Span, ...]
    level: str = ""
    within: str = ""
    places: tuple[str, ...] = ()
    part: str = ALL_SERVICES
    region: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A released figure, or why there is none; a zero is a figure like any other.

    `value` is in the dictionary's unit, with the numerator and denominator that it is made of; None where there is
    nothing to divide by, or where `why` says that it is hidden or cannot be. `shown_in` names the coarser figure that
    shows what is hidden here.
    """

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    why: str = ""
    shown_in: str = ""
    version: int = 0

    @property
    def is_hidden(self) -> bool:
        return self.why in Why.HIDING

    @property
    def is_shown(self) -> bool:
        return not self.why and self.numerator is not None


@dataclass(frozen=True, slots=True)
class Row:
    """A place with a figure for each period of the cut; None where nothing was told."""

    place: str
    label: str
    level: str
    figures: tuple[Figure | None, ...]

    @property
    def only(self) -> Figure | None:
        """The figure of a cut of one period."""
        return self.figures[-1]


@dataclass(frozen=True)
class Table:
    """The answer to a cut: its places by name, or as they were asked; `released_at` is the newest release in it.

    `indicator` is the newest version by which any of its figures was counted, `earlier` are the others.
    """

    cut: Cut
    indicator: Indicator
    rows: tuple[Row, ...]
    released_at: datetime | None
    earlier: tuple[Indicator, ...] = ()

    def row(self, place: str) -> Row | None:
        """The place's row, None where nothing of it is released."""
        return next((row for row in self.rows if row.place == place), None)

    def figure(self, place: str, span: Span) -> Figure | None:
        """One figure; None where nothing was told."""
        row = self.row(place)
        return row.figures[self.cut.spans.index(span)] if row is not None else None


@dataclass(frozen=True, slots=True)
class _Told:
    """A released cell's part for the indicator."""

    numbers: list[Any] | None
    hidden: str
    shown_place: str
    shown_part: str


def newest_version(code: str) -> Indicator:
    """The version of an indicator that holds now; raises KeyError for a code that is not in the dictionary."""
    versions = dictionary().versions(code)
    if not versions:
        raise KeyError(code)
    return versions[-1]


def kinds_of(indicator: Indicator) -> tuple[Kind, ...]:
    """Of which lengths figures can be asked: that in which they are told, and longer ones where they add up."""
    kinds = tuple(Kind)
    told = kinds.index(Kind(indicator.period))
    return kinds[told:] if indicator.over_time else kinds[told : told + 1]


def released_spans(indicator: Indicator, kind: str, place: str = COUNTRY) -> tuple[Span, ...]:
    """The periods of a kind of which something is released of a place, newest first; longer ones when they are whole.

    Whoever told other figures of the same population need not have told this one.
    """
    rows = ReleasedCell.objects.current().filter(
        place=place, kind=indicator.period, population__in=_populations(indicator.code), part=ALL_SERVICES
    )
    known = set(rows.values_list("period", flat=True))
    spans = {Span.of(kind, day) for day in known}
    return tuple(
        sorted((one for one in spans if known.issuperset(one.parts(indicator.period))), reverse=True)
    )


def parts_of(indicator: Indicator, spans: Iterable[Span]) -> tuple[str, ...]:
    """The services or categories of which figures are released in the periods, without the whole; one statement."""
    if not indicator.by_service and indicator.breakdown is None:
        return ()
    if indicator.breakdown is not None and follows(indicator):
        return tuple(indicator.breakdown.categories)
    found = (
        ReleasedCell.objects.current()
        .filter(
            kind=indicator.period,
            population__in=_populations(indicator.code),
            level=Level.COUNTRY,
            period__in=told_in(spans, indicator.period),
        )
        .exclude(part=ALL_SERVICES)
        .values_list("part", flat=True)
    )
    known = set(found.distinct())
    if indicator.by_service:
        return tuple(sorted(known))
    return (
        tuple(code for code in indicator.breakdown.categories if code in known) if indicator.breakdown else ()
    )


def is_coarse(indicator: Indicator) -> bool:
    """Whether its breakdown is released of voivodeships and the country only, beside another one of the same whole."""
    known = {one.code: one for one in dictionary().in_force(indicator.valid_from, indicator.period)}
    return any(second_of(one, known) == indicator.code for one in populations_of(known.values()))


def read_cut(cut: Cut) -> Table:
    """The released figures of a cut; three statements, whatever it holds.

    Longer periods than those in which figures were told are sums of shown ones, never more: what is hidden in one month
    stays hidden in its quarter. Raises KeyError for an unknown indicator.
    """
    indicator = newest_version(cut.indicator)
    if not (cut.level or cut.places):
        raise ValueError("a cut without a level names its places")
    told: dict[str, dict[date, _Told]] = defaultdict(dict)
    levels: dict[str, str] = {}
    newest: datetime | None = None
    counted: set[int] = set()
    for place, level, period, hidden, shown_place, shown_part, at, numbers in _cells(cut, indicator):
        told[place][period] = _Told(numbers, hidden, shown_place, shown_part)
        levels[place] = level
        counted |= {int(numbers[0])} if numbers else set()
        newest = at if newest is None else max(newest, at)
    above = {one.shown_place for found in told.values() for one in found.values() if one.shown_place}
    names = names_of(levels, above)
    spans = [span.parts(indicator.period) for span in cut.spans]
    meant = {version: dictionary().version(indicator.code, version) or indicator for version in counted}
    rows = [
        Row(
            place,
            names[place].label,
            levels[place],
            tuple(_figure(found, days, indicator, meant, cut.part, names) for days in spans),
        )
        for place, found in told.items()
    ]
    order = {place: number for number, place in enumerate(cut.places)}
    rows.sort(key=lambda row: (order.get(row.place, 0), order_key(row.label), row.place))
    versions = [one for one in dictionary().versions(indicator.code) if one.version in counted] or [indicator]
    return Table(cut, versions[-1], tuple(rows), newest, tuple(versions[:-1]))


def _populations(code: str) -> set[str]:
    """Where the figures of all versions of an indicator stand."""
    return {population_of(one) for one in dictionary().versions(code)}


def _cells(cut: Cut, indicator: Indicator) -> Any:
    is_whole = cut.part == ALL_SERVICES or follows(indicator)
    key = indicator.code if cut.part == ALL_SERVICES or not is_whole else figure_key(indicator.code, cut.part)
    rows = ReleasedCell.objects.current().filter(
        kind=indicator.period,
        population__in=_populations(indicator.code),
        part=ALL_SERVICES if is_whole else cut.part,
    )
    days = told_in(cut.spans, indicator.period)
    rows = (
        rows.filter(period=days[0])
        if len(days) == 1
        else rows.filter(period__gte=days[0], period__lte=days[-1])
    )
    if cut.level:
        rows = rows.filter(level=cut.level)
    if cut.places:
        rows = rows.filter(place__in=cut.places)
    if cut.within:
        rows = rows.filter(**{"voivodeship" if len(cut.within) == len("32") else "county": cut.within})
    if cut.region:
        rows = rows.filter(~Q(level=Level.TENANT) | Q(voivodeship=cut.region))
    numbers = Func(F("figures"), Value(key), function="jsonb_extract_path", output_field=JSONField())
    return rows.annotate(at=F("release__released_at"), numbers=numbers).values_list(
        "place", "level", "period", "hidden", "shown_place", "shown_part", "at", "numbers"
    )


def _figure(
    told: Mapping[date, _Told],
    days: tuple[date, ...],
    indicator: Indicator,
    meant: Mapping[int, Indicator],
    part: str,
    names: Mapping[str, Any],
) -> Figure | None:
    """The figure of the periods with these first days, which are told or not."""
    found = [told[day] for day in days if day in told]
    if any(one.hidden for one in found):
        if len(days) > 1:
            return Figure(why=Why.PARTS)
        one, asked = found[0], ALL_SERVICES if follows(indicator) else part
        place = names[one.shown_place].place if one.shown_place else ""
        return Figure(why=one.hidden, shown_in=shown_in(place, one.shown_part, asked, indicator))
    numbers = [one.numbers for one in found if one.numbers is not None]
    if not numbers:
        return None
    if len(numbers) < len(days):
        return Figure(why=Why.INCOMPLETE)
    versions = {int(one[0]) for one in numbers}
    if len(versions) > 1:
        return Figure(why=Why.CHANGED)
    version = versions.pop()
    numerator = sum((Decimal(one[1]) for one in numbers), Decimal(0))
    below = [Decimal(one[2]) for one in numbers if one[2] is not None]
    denominator = sum(below, Decimal(0)) if below else None
    return Figure(meant[version].value(numerator, denominator), numerator, denominator, version=version)

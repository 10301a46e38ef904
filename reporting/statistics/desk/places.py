"""The places that a reader may choose, and everything that is released of one of them in one period."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from django.utils.translation import gettext as _

from kernel.periods import Month
from kernel.polish import by_name
from reporting.statistics.desk.cuts import Figure
from reporting.statistics.desk.naming import names_of, part_name, shown_in
from reporting.statistics.desk.spans import Span
from reporting.statistics.dictionary import Indicator, dictionary
from reporting.statistics.disclosure import ALL_SERVICES, COUNTRY
from reporting.statistics.models import ReleasedCell
from reporting.statistics.places import Moves
from reporting.statistics.populations import figure_key, follows, population_of
from reporting.statistics.words import topic_name, words_of
from tenants.models import Territory

# A heading and the places under it, as (code or id, name).
Group = tuple[str, list[tuple[str, str]]]


def places_of(voivodeship: str, *, tenants: bool) -> list[Group]:
    """The country, the voivodeships, and the counties (and tenants) of the one in which the reader stands.

    Tenants that moved away are among them: their old periods stay here.
    """
    found = Territory.objects.filter(level=Territory.Level.VOIVODESHIP).order_by(*by_name("name"))
    groups: list[Group] = [
        (_("Country"), [(COUNTRY, _("the whole country"))]),
        (_("Voivodeships"), [(one.code, one.display_name) for one in found]),
    ]
    if not voivodeship:
        return groups
    counties = Territory.objects.filter(
        level=Territory.Level.COUNTY, parent=voivodeship, retired_on__isnull=True
    ).order_by(*by_name("name"))
    groups.append((_("Counties"), [(one.code, one.full_name) for one in counties]))
    if tenants:
        own = Moves().ever_in(voivodeship).order_by(*by_name("name"))
        groups.append((_("Tenants"), [(str(pk), name) for pk, name in own.values_list("pk", "name")]))
    return groups


def codes_of(groups: list[Group]) -> frozenset[str]:
    """The codes and ids of all places in the groups."""
    return frozenset(code for _heading, places in groups for code, _name in places)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the place: an indicator, of a part or of all."""

    indicator: Indicator
    part: str
    part_label: str
    figure: Figure

    @property
    def name(self) -> str:
        return words_of(self.indicator).name


@dataclass(frozen=True)
class Topic:
    """The lines of one group of indicators."""

    name: str
    lines: tuple[Line, ...]


def periods_of(place: str, kind: str, *, voivodeship: str) -> list[Span]:
    """The periods of a kind in which something of the place is released and it lay in the voivodeship, newest first."""
    rows = ReleasedCell.objects.current().filter(place=place, kind=kind, voivodeship=voivodeship)
    days = rows.order_by("-period").values_list("period", flat=True).distinct()
    return [Span.of(kind, day) for day in days]


def read_place(place: str, span: Span, *, voivodeship: str) -> list[Topic]:
    """Everything that is released of a place in a period in which figures are told, as far as it lay in the
    voivodeship then; three statements."""
    rows = list(
        ReleasedCell.objects.current()
        .filter(place=place, kind=span.kind, period=span.first, voivodeship=voivodeship)
        .only("population", "part", "figures", "hidden", "shown_place", "shown_part")
    )
    by_population: dict[str, list[ReleasedCell]] = {}
    for row in sorted(rows, key=lambda one: (one.part != ALL_SERVICES, one.part)):
        by_population.setdefault(row.population, []).append(row)
    names = {
        code: name.place
        for code, name in names_of((), {row.shown_place for row in rows if row.shown_place}).items()
    }
    lines = []
    for indicator in dictionary().in_force(Month.of(span.first), span.kind):
        for row in by_population.get(population_of(indicator), []):
            for part, key in _keys(indicator, row.part):
                figure = _figure(row, indicator, key, names)
                if figure is not None:
                    # Who tells by an earlier version is read by what that one meant.
                    meant = dictionary().version(indicator.code, figure.version) or indicator
                    lines.append(Line(meant, part, part_name(meant, part), figure))
    return [
        Topic(topic_name(code), tuple(found))
        for code, found in groupby(lines, key=lambda one: one.indicator.topic)
    ]


def _keys(indicator: Indicator, part: str) -> list[tuple[str, str]]:
    """The parts of the indicator that a cell tells, each with its key there: categories may stand in the whole's."""
    keys = [(part, indicator.code)]
    if part == ALL_SERVICES and indicator.breakdown is not None and follows(indicator):
        keys += [(one, figure_key(indicator.code, one)) for one in indicator.breakdown.categories]
    return keys


def _figure(row: ReleasedCell, indicator: Indicator, key: str, names: Mapping[str, str]) -> Figure | None:
    if row.hidden:
        if not _tells(indicator, row.part):
            return None
        place = names.get(row.shown_place, "")
        return Figure(why=row.hidden, shown_in=shown_in(place, row.shown_part, row.part, indicator))
    told = (row.figures or {}).get(key)
    if told is None:
        return None
    meant = dictionary().version(indicator.code, int(told[0])) or indicator
    numerator = Decimal(told[1])
    denominator = None if told[2] is None else Decimal(told[2])
    return Figure(meant.value(numerator, denominator), numerator, denominator, version=int(told[0]))


def _tells(indicator: Indicator, part: str) -> bool:
    """Whether the indicator is told of such a part at all."""
    if part == ALL_SERVICES:
        return True
    if indicator.breakdown is not None:
        return not follows(indicator) and part in indicator.breakdown.categories
    return indicator.by_service

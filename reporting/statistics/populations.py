"""From facts to tables: which indicators stand on the same persons, and the cells they share."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from reporting.statistics.dictionary import Indicator
from reporting.statistics.disclosure import ALL_SERVICES, COUNTRY, Figures, Table, sum_up
from reporting.statistics.disclosure.tables import Key

# Figures of calls, programmes and staff, which show neither persons nor anybody's business: nothing of them is hidden.
OPEN = "open"
CARE = "care"
_SERVICES = "services"
# The persons whom a figure counts as a part, and the others.
SIDES = ("part", "rest")


@dataclass(frozen=True)
class Population:
    """Indicators whose cells are hidden together: they stand on the same persons, or show the same business.

    `partition` says into which parts its cells are divided beside the whole: services, a breakdown, or none. The
    categories of the breakdowns in `following` stand on all persons of the whole, so they are figures of the whole cell
    and shown or hidden with it. What the indicators tell of any other part is not released of tenants and
    counties: two partitions of one whole would be two ways to compute it.
    `beside` has, by indicator, one of another population that tells a part of the same numbers, and `within` is that
    population: what is hidden there is hidden here.
    """

    code: str
    indicators: tuple[str, ...]
    partition: str
    following: frozenset[str] = frozenset()
    protected: bool = True
    health: bool = False
    business: bool = False
    beside: Mapping[str, str] = field(default_factory=dict)
    within: str = ""

    @property
    def by_service(self) -> bool:
        """Whether services divide its cells."""
        return self.partition == _SERVICES


@dataclass(frozen=True, slots=True)
class Told:
    """One fact of a tenant, as the publication reads it; `providers` are those whose business it shows."""

    tenant: str
    county: str
    indicator: str
    version: int
    service: str
    category: str
    numerator: Decimal
    denominator: Decimal | None
    persons: int | None
    providers: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Content:
    """A population's cells: the table to protect, and what each cell tells by indicator: version, numbers."""

    table: Table
    figures: Mapping[Key, Mapping[str, tuple[int, Decimal, Decimal | None]]]


def population_of(indicator: Indicator) -> str:
    """The code of the population in whose cells an indicator's figures stand."""
    return f"business:{indicator.code}" if indicator.business else indicator.base or OPEN


def stands_on_services(indicator: Indicator) -> bool:
    """Whether its figures are told by service, or are shown only where those are: prices stand on the hours of care."""
    return indicator.business or population_of(indicator) == CARE


def follows(indicator: Indicator) -> bool:
    """Whether the categories of the indicator's breakdown are shown or hidden with the whole."""
    return indicator.breakdown is not None and (
        population_of(indicator) == OPEN or indicator.parts_stand_on_whole
    )


def figure_key(indicator: str, category: str) -> str:
    """Under what a whole cell keeps the figure of a category that follows it."""
    return f"{indicator}/{category}"


def populations_of(indicators: Iterable[Indicator]) -> tuple[Population, ...]:
    """The populations of the dictionary's indicators of one kind of period."""
    known = {one.code: one for one in indicators}
    groups: dict[str, list[Indicator]] = defaultdict(list)
    for one in known.values():
        groups[population_of(one)].append(one)
    return tuple(
        Population(
            code,
            tuple(one.code for one in group),
            _partition_of(code, group),
            frozenset(one.breakdown.code for one in group if one.breakdown is not None and follows(one)),
            protected=code != OPEN,
            health=any(one.health for one in group),
            business=any(one.business for one in group),
            beside={one.code: one.beside for one in group if one.beside in known},
            within=next((population_of(known[one.beside]) for one in group if one.beside in known), ""),
        )
        for code, group in sorted(groups.items())
    )


def standing_together(indicators: Collection[str], populations: Iterable[Population]) -> set[str]:
    """The indicators that must be told with these: all of their populations and of those within: prices with care.

    A sum over one that is held and a sum over the others would tell by their difference who is missing.
    """
    protected = [one for one in populations if one.protected]
    touched = {one.within or one.code for one in protected if not set(indicators).isdisjoint(one.indicators)}
    return {code for one in protected if (one.within or one.code) in touched for code in one.indicators}


def told_alone(facts: Iterable[Told], populations: Collection[Population]) -> set[str]:
    """The indicators that a tenant tells without any of those within whose population they stand.

    Nothing would say whether few persons stand behind them.
    """
    told = {one.indicator for one in facts}
    known = {one.code: one.indicators for one in populations}
    return {
        code
        for one in populations
        if one.within and told.isdisjoint(known[one.within])
        for code in one.indicators
    }


def _partition_of(code: str, group: list[Indicator]) -> str:
    if code == OPEN:
        return ""
    if any(one.by_service for one in group):
        return _SERVICES
    return next((one.breakdown.code for one in group if one.breakdown is not None and not follows(one)), "")


def second_of(population: Population, indicators: Mapping[str, Indicator]) -> str | None:
    """The indicator of a protected population whose breakdown is neither its partition nor follows the whole."""
    for code in population.indicators if population.protected and not population.business else ():
        breakdown = indicators[code].breakdown
        if breakdown is not None and not follows(indicators[code]) and breakdown.code != population.partition:
            return code
    return None


def part_of(told: Told, population: Population, indicators: Mapping[str, Indicator]) -> str | None:
    """The part of the population's cells to which the fact belongs; None where it is not released."""
    if not told.category:
        is_whole = told.service == ALL_SERVICES
        return told.service if is_whole or population.partition == _SERVICES else None
    if told.service != ALL_SERVICES:
        return None
    breakdown = indicators[told.indicator].breakdown
    is_ours = breakdown is not None and breakdown.code == population.partition
    return told.category if is_ours else None


def _as_whole(told: Told, population: Population, indicators: Mapping[str, Indicator]) -> Told | None:
    """A category that follows the whole as one more figure of it; None for every other fact."""
    breakdown = indicators[told.indicator].breakdown
    if not told.category or told.service != ALL_SERVICES or breakdown is None:
        return None
    if breakdown.code not in population.following:
        return None
    return replace(told, indicator=figure_key(told.indicator, told.category), category="")


def content_of(
    population: Population, facts: Collection[Told], indicators: Mapping[str, Indicator]
) -> Content:
    """All cells of a population of these facts, with their sums over counties, voivodeships and the country.

    An indicator is summed only where all tell it who stand below: else its sum, beside those of the others, would
    tell by difference of those who do, or who do not; and only where all tell it in one version: what was counted in
    two ways makes no sum.
    """
    parents: dict[str, str] = {}
    cells: dict[Key, list[Told]] = defaultdict(list)
    following: dict[Key, list[Told]] = defaultdict(list)
    for one in facts:
        if one.indicator in population.indicators:
            part = part_of(one, population, indicators)
            whole = _as_whole(one, population, indicators)
            if part is not None:
                cells[one.tenant, part].append(one)
                voivodeship = one.county[:2]
                parents |= {one.tenant: one.county, one.county: voivodeship, voivodeship: COUNTRY}
            elif whole is not None:
                following[one.tenant, ALL_SERVICES].append(whole)
    columns = _columns(cells.values())
    leaves = {key: _figures_of(told, columns) for key, told in cells.items()}
    if population.protected:
        following = _told_by_all(cells, following)
    # Without a whole of their own they would stand in sums of others' wholes only.
    told = {key: [*told, *following.get(key, ())] for key, told in cells.items()}
    table = sum_up(leaves, parents)
    gaps: Mapping[str, Collection[str]] = {}
    if population.protected:
        known = {key for key in told if not table.cells[key].is_zero}
        gaps = _gaps(
            told,
            known,
            _told_beside(population, facts),
            {one.tenant: one.county for one in facts},
        )
    return Content(table, _sums(told, parents, gaps))


def side_tables(
    population: Population, facts: Collection[Told], indicators: Mapping[str, Indicator]
) -> dict[str, Table]:
    """Where a figure counts a part of persons, the same cells as those of the part, and of the rest, by name.

    Whoever sees the figure sees both, so a cell is hidden where it is in any of the tables. None where none is counted.
    """
    return {
        name: content_of(population, told, indicators).table
        for name, told in sides_of(population, facts, indicators, most=True).items()
    }


def sides_of(
    population: Population, facts: Iterable[Told], indicators: Mapping[str, Indicator], *, most: bool = False
) -> dict[str, list[Told]]:
    """The parts of persons that the facts count, and what they leave, as facts of so many persons.

    With `most` they are no more than stand behind the fact, where somebody may be counted several times.
    """
    codes = {code for code in population.indicators if indicators[code].counts_a_part}
    found: dict[str, list[Told]] = {_side_of(population.code, side): [] for side in SIDES if codes}
    for one in facts:
        if one.indicator in codes:
            rest = max((one.denominator or 0) - one.numerator, Decimal(0))
            for side, count in zip(SIDES, (one.numerator, rest), strict=True):
                persons = min(int(count), one.persons or 0) if most else int(count)
                told = replace(one, numerator=Decimal(persons), denominator=None, persons=persons)
                found[_side_of(population.code, side)].append(told)
    return found


def _side_of(code: str, side: str) -> str:
    return f"{code}/{side}"


def population_at(name: str) -> str:
    """The code of the population of a table, which may be that of a side of it."""
    return name.partition("/")[0]


def _gaps(
    cells: Mapping[Key, list[Told]],
    known: Collection[Key],
    beside: Mapping[str, Collection[Key]],
    counties: Mapping[str, str],
) -> Mapping[str, Collection[str]]:
    """By measure, the places above those who do not tell it of the whole, or of a part while others do of parts.

    `known` are all who tell anything, `beside` by measure those who tell the same numbers elsewhere.
    """
    tellers: dict[str, set[Key]] = defaultdict(set)
    for key, told in cells.items():
        for one in told:
            tellers[one.indicator].add(key)
    wholes = _wholes(known)
    found: dict[str, set[str]] = {}
    for code, keys in tellers.items():
        missing = (set(known) if keys - _wholes(keys) else wholes).union(beside.get(code, ())) - keys
        homes = {counties[tenant] for tenant, _part in missing}
        found[code] = {place for county in homes for place in (county, county[:2], COUNTRY)}
    return found


def _told_beside(population: Population, facts: Iterable[Told]) -> Mapping[str, set[Key]]:
    """By measure, the wholes of those who tell another one of the same numbers: prices stand on hours of care."""
    found: dict[str, set[Key]] = defaultdict(set)
    codes = {other: code for code, other in population.beside.items()}
    for one in facts:
        if one.indicator in codes and one.service == ALL_SERVICES and not one.category and one.numerator:
            found[codes[one.indicator]].add((one.tenant, ALL_SERVICES))
    return found


def _told_by_all(
    cells: Mapping[Key, list[Told]], following: Mapping[Key, list[Told]]
) -> dict[Key, list[Told]]:
    """The categories that everybody tells who tells the indicator: of others a sum might show one hidden part alone."""
    tellers: dict[str, set[Key]] = defaultdict(set)
    for key, told in cells.items():
        for one in told:
            tellers[one.indicator].add(key)
    told_in: dict[str, set[Key]] = defaultdict(set)
    for key, told in following.items():
        for one in told:
            told_in[one.indicator].add(key)
    whole = {code for code, keys in told_in.items() if keys >= _wholes(tellers[code.partition("/")[0]])}
    return {key: [one for one in told if one.indicator in whole] for key, told in following.items()}


def _wholes(keys: Iterable[Key]) -> set[Key]:
    return {key for key in keys if key[1] == ALL_SERVICES}


def cells_of(
    population: Population, versions: Iterable[Iterable[Told]], indicators: Mapping[str, Indicator]
) -> list[dict[str, Figures]]:
    """One tenant's cells by part in several versions of its facts, with the same measures in the same order."""
    found: list[dict[str, list[Told]]] = []
    for facts in versions:
        cells: dict[str, list[Told]] = defaultdict(list)
        for one in facts:
            if one.indicator not in population.indicators:
                continue
            part, whole = part_of(one, population, indicators), _as_whole(one, population, indicators)
            if part is not None:
                cells[part].append(one)
            elif whole is not None:
                cells[ALL_SERVICES].append(whole)
        found.append(cells)
    told = [one for cells in found for parts in cells.values() for one in parts]
    columns = sorted({(one.indicator, below) for one in told for below in (False, True)})
    return [{part: _figures_of(told, columns) for part, told in cells.items()} for cells in found]


def _columns(cells: Iterable[list[Told]]) -> list[tuple[str, bool]]:
    """The measures of the cells, as (indicator, is denominator); those that always equal another are left out."""
    found: dict[tuple[str, bool], list[Decimal | None]] = {}
    for told in cells:
        for one in told:
            found.setdefault((one.indicator, False), [])
            if one.denominator is not None:
                found.setdefault((one.indicator, True), [])
    rows = list(cells)
    kept: dict[tuple[object, ...], tuple[str, bool]] = {
        tuple(Decimal(told[0].persons or 0) for told in rows): ("", False)
    }
    for column in found:
        values = tuple(_number(told, column) for told in rows)
        kept.setdefault(values, column)
    return [column for column in kept.values() if column[0]]


def _number(told: list[Told], column: tuple[str, bool]) -> Decimal | None:
    code, below = column
    for one in told:
        if one.indicator == code:
            return one.denominator if below else one.numerator
    return None


def _figures_of(told: list[Told], columns: list[tuple[str, bool]]) -> Figures:
    counted = [one.persons for one in told if one.persons is not None]
    # Where indicators disagree, the fewest are protected; a zero among others is a register that is not used.
    persons = min((count for count in counted if count), default=0) if counted else None
    providers: dict[str, Decimal] = {}
    for one in told:
        providers |= one.providers
    return Figures(persons, tuple(_number(told, column) for column in columns), providers)


def _sums(
    cells: Mapping[Key, list[Told]], parents: Mapping[str, str], gaps: Mapping[str, Collection[str]]
) -> dict[Key, dict[str, tuple[int, Decimal, Decimal | None]]]:
    sums: dict[Key, dict[str, tuple[int, Decimal, Decimal | None]]] = defaultdict(dict)
    mixed: set[tuple[Key, str]] = set()
    for (place, part), told in cells.items():
        while True:
            cell = sums[place, part]
            for one in told:
                version, numerator, denominator = cell.get(one.indicator, (one.version, Decimal(0), None))
                below = denominator if one.denominator is None else (denominator or 0) + one.denominator
                if version != one.version:
                    mixed.add(((place, part), one.indicator))
                if place not in gaps.get(one.indicator, ()):
                    cell[one.indicator] = (version, numerator + one.numerator, below)
            if place not in parents:
                break
            place = parents[place]
    for key, indicator in mixed:
        sums[key].pop(indicator, None)
    return sums

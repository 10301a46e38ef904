"""A second breakdown of a whole, of voivodeships and the country only, where many stand together."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from reporting.statistics.dictionary import Indicator
from reporting.statistics.disclosure import ALL_SERVICES, COUNTRY
from reporting.statistics.disclosure.tables import Key
from reporting.statistics.models import ReleasedCell
from reporting.statistics.populations import Population, Told, second_of
from reporting.statistics.releasing import Cell, Cells, figure_text

# By category, how many persons stand behind it, tenant by tenant.
Persons = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Second:
    """A second breakdown of one period: by voivodeship and category its numbers and the persons of each tenant."""

    indicator: Indicator
    numbers: Mapping[str, Mapping[str, tuple[int, Decimal, Decimal | None]]]
    persons: Mapping[str, Persons]


def read_second(
    population: Population, facts: Iterable[Told], indicators: Mapping[str, Indicator]
) -> Second | None:
    """What the facts tell of the population's second breakdown; None where it has none, or nobody tells it."""
    code = second_of(population, indicators)
    if code is None:
        return None
    numbers: dict[str, dict[str, tuple[int, Decimal, Decimal | None]]] = defaultdict(dict)
    persons: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    versions: set[int] = set()
    for one in facts:
        if one.indicator == code and one.category and one.service == ALL_SERVICES:
            place = one.county[:2]
            versions.add(one.version)
            version, above, below = numbers[place].get(one.category, (one.version, Decimal(0), None))
            if one.denominator is not None:
                below = (below or Decimal(0)) + one.denominator
            numbers[place][one.category] = (version, above + one.numerator, below)
            persons[place][one.category][one.tenant] = one.persons or 0
    # What was counted in two ways makes no sum.
    return Second(indicators[code], numbers, persons) if len(versions) == 1 else None


def is_safe(persons: Persons, threshold: int) -> bool:
    """Whether each category stands on nobody or on many, also for somebody who knows one tenant's part of it."""
    for tenants in persons.values():
        everybody = sum(tenants.values())
        rests = {everybody, *(everybody - own for own in tenants.values())}
        if any(0 < rest < threshold for rest in rests):
            return False
    return True


def places_to_hide(second: Second, threshold: int, closed: Collection[str]) -> set[str]:
    """The voivodeships of which the breakdown is hidden, and the country where that does not protect them.

    `closed` are places whose whole is hidden. What all hidden ones have together follows from the country: it must be
    safe too, so the smallest others are hidden with them.
    """
    places = set(second.persons)
    hidden = {place for place in places if place in closed or not is_safe(second.persons[place], threshold)}
    if COUNTRY in closed:
        return places | {COUNTRY}
    rest = sorted(places - hidden, key=lambda place: (_everybody(second.persons[place]), place))
    while hidden and not is_safe(_together(second.persons[place] for place in hidden), threshold):
        if not rest:
            return places | {COUNTRY}
        hidden.add(rest.pop(0))
    return hidden


def _everybody(persons: Persons) -> int:
    return sum(sum(tenants.values()) for tenants in persons.values())


def _together(parts: Iterable[Persons]) -> Persons:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for persons in parts:
        for category, tenants in persons.items():
            found[category] |= tenants
    return found


def second_cells(population: str, second: Second, threshold: int, closed: Collection[Key]) -> Cells:
    """The cells of the breakdown as they are released once; `closed` are the population's hidden cells."""
    shut = {place for place, part in closed if part == ALL_SERVICES}
    hidden = places_to_hide(second, threshold, shut)
    found: Cells = {}
    for place in (*sorted(second.numbers), COUNTRY):
        below = [place] if place != COUNTRY else sorted(second.numbers)
        for category in second.indicator.breakdown.categories if second.indicator.breakdown else ():
            told = [second.numbers[one][category] for one in below if category in second.numbers[one]]
            if not told:
                continue
            is_hidden = place in hidden
            shown = ("", "")
            if is_hidden:
                candidates = ((COUNTRY, category, hidden), (place, ALL_SERVICES, shut))
                shown = next(((at, part) for at, part, where in candidates if at not in where), ("", ""))
            found[population, place, category] = Cell(
                ReleasedCell.Level.COUNTRY if place == COUNTRY else ReleasedCell.Level.VOIVODESHIP,
                "" if place == COUNTRY else place,
                "",
                None if is_hidden else {second.indicator.code: figure_text(_added(told))},
                ReleasedCell.Hidden.PERSONS if is_hidden else "",
                *shown,
            )
    return found


def _added(told: Iterable[tuple[int, Decimal, Decimal | None]]) -> tuple[int, Decimal, Decimal | None]:
    versions, above, below = zip(*told, strict=True)
    known = [one for one in below if one is not None]
    return max(versions), sum(above, Decimal(0)), sum(known, Decimal(0)) if known else None


def cell_of(row: ReleasedCell) -> Cell:
    """A cell that stays as it was released."""
    return Cell(
        row.level, row.voivodeship, row.county, row.figures, row.hidden, row.shown_place, row.shown_part
    )

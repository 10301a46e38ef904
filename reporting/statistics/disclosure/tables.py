"""One population in one period: cells of place and service, and how they add up."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

Number = int | Decimal
Key = tuple[str, str]

ALL_SERVICES = "*"
# What a tenant counts under no service of its own, so that its services always add up to all of them.
OTHER_SERVICES = "-"
COUNTRY = "PL"


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands in a cell. Persons are counted once in it; None where the population counts none.

    `values` are the additive measures, not negative, in the same order in all cells of a table; None where a measure is
    told of all services only. `providers` maps each provider whose business they show to its part; public units are not
    among them.
    """

    persons: int | None
    values: tuple[Number | None, ...] = ()
    providers: Mapping[str, Number] = field(default_factory=dict)

    @property
    def is_zero(self) -> bool:
        return not self.persons and not any(self.values)


@dataclass(frozen=True)
class Table:
    """All cells of a population in a period.

    `parents` maps each place below the country to the place above it, `leaves` are the tenants. `knowers` has for each
    cell who knows it from their own books: the one tenant that stands behind it, or the one provider.
    """

    parents: Mapping[str, str]
    leaves: frozenset[str]
    cells: Mapping[Key, Figures]
    services: tuple[str, ...]
    knowers: Mapping[Key, frozenset[str]]

    def ancestors(self, place: str) -> Iterator[str]:
        """The places above, nearest first."""
        while place in self.parents:
            place = self.parents[place]
            yield place

    @cached_property
    def below(self) -> Mapping[str, list[str]]:
        """The places right below each, by their codes."""
        found: dict[str, list[str]] = defaultdict(list)
        for place in sorted(self.parents):
            found[self.parents[place]].append(place)
        return found

    def leaves_below(self, place: str) -> Iterator[str]:
        """The tenants in a place; of a tenant itself."""
        if place in self.leaves:
            yield place
        for one in self.below.get(place, ()):
            yield from self.leaves_below(one)


def sum_up(leaves: Mapping[Key, Figures], parents: Mapping[str, str]) -> Table:
    """The table of tenants' cells with all sums over places.

    Over services nothing is summed: a person with two services counts once in the cell of all, which the tenant
    itself gives. A tenant that gives only that cell is counted under OTHER_SERVICES too, unless all do.
    """
    cells = dict(leaves)
    tenants = {place for place, _service in cells}
    if any(service != ALL_SERVICES for _place, service in cells):
        with_services = {place for place, service in cells if service != ALL_SERVICES}
        for place in tenants - with_services:
            cells[place, OTHER_SERVICES] = cells[place, ALL_SERVICES]
    services = tuple(sorted({service for _place, service in cells} - {ALL_SERVICES}))
    behind: dict[Key, list[Key]] = defaultdict(list)
    for key in sorted(cells):
        place, service = key
        while place in parents:
            place = parents[place]
            behind[place, service].append(key)
    knowers = {key: _knowers(key, figures) for key, figures in cells.items()}
    for key, keys in behind.items():
        parts = [cells[one] for one in keys if not cells[one].is_zero]
        cells[key] = _sum(parts, len(cells[keys[0]].values), counted=cells[keys[0]].persons is not None)
        sets = [knowers[one] for one in keys if not cells[one].is_zero]
        knowers[key] = frozenset.intersection(*sets) if sets else frozenset()
    return Table(parents, frozenset(tenants), cells, services, knowers)


def _knowers(key: Key, figures: Figures) -> frozenset[str]:
    sole = tuple(figures.providers) if len(figures.providers) == 1 else ()
    return frozenset((key[0], *sole))


def _sum(parts: list[Figures], width: int, *, counted: bool) -> Figures:
    persons = sum(part.persons or 0 for part in parts) if counted else None
    values = tuple(_sum_of([part.values[number] for part in parts]) for number in range(width))
    providers: dict[str, Number] = defaultdict(int)
    for part in parts:
        for provider, value in part.providers.items():
            providers[provider] += value
    return Figures(persons, values, dict(providers))


def _sum_of(values: list[Number | None]) -> Number | None:
    known = [value for value in values if value is not None]
    return sum(known, start=0) if known or not values else None

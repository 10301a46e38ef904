"""The cells of a release: their figures or why they are hidden, and which coarser cell shows them."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reporting.statistics.dictionary import Indicator
from reporting.statistics.disclosure import ALL_SERVICES, COUNTRY, Limits, Table, coarser
from reporting.statistics.disclosure.sensitive import sensitive_cells
from reporting.statistics.disclosure.tables import Key
from reporting.statistics.models import Release, ReleasedCell
from reporting.statistics.populations import Population, Told, content_of, side_tables

Hidden = ReleasedCell.Hidden
Level = ReleasedCell.Level


@dataclass(frozen=True)
class Cell:
    """A cell as it is released; where it is hidden, `figures` is None."""

    level: str
    voivodeship: str
    county: str
    figures: dict[str, list[Any]] | None
    hidden: str
    shown_place: str
    shown_part: str

    def equals(self, row: ReleasedCell) -> bool:
        """Whether readers would see no difference to a row that is released already."""
        return (self.figures, self.hidden, self.shown_place, self.shown_part) == (
            row.figures,
            row.hidden,
            row.shown_place,
            row.shown_part,
        )


# By population, place and part.
Cells = dict[tuple[str, str, str], Cell]


def cells_to_release(
    populations: Iterable[Population],
    facts: Collection[Told],
    indicators: Mapping[str, Indicator],
    hidden: Mapping[str, Collection[Key]],
    limits: Mapping[str, Limits],
) -> Cells:
    """All cells of a period; `hidden` are those of each population that were hidden in any wave.

    What tells a part of another population's numbers is hidden in all its parts wherever that is: prices stand on the
    hours of care, those who missed advice beside those who came.
    """
    found: Cells = {}
    for population in populations:
        content = content_of(population, facts, indicators)
        closed = set(hidden.get(population.code, ()))
        if population.protected:
            for table in (content.table, *side_tables(population, facts, indicators).values()):
                closed.update(sensitive_cells(table, limits[population.code]))
        shut = shut_within(population, content.table, hidden)
        closed |= shut
        for key, figures in content.figures.items():
            place, part = key
            whole = content.table.cells[place, ALL_SERVICES] if key in shut else content.table.cells[key]
            # A zero is shown, but for a part where persons are few: other parts would come out by it.
            is_hidden = key in closed and not whole.is_zero
            reason = ""
            if is_hidden:
                reason = Hidden.PROVIDERS if population.business and key not in shut else Hidden.PERSONS
            shown = coarser(content.table, closed, key) if is_hidden else None
            voivodeship, county = _where(content.table, place)
            found[population.code, place, part] = Cell(
                _level(content.table, place),
                voivodeship,
                county,
                None if is_hidden else {code: figure_text(one) for code, one in sorted(figures.items())},
                reason,
                *(shown or ("", "")),
            )
    return found


def shut_within(population: Population, table: Table, hidden: Mapping[str, Collection[Key]]) -> set[Key]:
    """The cells that are hidden because those are which tell a part of their numbers, as the hours of prices."""
    few = set(hidden.get(population.within, ()))
    return {key for key in table.cells if (key[0], ALL_SERVICES) in few}


def shown_sums(rows: Iterable[ReleasedCell]) -> dict[str, set[Key]]:
    """The sums that readers see now, by population; a zero has nothing to lose."""
    found: dict[str, set[Key]] = defaultdict(set)
    for row in rows:
        numbers = (row.figures or {}).values()
        if row.level != Level.TENANT and any(Decimal(one[1]) or Decimal(one[2] or 0) for one in numbers):
            found[row.population].add((row.place, row.part))
    return found


def rows_of(cells: Cells, release: Release) -> Iterator[ReleasedCell]:
    """The rows of cells, not stored yet."""
    for (population, place, part), cell in cells.items():
        yield ReleasedCell(
            release=release,
            kind=release.kind,
            period=release.period,
            population=population,
            part=part,
            place=place,
            level=cell.level,
            voivodeship=cell.voivodeship,
            county=cell.county,
            figures=cell.figures,
            hidden=cell.hidden,
            shown_place=cell.shown_place,
            shown_part=cell.shown_part,
        )


def digest_of(cells: Cells) -> str:
    """The SHA-256 of everything that readers see of the period."""
    text = json.dumps(
        [[*key, cell.figures, cell.hidden] for key, cell in sorted(cells.items(), key=lambda one: one[0])],
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()


def figure_text(figure: tuple[int, Decimal, Decimal | None]) -> list[Any]:
    """Version, numerator and denominator as a released cell keeps them."""
    version, numerator, denominator = figure
    return [version, _text(numerator), None if denominator is None else _text(denominator)]


def _text(number: Decimal) -> str:
    """Without needless zeros: 60 and 60.0000 are the same figure."""
    text = f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _level(table: Table, place: str) -> str:
    if place in table.leaves:
        return Level.TENANT
    if place == COUNTRY:
        return Level.COUNTRY
    return Level.VOIVODESHIP if len(place) == len("32") else Level.COUNTY


def _where(table: Table, place: str) -> tuple[str, str]:
    """The voivodeship and the county of a place, each empty where it has none."""
    chain = [place, *table.ancestors(place)]
    if place not in table.leaves:
        codes = [one for one in chain if one != COUNTRY]
    else:
        codes = [one for one in chain[1:] if one != COUNTRY]
    county = next((one for one in codes if len(one) == len("3201")), "")
    return codes[-1] if codes else "", county

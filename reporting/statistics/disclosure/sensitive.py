"""The primary rules: which cells must be hidden for what stands in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from reporting.statistics.disclosure.tables import ALL_SERVICES, OTHER_SERVICES, Figures, Key, Table


class Reason(StrEnum):
    """Why a cell is hidden; readers are told only which rule is at work in its table."""

    FEW = "few"
    PROVIDERS = "providers"
    PROTECTS = "protects"


@dataclass(frozen=True, slots=True)
class Limits:
    """The thresholds of a day: cells of 1 … persons-1 persons are hidden; so are figures that show business.

    Parts that are not among the `plain` ones may tell of health and need `health` persons, also those whose code nobody
    knows; without `health` all parts need as many as the whole.
    Business is shown where fewer than `providers` providers stand behind a figure, or one with more than `share` of it.
    """

    persons: int = 5
    providers: int = 3
    share: Decimal = Decimal("0.75")
    health: int | None = None
    plain: frozenset[str] = frozenset()

    def of_part(self, part: str) -> int:
        """How many persons a part needs; the whole, and whatever is told under no service, as many as `persons`."""
        if self.health is None or part in (ALL_SERVICES, OTHER_SERVICES) or part in self.plain:
            return self.persons
        return self.health

    def of_parts(self, parts: Iterable[str]) -> int:
        """How many persons a whole needs that has these parts: a whole bounds each of its parts from above."""
        return max((self.of_part(part) for part in parts), default=self.persons)


def reason_for(figures: Figures, limits: Limits, fewest: int | None = None) -> Reason | None:
    """Why the cell must be hidden by itself, or None; it needs `fewest` persons, a whole's without. Zero is shown.

    Only providers that are no public units are counted, and the share is of their own sum: what public units earn is
    public, so whoever subtracts it sees the rest.
    """
    if figures.is_zero:
        return None
    if figures.persons is not None and figures.persons < (limits.persons if fewest is None else fewest):
        return Reason.FEW
    earned = [value for value in figures.providers.values() if value]
    if earned and (len(earned) < limits.providers or max(earned) > limits.share * sum(earned)):
        return Reason.PROVIDERS
    return None


def fewest_at(table: Table, key: Key, limits: Limits) -> int:
    """How many persons the cell needs: a whole as many as that of its parts which needs most, nobody's parts aside.

    Who sees a whole of seven knows that no part of it has ten.
    """
    place, part = key
    if part != ALL_SERVICES:
        return limits.of_part(part)
    parts = [one for one in table.services if (place, one) in table.cells]
    return limits.of_parts(one for one in parts if not table.cells[place, one].is_zero)


def reason_at(table: Table, key: Key, limits: Limits) -> Reason | None:
    """Why the primary rules hide a cell of the table, or None."""
    return reason_for(table.cells[key], limits, fewest_at(table, key, limits))


def sensitive_cells(table: Table, limits: Limits) -> dict[Key, Reason]:
    """All cells that the primary rules hide, in the order of their keys."""
    found = {}
    for key in sorted(table.cells):
        reason = reason_at(table, key, limits)
        if reason is not None:
            found[key] = reason
    return found

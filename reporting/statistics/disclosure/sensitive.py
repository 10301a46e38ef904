"""The primary rules: which cells must be hidden for what stands in them."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from reporting.statistics.disclosure.tables import Figures, Key, Table


class Reason(StrEnum):
    """Why a cell is hidden; readers are told only which rule is at work in its table."""

    FEW = "few"
    PROVIDERS = "providers"
    PROTECTS = "protects"


@dataclass(frozen=True, slots=True)
class Limits:
    """The thresholds of a day: cells of 1 … persons-1 persons are hidden; so are figures that show business.

    Business is shown where fewer than `providers` providers stand behind a figure, or one with more than `share` of it.
    """

    persons: int = 5
    providers: int = 3
    share: Decimal = Decimal("0.75")


def reason_for(figures: Figures, limits: Limits) -> Reason | None:
    """Why the cell must be hidden by itself, or None. A zero is never hidden.

    Only providers that are no public units are counted, and the share is of their own sum: what public units earn is
    public, so whoever subtracts it sees the rest.
    """
    if figures.is_zero:
        return None
    if figures.persons is not None and figures.persons < limits.persons:
        return Reason.FEW
    earned = [value for value in figures.providers.values() if value]
    if earned and (len(earned) < limits.providers or max(earned) > limits.share * sum(earned)):
        return Reason.PROVIDERS
    return None


def sensitive_cells(table: Table, limits: Limits) -> dict[Key, Reason]:
    """All cells that the primary rules hide, in the order of their keys."""
    found = {}
    for key in sorted(table.cells):
        reason = reason_for(table.cells[key], limits)
        if reason is not None:
            found[key] = reason
    return found

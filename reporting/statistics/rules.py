"""Which figures a region may see: cells of few persons are hidden, and so is what would give them away."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

# The threshold itself is dated reference data (DisclosureRule); T-06 says it is practice, not law.


@dataclass(frozen=True, slots=True)
class Cell:
    """The figures of one place in one month: persons, minutes granted and delivered.

    `hidden` is "" where the cell is shown, "few" where it counts fewer persons than the threshold, "protects" where
    it is hidden only so that a hidden one cannot be computed from it. `note` says what the figures lack.
    """

    key: str
    label: str
    persons: int
    granted: int
    delivered: int
    hidden: str = ""
    note: str = ""

    @property
    def fulfilment(self) -> Decimal | None:
        """Delivered of granted in percent with one decimal, half up; None where nothing was granted."""
        if not self.granted:
            return None
        return (Decimal(self.delivered * 100) / self.granted).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Table:
    """Cells of one partition with their total, after hiding."""

    cells: tuple[Cell, ...]
    total: Cell

    @property
    def hidden_count(self) -> int:
        return sum(1 for cell in self.cells if cell.hidden)


def total_of(cells: Iterable[Cell], *, key: str = "total", label: str = "") -> Cell:
    """The sum of cells as a cell of its own."""
    rows = list(cells)
    return Cell(
        key, label, sum(c.persons for c in rows), sum(c.granted for c in rows), sum(c.delivered for c in rows)
    )


def protect(cells: Sequence[Cell], threshold: int, *, label: str = "") -> Table:
    """Hide cells with 1 … threshold-1 persons, and as many others as keep them from being computed.

    A zero is shown as zero. If the hidden cells together count fewer persons than the threshold, or only one is hidden,
    the total less the shown ones would tell it: then the smallest shown cells are hidden too, and where there
    is none left, the total itself.
    """
    total = total_of(cells, label=label)
    hidden = {cell.key: "few" for cell in cells if 0 < cell.persons < threshold}
    if hidden:
        persons = {cell.key: cell.persons for cell in cells}
        candidates = sorted(
            (c for c in cells if c.key not in hidden and c.persons), key=lambda c: (c.persons, c.key)
        )
        while len(hidden) < 2 or sum(persons[key] for key in hidden) < threshold:
            if not candidates:
                total = replace(total, hidden="protects")
                break
            hidden[candidates.pop(0).key] = "protects"
    if 0 < total.persons < threshold:
        total = replace(total, hidden="few")
    return Table(tuple(replace(cell, hidden=hidden.get(cell.key, "")) for cell in cells), total)

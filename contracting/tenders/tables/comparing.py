"""The matrix of offers and criteria as its page shows it: sorted rows, small bars of members' points, what is firm."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracting.tenders.models import Criterion, Offer
from contracting.tenders.queries.comparison import Comparison, MemberMark
from contracting.tenders.scoring import Allotment, Cell, Line, Tip, Weights, allot, price_of

_STEP, _HEIGHT = 5, 16


@dataclass(frozen=True)
class ShownCell:
    """A cell: `bars` is an SVG path of members' points, `width` that of its box; a wide spread asks for a note."""

    criterion: Criterion
    cell: Cell
    marks: Sequence[MemberMark]
    bars: str
    width: int
    has_note: bool

    @property
    def needs_note(self) -> bool:
        return self.cell.is_wide and not self.has_note


@dataclass(frozen=True)
class Row:
    """An offer in the matrix."""

    offer: Offer
    line: Line
    cells: Sequence[ShownCell]
    price: Decimal | None
    allotment: Allotment | None
    readable: bool

    @property
    def spread(self) -> Decimal:
        """The widest spread of the row, as a share of the most points."""
        shares = [one.cell.spread / one.criterion.max_points for one in self.cells]
        return max(shares, default=Decimal(0))


@dataclass(frozen=True)
class ShownTip:
    """How firm the winner is against a criterion's weight; numbers are those of offers."""

    criterion: Criterion
    weight: Decimal
    down: Sequence[int]
    up: Sequence[int]
    below: Decimal | None
    above: Decimal | None
    changes: bool


def bars_of(points: Sequence[Decimal], most: int) -> str:
    """An SVG path with an upright stroke for each member, as high as the share of the most points."""
    return "".join(
        f"M{place * _STEP + 2} {_HEIGHT}v-{max(1, round(float(one) / most * (_HEIGHT - 1)))}"
        for place, one in enumerate(points)
    )


def rows_of(comparison: Comparison, readable: set[UUID]) -> list[Row]:
    """Rows in the order of the ranking."""
    allotments = {
        one.key: one
        for one in allot(comparison.lines, comparison.lot.funds, least=comparison.committee.call.grant_min)
    }
    return [_row(comparison, line, allotments.get(line.bid.key), readable) for line in comparison.lines]


def _row(comparison: Comparison, line: Line, allotment: Allotment | None, readable: set[UUID]) -> Row:
    pk = UUID(line.bid.key)
    cells = [
        _cell(comparison, pk, criterion, cell)
        for criterion, cell in zip(comparison.criteria, line.cells, strict=True)
    ]
    price = price_of(line.bid, comparison.basis)
    return Row(comparison.offers[pk], line, cells, price, allotment, pk in readable)


def _cell(comparison: Comparison, offer_id: UUID, criterion: Criterion, cell: Cell) -> ShownCell:
    return ShownCell(
        criterion,
        cell,
        comparison.marks.get((offer_id, criterion.pk), []),
        bars_of(cell.points, criterion.max_points),
        len(cell.points) * _STEP,
        (offer_id, criterion.pk) in comparison.notes,
    )


def sorted_rows(rows: list[Row], asked: str) -> list[Row]:
    """Rows by `?sort=`: rank, number, bidder, amount, price, total, spread, or c1, c2… for criteria; `-` backwards."""
    name = asked.removeprefix("-")
    key = _SORTS.get(name) or _criterion_sort(rows, name)
    if key is None:
        return rows
    known = [row for row in rows if key(row) is not None]
    missing = [row for row in rows if key(row) is None]
    return sorted(known, key=key, reverse=asked.startswith("-")) + missing


_SORTS: dict[str, Callable[[Row], Any]] = {
    "rank": lambda row: row.line.rank,
    "number": lambda row: row.offer.number,
    "bidder": lambda row: row.offer.organisation.name.casefold(),
    "amount": lambda row: row.line.bid.asked,
    "price": lambda row: row.price,
    "total": lambda row: row.line.total,
    "spread": lambda row: row.spread,
}


def _criterion_sort(rows: list[Row], name: str) -> Callable[[Row], Any] | None:
    place = name.removeprefix("c")
    if not rows or not place.isdecimal() or not 1 <= int(place) <= len(rows[0].cells):
        return None
    return lambda row: row.cells[int(place) - 1].cell.average


def shown_tips(comparison: Comparison, tips: Sequence[Tip], weights: Weights) -> list[ShownTip]:
    """Tips with criteria and numbers of offers."""
    numbers = {line.bid.key: line.bid.number for line in comparison.lines}
    winners = {line.bid.key for line in comparison.lines if line.rank == 1}

    def of(keys: frozenset[str]) -> list[int]:
        return sorted(numbers[key] for key in keys)

    return [
        ShownTip(
            criterion,
            _one_place(weights[tip.key]),
            of(tip.down),
            of(tip.up),
            None if tip.below is None else _one_place(tip.below),
            None if tip.above is None else _one_place(tip.above),
            changes=tip.down != winners or tip.up != winners,
        )
        for criterion, tip in zip(comparison.criteria, tips, strict=True)
    ]


def _one_place(value: Any) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.1"))

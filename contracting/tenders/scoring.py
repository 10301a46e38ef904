"""From members' points to a ranking: averages, price points, weights, spread, what a moved weight would change.

Pure arithmetic on fractions; rounded half up to two places only where a figure is shown or ranked by.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

_PLACES = Decimal("0.01")
WHOLE = Fraction(100)


class Basis(StrEnum):
    """What the price criterion compares: the price of an hour where every offer states one, else all costs."""

    HOUR = "hour"
    TOTAL = "total"


class Proposal(StrEnum):
    """What money allows for an offer: all it asks for, a part, or a place on the reserve list."""

    WHOLE = "whole"
    PART = "part"
    RESERVE = "reserve"


@dataclass(frozen=True)
class Yardstick:
    """A criterion: `weight` in percent; a price criterion has no members' points."""

    key: str
    is_price: bool
    most: int
    weight: int


@dataclass(frozen=True)
class Bid:
    """An offer to be ranked: money in PLN, None where it states none."""

    key: str
    number: int
    hour_price: Decimal | None = None
    total: Decimal | None = None
    asked: Decimal | None = None


@dataclass(frozen=True)
class Cell:
    """An offer on one criterion: points of members as given, their average, its share of the most (0 to 1).

    `average` is None while nobody's points count; a price cell has points computed by formula and no members' ones.
    """

    points: tuple[Decimal, ...]
    average: Decimal | None
    share: Fraction
    spread: Decimal
    is_wide: bool


@dataclass(frozen=True)
class Line:
    """An offer in the matrix: cells in the order of the criteria, points of 100, rank (1 is best, ties share it).

    `total` and `rank` are None while a cell has no points.
    """

    bid: Bid
    cells: tuple[Cell, ...]
    total: Decimal | None
    rank: int | None


@dataclass(frozen=True)
class Tip:
    """How firm the winner is against one weight, the others keeping their proportions.

    `down` and `up` are the winners (keys) with the weight that much lower and higher; `below` and `above` the nearest
    weights (percent) from which another offer wins, None where there is none.
    """

    key: str
    down: frozenset[str]
    up: frozenset[str]
    below: Fraction | None
    above: Fraction | None


@dataclass(frozen=True)
class Allotment:
    """What is left for an offer when money goes out by rank: PLN."""

    key: str
    proposal: Proposal
    amount: Decimal


Points = Mapping[tuple[str, str], Sequence[Decimal]]
Weights = Mapping[str, Fraction]


def to_places(value: Fraction) -> Decimal:
    """Two places, half up."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_PLACES, ROUND_HALF_UP)


def basis_of(bids: Iterable[Bid]) -> Basis:
    """What can be compared fairly: prices of an hour only where all state one above 0."""
    return Basis.HOUR if all((bid.hour_price or 0) > 0 for bid in bids) else Basis.TOTAL


def price_of(bid: Bid, basis: Basis) -> Decimal | None:
    """The price that counts; None where the offer states none above 0."""
    price = bid.hour_price if basis is Basis.HOUR else bid.total
    return price if price is not None and price > 0 else None


def price_shares(bids: Sequence[Bid], basis: Basis) -> dict[str, Fraction]:
    """Cheapest price / price, for each offer; 0 for one without a price."""
    prices = {bid.key: price_of(bid, basis) for bid in bids}
    known = [price for price in prices.values() if price is not None]
    cheapest = min(known, default=Decimal(0))
    return {
        key: Fraction(0) if price is None else Fraction(cheapest) / Fraction(price)
        for key, price in prices.items()
    }


def stated_weights(yardsticks: Iterable[Yardstick]) -> dict[str, Fraction]:
    """The weights of the announcement."""
    return {yard.key: Fraction(yard.weight) for yard in yardsticks}


def normal_weights(asked: Mapping[str, Fraction | int]) -> dict[str, Fraction]:
    """Weights tried out (0 or more each), scaled to sum to 100; all 0 counts as all equal."""
    total = sum(asked.values())
    if total <= 0:
        return {key: WHOLE / len(asked) for key in asked}
    return {key: WHOLE * weight / total for key, weight in asked.items()}


def moved_weights(weights: Weights, key: str, weight: Fraction) -> dict[str, Fraction]:
    """The weights with one of them set (0 to 100), the others scaled so that all sum to 100 again."""
    rest = WHOLE - weights[key]
    if rest == 0:
        others = len(weights) - 1
        spread = (WHOLE - weight) / others if others else Fraction(0)
        return {name: weight if name == key else spread for name in weights}
    scale = (WHOLE - weight) / rest
    return {name: weight if name == key else other * scale for name, other in weights.items()}


def matrix_of(
    yardsticks: Sequence[Yardstick],
    bids: Sequence[Bid],
    points: Points,
    *,
    spread_percent: int = 30,
    weights: Weights | None = None,
) -> list[Line]:
    """Offers of one lot by rank; those that cannot be ranked yet stand last. `points` maps (offer, criterion) → points.

    Only offers that are to be compared may be among the bids: the cheapest of them sets the price points.
    """
    shares = price_shares(bids, basis_of(bids))
    rows = []
    for bid in bids:
        cells = tuple(
            _price_cell(shares[bid.key], yard)
            if yard.is_price
            else _merit_cell(points.get((bid.key, yard.key), ()), yard, spread_percent)
            for yard in yardsticks
        )
        rows.append((bid, cells))
    used = stated_weights(yardsticks) if weights is None else weights
    totals = {bid.key: _total(cells, yardsticks, used) for bid, cells in rows}
    ranks = _ranks(totals)
    lines = [Line(bid, cells, totals[bid.key], ranks.get(bid.key)) for bid, cells in rows]
    return sorted(lines, key=lambda line: (line.rank is None, line.rank or 0, line.bid.number))


def winners_of(lines: Iterable[Line], yardsticks: Sequence[Yardstick], weights: Weights) -> frozenset[str]:
    """Keys of the offers that would come first with these weights."""
    totals = {line.bid.key: _total(line.cells, yardsticks, weights) for line in lines}
    return frozenset(key for key, rank in _ranks(totals).items() if rank == 1)


def tips_of(
    lines: Sequence[Line], yardsticks: Sequence[Yardstick], *, step: int = 5, weights: Weights | None = None
) -> list[Tip]:
    """For each criterion: who wins when its weight moves by `step` points, and from which weight another one wins."""
    ranked = [line for line in lines if line.rank is not None]
    used = dict(stated_weights(yardsticks) if weights is None else weights)
    tips = []
    for yard in yardsticks:
        lower = max(Fraction(0), used[yard.key] - step)
        higher = min(WHOLE, used[yard.key] + step)
        below, above = _thresholds(ranked, yardsticks, used, yard.key)
        tips.append(
            Tip(
                yard.key,
                winners_of(ranked, yardsticks, moved_weights(used, yard.key, lower)),
                winners_of(ranked, yardsticks, moved_weights(used, yard.key, higher)),
                below,
                above,
            )
        )
    return tips


def allot(lines: Iterable[Line], funds: Decimal, *, least: Decimal | None = None) -> list[Allotment]:
    """Money by rank within the funds of the lot; the last that fits may get a part, not less than `least` (PLN).

    Offers without a rank or without a sum asked for get none.
    """
    left, given = funds, []
    for line in lines:
        asked = line.bid.asked or Decimal(0)
        amount = min(asked, left)
        is_enough = amount > 0 and (amount == asked or amount >= (least or 0))
        if line.rank is None or not is_enough:
            given.append(Allotment(line.bid.key, Proposal.RESERVE, Decimal(0)))
            continue
        left -= amount
        proposal = Proposal.WHOLE if amount == asked else Proposal.PART
        given.append(Allotment(line.bid.key, proposal, amount))
    return given


def _price_cell(share: Fraction, yard: Yardstick) -> Cell:
    return Cell((), to_places(share * yard.most), share, Decimal(0), is_wide=False)


def _merit_cell(points: Sequence[Decimal], yard: Yardstick, spread_percent: int) -> Cell:
    if not points:
        return Cell((), None, Fraction(0), Decimal(0), is_wide=False)
    mean = sum((Fraction(one) for one in points), Fraction(0)) / len(points)
    spread = max(points) - min(points)
    is_wide = spread * 100 > yard.most * spread_percent
    return Cell(tuple(points), to_places(mean), mean / yard.most, spread, is_wide=is_wide)


def _total(cells: Sequence[Cell], yardsticks: Sequence[Yardstick], weights: Weights) -> Decimal | None:
    if any(cell.average is None for cell in cells):
        return None
    exact = sum(
        (cell.share * weights[yard.key] for cell, yard in zip(cells, yardsticks, strict=True)), Fraction(0)
    )
    return to_places(exact)


def _ranks(totals: Mapping[str, Decimal | None]) -> dict[str, int]:
    known = [total for total in totals.values() if total is not None]
    return {
        key: 1 + sum(other > total for other in known) for key, total in totals.items() if total is not None
    }


def _thresholds(
    ranked: Sequence[Line], yardsticks: Sequence[Yardstick], weights: Weights, key: str
) -> tuple[Fraction | None, Fraction | None]:
    """The nearest weights below and above at which another offer draws level with the only winner."""
    first = [line for line in ranked if line.rank == 1]
    now = weights[key]
    if len(first) != 1 or now == WHOLE:
        return None, None
    place = [yard.key for yard in yardsticks].index(key)

    def parts(line: Line) -> tuple[Fraction, Fraction]:
        """The share on this criterion, and the mean share on all others by their weights."""
        rest = sum(
            (
                cell.share * weights[yard.key]
                for cell, yard in zip(line.cells, yardsticks, strict=True)
                if yard.key != key
            ),
            Fraction(0),
        )
        return line.cells[place].share, rest / (WHOLE - now)

    here, rest = parts(first[0])
    below: list[Fraction] = []
    above: list[Fraction] = []
    for line in ranked:
        if line is first[0]:
            continue
        other_here, other_rest = parts(line)
        # The lead is linear in the weight x: (here - other_here) x + (rest - other_rest) (100 - x).
        gain, keep = here - other_here, rest - other_rest
        if gain == keep:
            continue
        level = keep * WHOLE / (keep - gain)
        if now < level <= WHOLE:
            above.append(level)
        elif 0 <= level < now:
            below.append(level)
    return max(below, default=None), min(above, default=None)

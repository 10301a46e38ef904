"""What a person pays for a service: bands of income, the part of the price that falls in them, and the rounding."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any, Literal

Fault = Literal["empty", "begins_above_zero", "gap", "overlap", "not_open", "open_before_last", "not_growing"]

_STEP: dict[str, Fraction] = {
    "grosz": Fraction(1, 100),
    "ten_grosze": Fraction(1, 10),
    "zloty": Fraction(1),
    "zloty_down": Fraction(1),
}
_HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Band:
    """Incomes above `over` and up to `up_to` percent of the criterion (None: without end), and the percent of the
    price paid by a person living alone and by one in a family."""

    over: Decimal
    up_to: Decimal | None
    alone: Decimal
    family: Decimal

    def as_json(self) -> dict[str, Any]:
        """The band as it is stored: decimals as text."""
        return {
            "over": str(self.over),
            "up_to": None if self.up_to is None else str(self.up_to),
            "alone": str(self.alone),
            "family": str(self.family),
        }


def band_of(stored: dict[str, Any]) -> Band:
    """A band from what `Band.as_json` made."""
    return Band(
        over=Decimal(stored["over"]),
        up_to=None if stored["up_to"] is None else Decimal(stored["up_to"]),
        alone=Decimal(stored["alone"]),
        family=Decimal(stored["family"]),
    )


def read_bands(lines: Iterable[str]) -> tuple[Band, ...]:
    """Bands of a CSV with the columns over_percent, up_to_percent, alone_percent, family_percent."""
    return tuple(
        Band(
            over=Decimal(row["over_percent"]),
            up_to=Decimal(row["up_to_percent"]) if row["up_to_percent"] else None,
            alone=Decimal(row["alone_percent"]),
            family=Decimal(row["family_percent"]),
        )
        for row in csv.DictReader(lines)
    )


def fault_of(bands: Sequence[Band]) -> tuple[Fault, int] | None:
    """What keeps bands from covering every income exactly once, with the row (from 1); None where nothing does."""
    if not bands:
        return "empty", 0
    if bands[0].over != 0:
        return "begins_above_zero", 1
    for place, (band, following) in enumerate(pairwise(bands), start=1):
        if band.up_to is None:
            return "open_before_last", place
        if band.up_to <= band.over:
            return "not_growing", place
        if following.over != band.up_to:
            return ("gap" if following.over > band.up_to else "overlap"), place + 1
    return None if bands[-1].up_to is None else ("not_open", len(bands))


def band_for(bands: Sequence[Band], *, income: Decimal, criterion: Decimal) -> Band:
    """The band of an income (PLN a month), measured against the criterion; the upper end of a band belongs to it.

    Compared without division, so that an income of exactly 220 % is not 220,000001 %. `bands` have no fault.
    """
    for band in bands:
        if band.up_to is None or income * 100 <= band.up_to * criterion:
            return band
    raise ValueError("the bands do not cover every income")


def round_to(amount: Fraction, rounding: str) -> Decimal:
    """The amount (PLN) with two places, rounded as a table says: `grosz`, `ten_grosze`, `zloty` or `zloty_down`.

    What is given back, below zero, is rounded like the same amount above it.
    """
    if amount < 0:
        return -round_to(-amount, rounding)
    step = _STEP[rounding]
    steps = floor(amount / step) if rounding == "zloty_down" else floor(amount / step + _HALF)
    return Decimal(int(steps * step * 100)).scaleb(-2)


def fee(*, price_per_hour: Decimal, percent: Decimal, minutes: int, rounding: str = "grosz") -> Decimal:
    """What a person pays for so many minutes delivered in a month: price × percent × hours, rounded once (PLN)."""
    return round_to(Fraction(price_per_hour) * Fraction(percent) / 100 * Fraction(minutes, 60), rounding)

"""Outcomes in figures: shares of parts and wholes, and what one of them cost; exact until they are shown."""

from decimal import ROUND_HALF_UP, Decimal

_GROSZ = Decimal("0.01")
_HUNDRED = 100


def percent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """What percent of the whole the part is, half up to one decimal, from whole hundredths; None where either lacks."""
    if part is None or not whole:
        return None
    # Persons, and złoty with two places: as integers, so that nothing is rounded on the way.
    of, share = int(whole * _HUNDRED), int(part * _HUNDRED)
    return Decimal((2000 * share + of) // (2 * of)).scaleb(-1)


def change_percent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """By how many percent the part is more (or, negative, less) than the whole; None where either lacks."""
    shown = percent(part, whole)
    return None if shown is None else shown - _HUNDRED


def reaches(direction: str, target: Decimal, part: Decimal | None, whole: Decimal | None) -> bool | None:
    """Whether the share reaches a target in percent, compared exactly; None where there is no result yet."""
    if part is None or not whole:
        return None
    reached, asked = part * _HUNDRED, target * whole
    return reached <= asked if direction == "at_most" else reached >= asked


def cost_of_one(spent: Decimal | None, part: Decimal | None) -> Decimal | None:
    """What one of the part cost (PLN), half up to the grosz; None where nothing was spent or nobody is counted."""
    if not spent or not part:
        return None
    return (spent / part).quantize(_GROSZ, rounding=ROUND_HALF_UP)

"""Money: Decimal with two places, in PLN, rounded half up."""

from decimal import ROUND_HALF_UP, Decimal

GROSZ = Decimal("0.01")


def to_grosz(amount: Decimal) -> Decimal:
    """The amount rounded half up to a grosz."""
    return amount.quantize(GROSZ, rounding=ROUND_HALF_UP)


def price_of_minutes(minutes: int, price_per_hour: Decimal) -> Decimal:
    """What so many minutes cost at a price of an hour (PLN), rounded half up to a grosz."""
    return to_grosz(price_per_hour * minutes / 60)

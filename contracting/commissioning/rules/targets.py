"""Whether a result reaches its target."""

from decimal import Decimal

AT_LEAST, AT_MOST = "at_least", "at_most"


def is_reached(direction: str, target: Decimal, result: Decimal | None) -> bool | None:
    """Whether the result reaches the target; None where there is no result yet. The target itself is reached."""
    if result is None:
        return None
    return result >= target if direction == AT_LEAST else result <= target


def difference(target: Decimal, result: Decimal | None) -> Decimal | None:
    """Result less target; None where there is no result yet."""
    return None if result is None else result - target

"""What a decision grants in a month, as care counts it, and what part of it was delivered."""

from reporting.care.grants import (
    active_dates,
    divide_half_up,
    granted_minutes,
    is_due,
    is_in_force,
    is_suspended,
    last_day_in_force,
    touches,
)

__all__ = [
    "active_dates",
    "fulfilment_tenths",
    "granted_minutes",
    "is_due",
    "is_in_force",
    "is_suspended",
    "last_day_in_force",
    "touches",
]


def fulfilment_tenths(granted: int, delivered: int) -> int | None:
    """Delivered over granted in tenths of a percent, rounded half up; None when nothing was granted."""
    return None if granted == 0 else divide_half_up(delivered * 1000, granted)

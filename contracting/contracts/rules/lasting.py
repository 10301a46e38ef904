"""Until when something lasts (hours of a contract, its money) at the rate of late."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

# The days whose average is taken for the days to come.
RATE_DAYS = 60
_FARTHEST = 3650


@dataclass(frozen=True)
class Rate:
    """How much was used on the days from `first` to `last`, both included."""

    first: date
    last: date
    used: int

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def rate_of(daily: Mapping[date, int], begins: date) -> Rate | None:
    """The rate of the last RATE_DAYS days up to the newest day of use; None without any use.

    Neither days before `begins` nor days before the first use count.
    """
    if not daily:
        return None
    last = max(daily)
    first = max(last - timedelta(days=RATE_DAYS - 1), min(begins, last), min(daily))
    return Rate(first, last, sum(used for day, used in daily.items() if first <= day <= last))


def runs_out_on(left: int, rate: Rate | None) -> date | None:
    """The day on which the last of it goes; the last day of use where nothing is left, None without a rate."""
    if rate is None:
        return None
    if left <= 0:
        return rate.last
    if not rate.used:
        return None
    # Ceiling: the day on which the last of it goes.
    needed = -(-left * rate.days // rate.used)
    return rate.last + timedelta(days=min(needed, _FARTHEST))

"""Loads against their limits, workers that the act and the standard ask for, intake, cadence; no database."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from kernel.periods import Month, is_working_day

MOST_MONTHS = 60


@dataclass(frozen=True)
class LoadLimits:
    """Environments of one worker, at most: as a rule, and where one of them has a blue card (S-069)."""

    usual: int
    with_blue_card: int

    def for_load(self, with_blue_card: int) -> int:
        """The limit that holds for a worker with so many blue cards."""
        return self.with_blue_card if with_blue_card else self.usual


def percent_of_limit(environments: int, limit: int) -> Decimal | None:
    """The load in percent of the limit, one decimal half up; None without a limit."""
    if not limit:
        return None
    share = Decimal(environments * 100) / Decimal(limit)
    return share.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class StatutoryRatio:
    """How many social workers the act asks for (art. 110(11)-(12)): by inhabitants or by families in care."""

    inhabitants: int
    families: int
    per_inhabitants: int
    per_families: int
    least: int

    @property
    def by_inhabitants(self) -> int:
        """Workers for the inhabitants, every part of a worker counted whole, and never fewer than the least."""
        return max(self.least, -(-self.inhabitants // self.per_inhabitants))

    @property
    def by_families(self) -> int:
        """Workers for the families in care, in the same way."""
        return max(self.least, -(-self.families // self.per_families))


def full_time(families: int, per_worker: int) -> Decimal:
    """Posts for so many families where one full post looks after `per_worker` of them (S-070), two places half up."""
    return (Decimal(families) / Decimal(per_worker)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def families_of_one(families: int, posts: Decimal) -> Decimal | None:
    """Families for one full post, one place half up; None without posts."""
    if not posts:
        return None
    return (Decimal(families) / posts).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def intake(first: Month, start: int, step: int, target: int) -> list[tuple[Month, int]]:
    """Families by the end of each month: `start` in the first, `step` more in each further one, up to the target.

    Raises ValueError where the target is not reached within `MOST_MONTHS` months.
    """
    planned: list[tuple[Month, int]] = []
    month, families = first, min(start, target)
    while len(planned) < MOST_MONTHS:
        planned.append((month, families))
        if families >= target:
            return planned
        month, families = month.next(), min(families + step, target)
    raise ValueError("the target is not reached")


def _first_of_period(day: date, period: str) -> date:
    if period == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if period == "month" else day


def _following(start: date, period: str) -> date:
    if period == "week":
        return start + timedelta(days=7)
    return Month.of(start).next().first if period == "month" else start + timedelta(days=1)


def _whole_periods(first: date, today: date, period: str) -> Iterator[date]:
    """Periods by their first day that lie whole between `first` and yesterday; of days those on which offices work."""
    start = _first_of_period(first, period)
    if start < first:
        start = _following(start, period)
    while (following := _following(start, period)) <= today:
        if period != "day" or is_working_day(start):
            yield start
        start = following


def missed_periods(
    held: Iterable[date], first: date, today: date, *, period: str, meetings: int
) -> list[tuple[date, int]]:
    """Periods ("day", "week", "month") that have ended with fewer meetings than the cadence asks for: their first day
    and how many there were, the latest first."""
    counted = Counter(_first_of_period(day, period) for day in held)
    short = [
        (start, counted[start]) for start in _whole_periods(first, today, period) if counted[start] < meetings
    ]
    return short[::-1]

"""How often and how long become minutes a month, and how much of a need stays unmet."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_WEEKS, _MONTHS = 52, 12


def minutes_a_month(times_week: Decimal, minutes_each: int, persons: int) -> int:
    """Minutes in an average month (52 weeks / 12), half up to whole minutes: 5 × 60 min × 3 persons → 3900."""
    year = Decimal(times_week) * minutes_each * persons * _WEEKS
    return int((year / _MONTHS).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True)
class Gap:
    """A need in minutes a month, less what resources give; nothing given beyond the need counts elsewhere."""

    needed: int
    given: int

    @property
    def open_minutes(self) -> int:
        """What is missing, never below 0."""
        return max(self.needed - self.given, 0)

    @property
    def surplus(self) -> int:
        """What resources give beyond the need, never below 0."""
        return max(self.given - self.needed, 0)


def spread(given_to_all: int, missing: Sequence[int]) -> list[int]:
    """What each need gets of what is given to all together: in proportion to what it misses, never more than that."""
    together = sum(missing)
    shared = min(given_to_all, together)
    parts: list[int] = []
    seen = 0
    for one in missing:
        seen += one
        parts.append((shared * seen // together if together else 0) - sum(parts))
    return parts


def total_gap(gaps: list[Gap], given_to_all: int) -> Gap:
    """All needs together. A surplus at one need fills no other; what is given to the whole cycle fills any."""
    needed = sum(gap.needed for gap in gaps)
    missing = sum(gap.open_minutes for gap in gaps)
    return Gap(needed, needed - max(missing - given_to_all, 0))

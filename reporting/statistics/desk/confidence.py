"""How sure a share is, and a rank by it: Wilson's interval, and the ranks that a place may have."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt

# Of a standard normal distribution, so much lies within ±1.96 standard deviations: 95%.
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Interval:
    """Between which shares, in percent with one decimal, the true one lies with 95% confidence."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Rank:
    """A place's rank from 1 on, the greatest first; equals share one. `best` and `worst` are the ranks that intervals
    leave open: who lies surely above, and who surely below."""

    rank: int
    best: int
    worst: int


def wilson(hits: Decimal, trials: Decimal) -> Interval | None:
    """Wilson's score interval of hits among trials (counts); None without trials, or with more hits than trials.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
    """
    if trials <= 0 or not 0 <= hits <= trials:
        return None
    count, share = float(trials), float(hits / trials)
    middle = share + _Z**2 / (2 * count)
    half = _Z * sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
    whole = 1 + _Z**2 / count
    return Interval(_percent((middle - half) / whole), _percent((middle + half) / whole))


def ranks(values: Mapping[str, Decimal], intervals: Mapping[str, Interval]) -> dict[str, Rank]:
    """The rank of each value; where every one has an interval, with the ranks that these leave open."""
    found = {}
    known = bool(values) and values.keys() <= intervals.keys()
    for place, value in values.items():
        rank = 1 + sum(1 for other in values.values() if other > value)
        best = worst = rank
        if known:
            own = intervals[place]
            best = 1 + sum(1 for other in values if intervals[other].low > own.high)
            worst = len(values) - sum(1 for other in values if intervals[other].high < own.low)
        found[place] = Rank(rank, best, worst)
    return found


def _percent(share: float) -> Decimal:
    return Decimal(min(max(share, 0.0), 1.0) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)

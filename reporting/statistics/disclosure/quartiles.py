"""Quartiles of peers: each a rounded mean over several of them, so that it is nobody's own figure (decision 0021)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from reporting.statistics.disclosure.sensitive import Limits, Reason, reason_for
from reporting.statistics.disclosure.tables import Figures, Number

# Peers on either side of the one at the rank: a quartile is the mean of at least three.
_REACH = 1


@dataclass(frozen=True)
class Peer:
    """One tenant's value, how many persons stand behind it (None: it stands on none), and whose business it shows.

    `parts` are the services in which the tenant has anybody: the strictest of them says how many persons it needs.
    """

    key: str
    value: Decimal
    persons: int | None = None
    providers: Mapping[str, Number] = field(default_factory=dict)
    parts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Quartiles:
    """Lower quartile, median and upper quartile, rounded; or why they are hidden. `peers` stand behind them."""

    peers: int
    low: Decimal | None = None
    middle: Decimal | None = None
    high: Decimal | None = None
    hidden: Reason | None = None


def quartiles(peers: Sequence[Peer], limits: Limits, *, fewest: int, step: Decimal) -> Quartiles:
    """The quartiles of the peers' values, rounded to `step`.

    Hidden as FEW below `fewest` peers; as FEW or PROVIDERS where the peers around one of the three ranks are too few
    persons, or show a provider's business, however many of them are taken together; so are those of them who are
    secret by themselves, since the figures of the others may be seen.
    """
    if len(peers) < fewest:
        return Quartiles(len(peers), hidden=Reason.FEW)
    ordered = sorted(peers, key=lambda one: (one.value, one.key))
    found: list[Decimal] = []
    for quarter in (1, 2, 3):
        taken = _around(ordered, quarter, limits)
        if isinstance(taken, Reason):
            return Quartiles(len(peers), hidden=taken)
        found.append(_rounded(sum((one.value for one in taken), Decimal(0)) / len(taken), step))
    low, middle, high = found
    return Quartiles(len(peers), low, middle, high)


def _around(ordered: Sequence[Peer], quarter: int, limits: Limits) -> Sequence[Peer] | Reason:
    """The fewest peers around the rank that are safe: three, or more up to a quarter of all on either side."""
    rank = int((Decimal(quarter * (len(ordered) - 1)) / 4).to_integral_value(ROUND_HALF_UP))
    reason = Reason.FEW
    for reach in range(_REACH, max(len(ordered) // 4, _REACH) + 1):
        taken = ordered[max(rank - reach, 0) : rank + reach + 1]
        # Whoever sees the figures of the others subtracts them: the secret ones must be safe among themselves.
        secret = [one for one in taken if _reason([one], limits)]
        found = _reason(taken, limits) or _reason(secret, limits)
        # So does the director of one of them, who knows their own figure.
        rests = ([one for one in secret if one is not own] for own in secret)
        found = found or next((why for rest in rests if rest and (why := _reason(rest, limits))), None)
        if found is None:
            return taken
        reason = found
    return reason


def _reason(peers: Sequence[Peer], limits: Limits) -> Reason | None:
    parts = frozenset[str]().union(*(one.parts for one in peers))
    return reason_for(_together(peers), limits, limits.of_parts(parts))


def _together(peers: Sequence[Peer]) -> Figures:
    counted = [one.persons for one in peers if one.persons is not None]
    providers: dict[str, Number] = defaultdict(int)
    for one in peers:
        for provider, value in one.providers.items():
            providers[provider] += value
    return Figures(sum(counted) if counted else None, (sum(one.value for one in peers),), dict(providers))


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    return (value / step).to_integral_value(ROUND_HALF_UP) * step

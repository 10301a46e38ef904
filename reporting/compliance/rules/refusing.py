"""What may be refused line by line, and how many minutes that takes from what was delivered (compliance.md, Terms)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from reporting.compliance.rules.deviations import Code, Deviation

# Visits that should not have been paid for at all; of overlaps only the minutes shared, of too much what is too much.
_WHOLE_VISIT = frozenset(
    {
        Code.OUTSIDE_SCOPE,
        Code.OUTSIDE_VALIDITY,
        Code.DURING_SUSPENSION,
        Code.NOT_QUALIFIED,
        Code.DUPLICATE,
    }
)
_SHARED = frozenset({Code.WORKER_OVERLAP, Code.PERSON_OVERLAP})
_EXCESS = frozenset({Code.OVER_DELIVERED, Code.CONTRACT_CAP})


def refusable_minutes(deviation: Deviation) -> int:
    """How many minutes a refusal of this deviation takes by itself; 0 where there is nothing to refuse."""
    if deviation.code in _WHOLE_VISIT and deviation.visit is not None:
        return deviation.visit.minutes
    if deviation.code in _SHARED | _EXCESS:
        return deviation.minutes or 0
    return 0


def refused_by_decision(refused: Iterable[tuple[str, Deviation]]) -> tuple[Mapping[str, int], int]:
    """Minutes refused, by key of the decision, and those refused of the contract beyond that.

    Takes each refused deviation with its decision's key (of a finding on the contract any text). No minute is refused
    twice: of a visit at most its length, and an excess (H1, C1) only as far as refused visits have not met it.
    """
    of_visit: dict[tuple[str, str], tuple[int, int]] = {}
    too_much: dict[str, int] = defaultdict(int)
    beyond_cap = 0
    for key, deviation in refused:
        minutes = refusable_minutes(deviation)
        if deviation.code is Code.CONTRACT_CAP:
            beyond_cap = max(beyond_cap, minutes)
        elif deviation.code is Code.OVER_DELIVERED:
            too_much[key] = max(too_much[key], minutes)
        elif deviation.visit is not None and minutes:
            before, length = of_visit.get((key, deviation.visit.id), (0, deviation.visit.minutes))
            of_visit[key, deviation.visit.id] = min(before + minutes, length), length
    found: dict[str, int] = defaultdict(int)
    for (key, _visit), (minutes, _length) in of_visit.items():
        found[key] += minutes
    for key, minutes in too_much.items():
        found[key] = max(found[key], minutes)
    return dict(found), max(0, beyond_cap - sum(found.values()))

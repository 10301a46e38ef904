"""Deviations on two visits at once: overlaps of a worker O1 or a person O2, and duplicates T3."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from kernel.periods import Month, elapsed_minutes
from reporting.compliance.rules.deviations import Code, Deviation
from reporting.compliance.rules.facts import ContractFacts, DecisionFacts, Thresholds, VisitFacts


def pair_deviations(
    month: Month,
    visits: Iterable[VisitFacts],
    decisions: Mapping[str, DecisionFacts],
    contracts: Mapping[str, ContractFacts],
    thresholds: Thresholds,
    added: Collection[VisitFacts] = (),
) -> list[Deviation]:
    """O1, O2 and T3 among visits that count, of this month and its neighbours.

    `decisions` and `contracts` are given by key. A pair belongs to the month of the visit that carries it:
    the one that starts first, then the lower worker code, then the lower decision number. Takes O(n log n),
    and the number of pairs that overlap. Of a pair with one of `added` the other visit carries it, and two of these
    are no pair: what they were added to is accepted.
    """

    def carrying_order(visit: VisitFacts) -> tuple[object, ...]:
        return visit.starts_at, visit.worker, decisions[visit.decision].number, visit.ends_at, visit.id

    ordered = sorted(visits, key=carrying_order)
    found: list[tuple[Code, VisitFacts, VisitFacts, int | None]] = []
    for carrier, other in _pairs(ordered, added, lambda visit: visit.person):
        if _is_duplicate(carrier, other):
            found.append((Code.DUPLICATE, carrier, other, None))
        elif not (decisions[carrier.decision].two_workers or decisions[other.decision].two_workers):
            found.append((Code.PERSON_OVERLAP, carrier, other, overlap_minutes(carrier, other)))
    for carrier, other in _pairs(ordered, added, lambda visit: visit.worker):
        minutes = overlap_minutes(carrier, other)
        if minutes > thresholds.overlap_tolerance_minutes and not _is_duplicate(carrier, other):
            found.append((Code.WORKER_OVERLAP, carrier, other, minutes))
    deviations = []
    for code, carrier, other, shared in found:
        if month.contains(carrier.date):
            decision = decisions[carrier.decision]
            contract = contracts[decision.contract]
            deviations.append(
                Deviation(code, contract.number, decision.number, carrier, other, minutes=shared)
            )
    return deviations


def overlap_minutes(one: VisitFacts, other: VisitFacts) -> int:
    """Elapsed minutes that two visits share; 0 when one ends as the other starts, or before."""
    return max(0, elapsed_minutes(max(one.starts_at, other.starts_at), min(one.ends_at, other.ends_at)))


def _pairs(
    ordered: Iterable[VisitFacts], added: Iterable[VisitFacts], group_of: Callable[[VisitFacts], str]
) -> Iterator[tuple[VisitFacts, VisitFacts]]:
    yield from _overlapping(ordered, group_of)
    beside: dict[str, list[VisitFacts]] = defaultdict(list)
    for one in added:
        beside[group_of(one)].append(one)
    for visit in ordered if beside else ():
        for one in beside.get(group_of(visit), ()):
            if overlap_minutes(visit, one):
                yield visit, one


def _overlapping(
    ordered: Iterable[VisitFacts], group_of: Callable[[VisitFacts], str]
) -> Iterator[tuple[VisitFacts, VisitFacts]]:
    """All pairs of one group that overlap, the earlier of the given order first."""
    going_on: dict[str, list[VisitFacts]] = defaultdict(list)
    for visit in ordered:
        group = group_of(visit)
        still = [earlier for earlier in going_on[group] if earlier.ends_at > visit.starts_at]
        for earlier in still:
            yield earlier, visit
        still.append(visit)
        going_on[group] = still


def _is_duplicate(one: VisitFacts, other: VisitFacts) -> bool:
    return (
        one.person == other.person
        and one.worker == other.worker
        and one.starts_at == other.starts_at
        and one.ends_at == other.ends_at
    )

"""The monthly comparison: granted against delivered, and every deviation, from plain facts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain

from kernel.periods import Month
from reporting.compliance.rules.deviations import Code, Deviation, order_of
from reporting.compliance.rules.facts import (
    DEFAULT_THRESHOLDS,
    CleanVisits,
    ContractFacts,
    DecisionFacts,
    MonthFacts,
    Thresholds,
    VisitFacts,
    VisitState,
    WorkerFacts,
)
from reporting.compliance.rules.grants import fulfilment_tenths, granted_minutes, touches
from reporting.compliance.rules.pairs import pair_deviations
from reporting.compliance.rules.slots import plan_deviations
from reporting.compliance.rules.totals import cap_deviations, hours_deviations, unperformed_scope
from reporting.compliance.rules.visits import (
    Staff,
    date_deviations,
    entry_deviations,
    scope_deviations,
    staff_by_code,
    staff_deviations,
)

_NOTHING_CLEAN = CleanVisits()
_NO_OFFSET = timedelta(0)


@dataclass(frozen=True, slots=True)
class DecisionComparison:
    """One decision in the month; `fulfilment_percent` has one decimal, and is None if nothing is granted."""

    key: str
    number: str
    person: str
    contract: str
    granted_minutes: int
    delivered_minutes: int
    fulfilment_percent: Decimal | None
    deviations: tuple[Deviation, ...]


@dataclass(frozen=True, slots=True)
class ContractComparison:
    """One contract: minutes delivered in the month by all its decisions, and what is wrong with their sum."""

    key: str
    number: str
    delivered_minutes: int
    deviations: tuple[Deviation, ...]


# What is known only when the month is over.
_OF_WHOLE_MONTHS = frozenset({Code.UNDER_DELIVERED, Code.NOTHING_DELIVERED, Code.SCOPE_NOT_PERFORMED})


def _is_due(deviation: Deviation, today: date) -> bool:
    if deviation.code in _OF_WHOLE_MONTHS:
        return False
    return deviation.code != Code.MISSED or deviation.slot is None or deviation.slot.date < today


@dataclass(frozen=True, slots=True)
class MonthComparison:
    """The month compared: decisions and contracts, each sorted by number."""

    month: Month
    decisions: tuple[DecisionComparison, ...]
    contracts: tuple[ContractComparison, ...]

    def of_contract(self, key: str) -> "MonthComparison":
        """The part of one contract."""
        return MonthComparison(
            self.month,
            tuple(one for one in self.decisions if one.contract == key),
            tuple(one for one in self.contracts if one.key == key),
        )

    def so_far(self, today: date) -> "MonthComparison":
        """What can be said of a month that is not over: nothing is missed or too little before its day has passed.

        Pages, papers and workbooks ask for it. Of a month that is over it is the comparison itself, and so is what is
        accepted and what the command exports.
        """
        if today > self.month.last:
            return self
        decisions = tuple(
            replace(one, deviations=tuple(each for each in one.deviations if _is_due(each, today)))
            for one in self.decisions
        )
        return MonthComparison(self.month, decisions, self.contracts)

    def deviations(self) -> Iterator[Deviation]:
        """All deviations, of decisions and then of contracts."""
        for decision in self.decisions:
            yield from decision.deviations
        for contract in self.contracts:
            yield from contract.deviations


def compare(month: Month, facts: MonthFacts, thresholds: Thresholds = DEFAULT_THRESHOLDS) -> MonthComparison:
    """Compare one month. With `facts.clean` empty this is the complete definition of the comparison.

    A decision is compared when it holds on some day of the month or a done visit of it begins in the month;
    other decisions may be given, for the sake of `neighbours`. Every contract given is compared.

    For speed a sieve may keep visits that cannot deviate and hand in their sums as `facts.clean`:

    - A clean visit is done and raises none of S1, D1, D2, W1, W2, T1, T2, T3, and shares no minute with
      another done visit of its person or its worker, of this month or a neighbour. It is counted in
      `CleanVisits.minutes` and `.activities` of its decision, and is not named in `facts.visits`.
    - A date is in `CleanVisits.days` only if matching the slots of that date with *all* done and no_show
      visits of the decision on it, clean and named, leaves no due slot and no done visit over; for instance
      because there are as many visits as slots and each slot has one at its very start. D3 and D4 are not
      looked for on these dates.
    - On every other date on which a decision with a plan is active, all its done and no_show visits are
      named.
    - Naming more visits than needed changes nothing. Cancelled visits and drafts need not be named.

    Raises ValueError when a visit is given in the wrong list or its instants are not UTC, and KeyError when
    the decision, worker or contract of a visit is not given.
    """
    _check_visits(month, facts)
    decisions = {decision.key: decision for decision in facts.decisions}
    contracts = {contract.key: contract for contract in facts.contracts}
    workers = {worker.code: worker for worker in facts.workers}
    staff = {contract.key: staff_by_code(contract) for contract in facts.contracts}
    visits_of: dict[str, list[VisitFacts]] = defaultdict(list)
    for visit in facts.visits:
        visits_of[visit.decision].append(visit)
    pairs_of: dict[str, list[Deviation]] = defaultdict(list)
    counting = (visit for visit in chain(facts.visits, facts.neighbours) if visit.state is VisitState.DONE)
    for pair in pair_deviations(month, counting, decisions, contracts, thresholds, facts.added):
        if pair.visit is not None:
            pairs_of[pair.visit.decision].append(pair)

    delivered_by: dict[str, int] = defaultdict(int)
    compared = []
    for decision in sorted(facts.decisions, key=lambda decision: (decision.number, decision.key)):
        clean = facts.clean.get(decision.key, _NOTHING_CLEAN)
        visits = visits_of.get(decision.key, [])
        if not (touches(decision, month) or any(map(_counts, visits))):
            continue
        outcome = _compare_decision(
            month,
            decision,
            contracts[decision.contract],
            workers,
            staff[decision.contract],
            visits,
            clean,
            pairs_of[decision.key],
            thresholds,
        )
        delivered_by[decision.contract] += outcome.delivered_minutes
        compared.append(outcome)
    return MonthComparison(
        month,
        tuple(compared),
        tuple(
            _compare_contract(contract, delivered_by[contract.key])
            for contract in sorted(facts.contracts, key=lambda contract: (contract.number, contract.key))
        ),
    )


def _compare_decision(
    month: Month,
    decision: DecisionFacts,
    contract: ContractFacts,
    workers: Mapping[str, WorkerFacts],
    staff: Staff,
    visits: list[VisitFacts],
    clean: CleanVisits,
    pairs: Iterable[Deviation],
    thresholds: Thresholds,
) -> DecisionComparison:
    done = [visit for visit in visits if _counts(visit)]
    granted = granted_minutes(decision, month)
    delivered = clean.minutes + sum(visit.minutes for visit in done)
    performed = clean.activities.union(*(visit.activities for visit in done))
    found = hours_deviations(decision, contract, granted, delivered, thresholds)
    found += unperformed_scope(decision, contract, delivered, performed)
    for visit in done:
        found += scope_deviations(visit, decision, contract)
        found += date_deviations(visit, decision, contract)
        found += staff_deviations(visit, decision, contract, workers[visit.worker], staff)
        found += entry_deviations(visit, decision, contract, thresholds)
    found += plan_deviations(decision, contract, month, visits, clean.days, thresholds)
    found += pairs
    tenths = fulfilment_tenths(granted, delivered)
    return DecisionComparison(
        key=decision.key,
        number=decision.number,
        person=decision.person,
        contract=decision.contract,
        granted_minutes=granted,
        delivered_minutes=delivered,
        fulfilment_percent=None if tenths is None else Decimal(tenths).scaleb(-1),
        deviations=tuple(sorted(found, key=order_of) if len(found) > 1 else found),
    )


def _compare_contract(contract: ContractFacts, delivered: int) -> ContractComparison:
    return ContractComparison(
        key=contract.key,
        number=contract.number,
        delivered_minutes=delivered,
        deviations=tuple(cap_deviations(contract, delivered)),
    )


def _counts(visit: VisitFacts) -> bool:
    return visit.state is VisitState.DONE


def _check_visits(month: Month, facts: MonthFacts) -> None:
    for visit in facts.visits:
        if not month.contains(visit.date):
            raise ValueError(f"visit {visit.id} begins on {visit.date}, not in {month}: it is a neighbour")
    for visit in facts.neighbours:
        if month.contains(visit.date):
            raise ValueError(f"visit {visit.id} begins in {month} itself: it is no neighbour")
    for visit in chain(facts.visits, facts.neighbours, facts.added):
        if visit.starts_at.utcoffset() != _NO_OFFSET or visit.ends_at.utcoffset() != _NO_OFFSET:
            raise ValueError(f"visit {visit.id} is not given in UTC")

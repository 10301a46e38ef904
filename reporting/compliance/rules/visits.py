"""Deviations on a single visit that counts: scope S1, dates D1 and D2, staff W1 and W2, entry T1 and T2."""

from collections.abc import Mapping, Sequence, Set
from datetime import date

from reporting.compliance.rules.deviations import Code, Deviation
from reporting.compliance.rules.facts import (
    ContractFacts,
    DecisionFacts,
    NamedWorker,
    Thresholds,
    VisitFacts,
    WorkerFacts,
)
from reporting.compliance.rules.grants import is_in_force, is_suspended

Staff = Mapping[str, Sequence[NamedWorker]]


def outside_scope(activities: Set[str], decision: DecisionFacts) -> tuple[str, ...]:
    """Codes of activities that the decision does not grant, in their order."""
    return tuple(sorted(activities - decision.scope))


def scope_deviations(visit: VisitFacts, decision: DecisionFacts, contract: ContractFacts) -> list[Deviation]:
    """S1: activities of the visit that the decision does not grant."""
    outside = outside_scope(visit.activities, decision)
    if not outside:
        return []
    return [
        Deviation(
            Code.OUTSIDE_SCOPE,
            contract.number,
            decision.number,
            visit,
            activities=outside,
        )
    ]


def date_deviations(visit: VisitFacts, decision: DecisionFacts, contract: ContractFacts) -> list[Deviation]:
    """D1 and D2: the decision did not hold on the visit's date, or was suspended; both can be true."""
    found = []
    if not is_in_force(decision, visit.date):
        found.append(Code.OUTSIDE_VALIDITY)
    if is_suspended(decision, visit.date):
        found.append(Code.DURING_SUSPENSION)
    return [Deviation(code, contract.number, decision.number, visit) for code in found]


def staff_deviations(
    visit: VisitFacts, decision: DecisionFacts, contract: ContractFacts, worker: WorkerFacts, staff: Staff
) -> list[Deviation]:
    """W1 and W2: the worker lacks a required qualification, or is not among the staff the contract names.

    `staff` is that of the contract, by code.
    """
    found = []
    if lacks_qualification(decision.required_qualifications, worker, visit.date):
        found.append(Code.NOT_QUALIFIED)
    if is_unnamed(staff, visit.worker, visit.date):
        found.append(Code.NOT_NAMED)
    return [Deviation(code, contract.number, decision.number, visit) for code in found]


def entry_deviations(
    visit: VisitFacts, decision: DecisionFacts, contract: ContractFacts, thresholds: Thresholds
) -> list[Deviation]:
    """T1 and T2: entered too late, or of a doubtful length."""
    found = []
    if (visit.entered_on - visit.date).days > thresholds.late_entry_days:
        found.append(Code.LATE_ENTRY)
    if not thresholds.short_visit_minutes <= visit.minutes <= thresholds.long_visit_minutes:
        found.append(Code.IMPLAUSIBLE_DURATION)
    return [Deviation(code, contract.number, decision.number, visit) for code in found]


def lacks_qualification(required: frozenset[str], worker: WorkerFacts, day: date) -> bool:
    """W1: whether the worker lacks one of the qualifications required on the day."""
    return not required <= qualifications_on(worker, day)


def is_unnamed(staff: Staff, worker: str, day: date) -> bool:
    """W2: whether the contract names staff and the worker, by code, is not among it on the day."""
    return bool(staff) and not is_named(staff, worker, day)


def qualifications_on(worker: WorkerFacts, day: date) -> frozenset[str]:
    """Codes of the qualifications that the worker holds on a day."""
    return frozenset(
        held.code
        for held in worker.qualifications
        if held.valid_from <= day and (held.valid_to is None or day <= held.valid_to)
    )


def staff_by_code(contract: ContractFacts) -> Staff:
    """The staff that the contract names, by code of the worker; empty where it names nobody."""
    found: dict[str, list[NamedWorker]] = {}
    for named in contract.named_staff:
        found.setdefault(named.code, []).append(named)
    return found


def is_named(staff: Staff, worker: str, day: date) -> bool:
    """Whether the worker is among the named staff on a day."""
    return any(
        (named.valid_from is None or named.valid_from <= day)
        and (named.valid_to is None or day <= named.valid_to)
        for named in staff.get(worker, ())
    )

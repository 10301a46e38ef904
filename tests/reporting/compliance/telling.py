"""A world told to the rules: each of its papers as the facts that the comparison asks for."""

from datetime import timedelta

from kernel.periods import WARSAW
from reporting.compliance.rules import (
    Amount,
    AmountPer,
    ContractFacts,
    DecisionFacts,
    MonthFacts,
    NamedWorker,
    Qualification,
    Slot,
    Suspension,
    VisitFacts,
    VisitState,
    WorkerFacts,
)
from tests.reporting.compliance.worlds import World, WorldVisit


def facts_of(world: World) -> MonthFacts:
    """The world as the rules of the comparison want to be told, nothing sieved out."""
    month = world.month
    decisions = {decision.number: decision for decision in world.decisions}
    services = {service.code: service for service in world.services}
    contracts = {contract.number: contract for contract in world.contracts}
    superseded = {
        decision.amends: decision.valid_from for decision in world.decisions if decision.amends is not None
    }
    visits = [_visit_facts(visit, decisions[visit.decision].person) for visit in world.visits]

    def minutes_before(contract: str) -> int:
        return sum(
            visit.minutes
            for visit, told in zip(visits, world.visits, strict=True)
            if visit.state is VisitState.DONE
            and visit.date < month.first
            and decisions[told.decision].contract == contract
        )

    return MonthFacts(
        decisions=[
            DecisionFacts(
                key=f"key of {decision.number}",
                number=decision.number,
                person=decision.person,
                contract=f"key of {decision.contract}",
                valid_from=decision.valid_from,
                valid_to=decision.valid_to,
                amount=Amount(AmountPer(decision.per), decision.minutes),
                plan=tuple(
                    Slot(slot.weekday, slot.start, slot.minutes, slot.on_holidays) for slot in decision.plan
                ),
                scope=frozenset(decision.activities),
                required_qualifications=frozenset(
                    services[contracts[decision.contract].service].required_qualifications
                ),
                two_workers=decision.two_workers,
                suspensions=tuple(Suspension(first, last) for first, last in decision.suspensions),
                revoked_from=decision.revoked_from,
                superseded_from=superseded.get(decision.number),
            )
            for decision in world.decisions
        ],
        contracts=[
            ContractFacts(
                key=f"key of {contract.number}",
                number=contract.number,
                cap_minutes=contract.cap_minutes,
                named_staff=tuple(
                    NamedWorker(named.worker, named.valid_from, named.valid_to)
                    for named in contract.named_staff
                ),
                minutes_before=minutes_before(contract.number),
            )
            for contract in world.contracts
        ],
        workers=[
            WorkerFacts(
                worker.code,
                tuple(
                    Qualification(held.code, held.valid_from, held.valid_to) for held in worker.qualifications
                ),
            )
            for worker in world.workers
        ],
        visits=[visit for visit in visits if month.contains(visit.date)],
        neighbours=[visit for visit in visits if not month.contains(visit.date)],
    )


def _visit_facts(visit: WorldVisit, person: str) -> VisitFacts:
    local = visit.starts_at.astimezone(WARSAW)
    return VisitFacts(
        id=visit.id,
        decision=f"key of {visit.decision}",
        person=person,
        worker=visit.worker,
        date=local.date(),
        start=local.time().replace(fold=0),
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        minutes=(visit.ends_at - visit.starts_at) // timedelta(minutes=1),
        entered_on=visit.entered_at.astimezone(WARSAW).date(),
        state=VisitState(visit.state),
        activities=frozenset(visit.activities),
    )

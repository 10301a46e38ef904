"""A world written down in the tables of the tenant at hand."""

from datetime import date

from contracting.commissioning.models import Activity, Service
from contracting.contracts.models import Contract, NamedStaff, Worker, WorkerQualification
from kernel.ids import new_id
from reporting.care.models import Decision, Person, PlanSlot, Suspension
from reporting.compliance.models import ComparisonSettings
from reporting.delivery.models import Visit
from tests.reporting.compliance.naive import Limits
from tests.reporting.compliance.worlds import World


def store(world: World) -> None:
    """Save the whole world; numbers and codes stay what they are, ids are made here."""
    services = {}
    for told in world.services:
        service = Service.objects.create(
            code=told.code, name=told.code, required_qualifications=list(told.required_qualifications)
        )
        services[told.code] = service
        Activity.objects.bulk_create(
            Activity(service=service, code=code, name=code, position=position)
            for position, code in enumerate(told.activities)
        )
    workers = {
        told.code: Worker.objects.create(
            code=told.code, surname="Zięba", given_name="Anna", organisation_id=new_id()
        )
        for told in world.workers
    }
    WorkerQualification.objects.bulk_create(
        WorkerQualification(
            worker=workers[told.code], code=held.code, valid_from=held.valid_from, valid_to=held.valid_to
        )
        for told in world.workers
        for held in told.qualifications
    )
    contracts = _store_contracts(world, services, workers)
    decisions = _store_decisions(world, services, contracts)
    Visit.objects.bulk_create(
        Visit(
            decision=decisions[told.decision],
            worker=workers[told.worker],
            starts_at=told.starts_at,
            ends_at=told.ends_at,
            entered_at=told.entered_at,
            state=told.state,
            activities=list(told.activities),
            source=Visit.Source.COMMAND,
        )
        for told in world.visits
    )


def _store_contracts(
    world: World, services: dict[str, Service], workers: dict[str, Worker]
) -> dict[str, Contract]:
    contracts = {}
    for told in world.contracts:
        contract = Contract.objects.create(
            number=told.number,
            service=services[told.service],
            organisation_id=new_id(),
            signed_on=date(2020, 1, 1),
            valid_from=date(2020, 1, 1),
            valid_to=date(2030, 12, 31),
            price_per_hour=40,
            cap_minutes=told.cap_minutes,
        )
        contracts[told.number] = contract
        NamedStaff.objects.bulk_create(
            NamedStaff(
                contract=contract,
                worker=workers[named.worker],
                valid_from=named.valid_from,
                valid_to=named.valid_to,
            )
            for named in told.named_staff
        )
    return contracts


def _store_decisions(
    world: World, services: dict[str, Service], contracts: dict[str, Contract]
) -> dict[str, Decision]:
    persons = {
        code: Person.objects.create(code=code, surname="Ćwik", given_name="Jan") for code in world.persons
    }
    superseded = {told.amends: told.valid_from for told in world.decisions if told.amends is not None}
    service_of = {told.number: told.service for told in world.contracts}
    decisions: dict[str, Decision] = {}
    for told in world.decisions:
        decision = Decision.objects.create(
            number=told.number,
            person=persons[told.person],
            service=services[service_of[told.contract]],
            contract=contracts[told.contract],
            issued_on=date(2020, 1, 1),
            valid_from=told.valid_from,
            valid_to=told.valid_to,
            revoked_from=told.revoked_from,
            superseded_from=superseded.get(told.number),
            amends=decisions[told.amends] if told.amends is not None else None,
            amount_per=told.per,
            minutes=told.minutes,
            activities=list(told.activities),
            two_workers=told.two_workers,
        )
        decisions[told.number] = decision
        PlanSlot.objects.bulk_create(
            PlanSlot(
                decision=decision,
                weekday=slot.weekday,
                start=slot.start,
                minutes=slot.minutes,
                on_holidays=slot.on_holidays,
                place=1
                + [(one.weekday, one.start) for one in told.plan[:at]].count((slot.weekday, slot.start)),
            )
            for at, slot in enumerate(told.plan)
        )
        Suspension.objects.bulk_create(
            Suspension(decision=decision, first_day=first, last_day=last, reason="hospital")
            for first, last in told.suspensions
        )
    return decisions


def store_limits(limits: Limits) -> None:
    """The thresholds of the tenant."""
    ComparisonSettings.objects.create(
        over_tolerance_minutes=limits.over_tolerance,
        under_threshold_percent=limits.under_threshold,
        overlap_tolerance_minutes=limits.overlap_tolerance,
        slot_tolerance_minutes=limits.slot_tolerance,
        late_entry_days=limits.late_days,
        short_visit_minutes=limits.shortest,
        long_visit_minutes=limits.longest,
    )

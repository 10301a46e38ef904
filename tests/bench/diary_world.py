"""A contract with so many persons, each with a decision and a weekly plan, and a file of their visits."""

from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from contracting.commissioning.models import Activity, Service
from contracting.contracts.models import Contract, Worker
from kernel.periods import Month, is_working_day
from reporting.care.models import Decision, Person, PlanSlot
from tenants.models import Organisation

MONTH = Month(2026, 9)
_PERSONS_OF_A_WORKER = 5
_ACTIVITIES = ("shopping", "hygiene", "meals")
_HEADER = "decision_number;date;start;end;worker;activities;status;note\n"


def build_contract(persons: int) -> Contract:
    """The contract of an organisation with its workers, persons and decisions, in the tenant at hand."""
    organisation = Organisation.objects.create(name=f"Stowarzyszenie Pomiar {persons}")
    service, _made = Service.objects.get_or_create(code="care", defaults={"name": "Usługi opiekuńcze"})
    for code in _ACTIVITIES:
        Activity.objects.get_or_create(service=service, code=code, defaults={"name": code})
    contract: Contract = Contract.objects.create(
        number=f"U/{persons}/2026",
        service=service,
        organisation=organisation,
        signed_on=date(2026, 1, 2),
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
        price_per_hour="41.50",
    )
    Worker.objects.bulk_create(
        Worker(code=f"W{persons}-{n}", surname=f"Zięba-{n}", given_name="Anna", organisation=organisation)
        for n in range(-(-persons // _PERSONS_OF_A_WORKER))
    )
    people = Person.objects.bulk_create(
        Person(code=f"P{persons}-{n}", surname=f"Ćwik-{n}", given_name="Jan") for n in range(persons)
    )
    decisions = Decision.objects.bulk_create(
        Decision(
            number=f"D{persons}/{n}/2026",
            person=person,
            service=service,
            contract=contract,
            issued_on=date(2026, 1, 2),
            valid_from=date(2026, 1, 5),
            valid_to=date(2026, 12, 31),
            amount_per=Decision.AmountPer.MONTH,
            minutes=2400,
            activities=list(_ACTIVITIES),
        )
        for n, person in enumerate(people)
    )
    PlanSlot.objects.bulk_create(
        PlanSlot(decision=decision, weekday=weekday, start=_start(n, 0), minutes=45)
        for n, decision in enumerate(decisions)
        for weekday in range(1, 6)
    )
    return contract


def _start(person: int, turn: int) -> time:
    minutes = 7 * 60 + (person % _PERSONS_OF_A_WORKER) * 60 + turn * 5 * 60
    return (datetime(2026, 1, 1) + timedelta(minutes=minutes)).time()  # noqa: DTZ001


def diary_file(persons: int, rows: int) -> BytesIO:
    """A CSV of valid visits, two a working day for each person, until there are `rows` of them."""
    days = [day for day in MONTH.days() if is_working_day(day)]
    lines = [
        f"D{persons}/{n}/2026;{day};{_start(n, turn):%H:%M};{_end(n, turn):%H:%M};"
        f"W{persons}-{n // _PERSONS_OF_A_WORKER};shopping|meals;done;\n"
        for day in days
        for turn in (0, 1)
        for n in range(persons)
    ]
    if len(lines) < rows:
        raise ValueError(f"{persons} persons have {len(lines)} visits in the month, {rows} are wanted")
    return BytesIO((_HEADER + "".join(lines[:rows])).encode())


def _end(person: int, turn: int) -> time:
    begins = datetime.combine(date(2026, 1, 1), _start(person, turn))
    return (begins + timedelta(minutes=45)).time()


def tenant_at_hand(slug: str = "bench") -> Any:
    """The tenant that the measurement made."""
    from tenants.models import Tenant

    return Tenant.objects.get(slug=slug)

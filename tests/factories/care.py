"""A small world of care inside the tenant at hand: service, contract, workers, persons, decisions, visits."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import factory

from contracting.commissioning.models import Activity, Service
from contracting.contracts.models import Contract, Worker, WorkerQualification
from reporting.care.models import Decision, Person, PlanSlot
from reporting.delivery.models import Visit
from tests.factories.people import OrganisationFactory

WARSAW = ZoneInfo("Europe/Warsaw")


class ServiceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Service
        django_get_or_create = ("code",)
        skip_postgeneration_save = True

    code = "care"
    name = "Usługi opiekuńcze"

    @factory.post_generation
    def activities(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        for position, (code, name) in enumerate(
            [("shopping", "Zakupy"), ("hygiene", "Higiena"), ("meals", "Posiłki")]
        ):
            Activity.objects.get_or_create(
                service=self, code=code, defaults={"name": name, "position": position}
            )


class ContractFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Contract

    number = factory.Sequence(lambda n: f"U/{n + 1}/2026")
    service = factory.SubFactory(ServiceFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    signed_on = date(2026, 1, 2)
    valid_from = date(2026, 1, 1)
    valid_to = date(2026, 12, 31)
    price_per_hour = Decimal("41.50")


class WorkerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Worker

    code = factory.Sequence(lambda n: f"W{n + 1:03d}")
    surname = factory.Sequence(lambda n: f"Zięba-{n}")
    given_name = "Anna"
    organisation = factory.SubFactory(OrganisationFactory)


class PersonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Person

    code = factory.Sequence(lambda n: f"P{n + 1:03d}")
    surname = factory.Sequence(lambda n: f"Ćwik-{n}")
    given_name = "Jan"
    birth_year = 1941


class DecisionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Decision

    number = factory.Sequence(lambda n: f"D/{n + 1:03d}/2026")
    person = factory.SubFactory(PersonFactory)
    contract = factory.SubFactory(ContractFactory)
    service = factory.SelfAttribute("contract.service")
    issued_on = date(2026, 1, 2)
    valid_from = date(2026, 1, 5)
    valid_to = date(2026, 12, 31)
    amount_per = Decision.AmountPer.MONTH
    minutes = 1200
    activities = factory.LazyFunction(lambda: ["shopping", "hygiene", "meals"])


def qualify(worker: Worker, code: str = "carer_course", since: date = date(2020, 1, 1)) -> None:
    WorkerQualification.objects.create(worker=worker, code=code, valid_from=since)


def plan(decision: Decision, *slots: tuple[int, str, int], on_holidays: bool = False) -> None:
    """Slots as (weekday, "08:00", minutes); of two that begin together the second has place 2."""
    for at, (weekday, start, minutes) in enumerate(slots):
        PlanSlot.objects.create(
            decision=decision,
            weekday=weekday,
            start=time.fromisoformat(start),
            minutes=minutes,
            on_holidays=on_holidays,
            place=1 + [slot[:2] for slot in slots[:at]].count((weekday, start)),
        )


def visit(decision: Decision, worker: Worker, day: date, start: str, minutes: int, **fields: Any) -> Visit:
    """A visit that begins at the local wall-clock time; done, entered on its day, with all activities, unless said."""
    starts_at = datetime.combine(day, time.fromisoformat(start), WARSAW)
    fields.setdefault("activities", list(decision.activities))
    fields.setdefault("entered_at", starts_at + timedelta(hours=3))
    fields.setdefault("source", Visit.Source.GRID)
    created: Visit = Visit.objects.create(
        decision=decision,
        worker=worker,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        **fields,
    )
    created.refresh_from_db()
    return created

"""Months of many providers, handed in and in order, made in bulk: for the test of closing them and for its bench."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from contracting.commissioning.models import Service
from contracting.contracts.models import Contract, Worker
from kernel.access import Actor
from kernel.ids import new_id
from kernel.periods import WARSAW, Month
from kernel.tenancy import tenant_scope
from reporting.care.models import Decision, Person
from reporting.compliance import actions
from reporting.delivery.models import Visit
from tenants.models import Organisation, Partnership

_YEAR = {"valid_from": date(2026, 1, 2), "valid_to": date(2026, 12, 31)}
_PROVIDER = Actor.system("Anna Koordynator")
WORKERS_EACH = 10


def hand_in_months(
    tenant: Any, month: Month, *, providers: int, contracts: int, decisions: int, visits_each: int
) -> None:
    """So many contracts of so many organisations, and the month of each handed in.

    Every decision grants as many hours as it has visits, of an hour each, one a working day; nothing deviates from it.
    """
    organisations = [
        Organisation.objects.create(name=f"Fundacja {place}", legal_form="association")
        for place in range(providers)
    ]
    Partnership.objects.bulk_create(Partnership(tenant=tenant, organisation=one) for one in organisations)
    with tenant_scope(tenant):
        service, _made = Service.objects.get_or_create(code="care", defaults={"name": "Usługi opiekuńcze"})
        made = [
            Contract.objects.create(
                number=f"U/{place:03d}",
                service=service,
                organisation=organisations[place % providers],
                signed_on=date(2026, 1, 2),
                price_per_hour=Decimal("41.50"),
                **_YEAR,
            )
            for place in range(contracts)
        ]
        workers = {
            one.pk: Worker.objects.bulk_create(
                Worker(code=f"W{place}-{n}", surname=f"Zięba {place}", given_name="Ewa", organisation=one)
                for n in range(WORKERS_EACH)
            )
            for place, one in enumerate(organisations)
        }
        persons = Person.objects.bulk_create(
            Person(code=f"P{place:05d}", surname=f"Ćwik {place}", given_name="Jan", birth_year=1940)
            for place in range(decisions)
        )
        granted = Decision.objects.bulk_create(
            Decision(
                number=f"D/{place:05d}",
                person=person,
                contract=made[place % contracts],
                service=service,
                issued_on=date(2026, 1, 2),
                amount_per="month",
                minutes=60 * visits_each,
                **_YEAR,
            )
            for place, person in enumerate(persons)
        )
        Visit.objects.bulk_create(_visits(granted, workers, month, visits_each), batch_size=5_000)
        for contract in made:
            actions.submit_month(contract, month, actor=_PROVIDER)


def _visits(
    decisions: list[Decision], workers: dict[Any, list[Worker]], month: Month, each: int
) -> Iterator[Visit]:
    """An hour on each of the first working days; a worker has one person in each hour of the day."""
    working = [day for day in month.days() if day.isoweekday() <= 5][:each]
    places: dict[Any, int] = defaultdict(int)
    for decision in decisions:
        organisation = decision.contract.organisation_id
        turn, one = divmod(places[organisation], WORKERS_EACH)
        places[organisation] += 1
        for day in working:
            local = datetime(day.year, day.month, day.day, 7 + 2 * turn, tzinfo=WARSAW)
            start = local.astimezone(UTC)
            end = start + timedelta(hours=1)
            yield Visit(
                id=new_id(), decision=decision, worker=workers[organisation][one], starts_at=start, ends_at=end,
                state="done", activities=[], source="file", entered_at=end, changed_at=end,
            )  # fmt: skip

"""Many small tenants and the people who sign in there, committed: `python -m tests.load.world TENANTS FOLDER`.

Tenants come from the product's own provisioning, their care from its own import, their months are handed in and
accepted by its verbs. Who signs in, and what their pages are called, is written into `people.json` of the folder.
"""

import json
import secrets
import sys
from collections.abc import Iterator
from datetime import time, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import django

django.setup()

from allauth.mfa.models import Authenticator  # noqa: E402
from allauth.mfa.totp.internal.auth import generate_totp_secret  # noqa: E402
from allauth.mfa.utils import encrypt  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import User  # noqa: E402
from contracting.contracts.models import Contract, Worker  # noqa: E402
from contracting.tenders.models import Criterion, Evaluation, Offer, Score, Seat  # noqa: E402
from kernel.access import Actor  # noqa: E402
from kernel.periods import Month  # noqa: E402
from kernel.tenancy import public_scope, tenant_scope  # noqa: E402
from reporting.advice.actions.booking import Booking, Client, book  # noqa: E402
from reporting.advice.actions.slots import Hours, enter_availability  # noqa: E402
from reporting.advice.models import Slot  # noqa: E402
from reporting.care.actions import import_care  # noqa: E402
from reporting.care.document import read_care_document  # noqa: E402
from reporting.compliance.actions import accept_month, submit_month  # noqa: E402
from reporting.demo.visits import store_visits  # noqa: E402
from reporting.demo.world import add_diary, build_world  # noqa: E402
from reporting.statistics.actions.consenting import approve_pushing  # noqa: E402
from reporting.statistics.actions.publishing import periods_to_publish, publish  # noqa: E402
from tenants.actions import create_tenant  # noqa: E402
from tenants.models import (  # noqa: E402
    Membership,
    Organisation,
    Partnership,
    RegionMembership,
    Tenant,
    Territory,
)
from tenants.roles import ANALYST, OPERATOR, Role  # noqa: E402
from tests.contracting.tenders.offers_world import published_call, written_offer  # noqa: E402
from tests.factories.judging import close, pass_form  # noqa: E402
from tests.factories.tenders import declare_all, make_call, make_committee, opened_offer  # noqa: E402

PASSWORD = "zielona herbata o siodmej"
ACTOR = Actor.system("load")
PERSONS, CARERS, BIDDERS, MEMBERS = 12, 3, 6, 5
VOIVODESHIPS = ("32", "12", "28")
ANALYSTS = 4
OPERATORS = 2
_ADVISER = "adviser"
_MARK = "Opieka"
_OFFICE = (
    Role.SOCIAL_WORKER, Role.COORDINATOR, Role.BENEFITS_WORKER, Role.ACCOUNTANT, Role.INSPECTOR, Role.PRIVACY_OFFICER,
)  # fmt: skip
_CRITERIA = [
    ("Cena", Criterion.Kind.PRICE, 10, 40, "budget"),
    ("Koncepcja usługi", Criterion.Kind.MERIT, 20, 30, "concept.organisation"),
    ("Kadra", Criterion.Kind.MERIT, 10, 20, "staff"),
    ("Zasoby", Criterion.Kind.MERIT, 10, 10, "resources"),
]


class People:
    """Everybody who signs in, with one password (its hash takes a tenth of a second) and an app of their own."""

    def __init__(self) -> None:
        self.hash = make_password(PASSWORD)
        self.rows: list[dict[str, Any]] = []
        self.number = count(1)

    def add(self, role: str, name: str, **told: Any) -> User:
        number, secret = next(self.number), generate_totp_secret()
        user = User.objects.create(
            email=f"{role}.{number}@load.example", full_name=f"{name} {number}", password=self.hash
        )
        Authenticator.objects.create(
            user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)}
        )
        self.rows.append({"role": role, "email": user.email, "user": str(user.pk), "secret": secret, **told})
        return user

    def member(
        self, tenant: Tenant, role: str, name: str, organisation: Organisation | None = None, **told: Any
    ) -> User:
        user = self.add(told.pop("called", role), name, tenant=tenant.slug, **told)
        Membership.objects.create(user=user, tenant=tenant, role=role, organisation=organisation)
        return user


def build_tenant(number: int, territory: Territory, people: People) -> None:
    """One tenant with a provider, twelve persons, four months, a call that is judged and an adviser's hours."""
    tenant = create_tenant(
        slug=f"load-{number:03d}",
        name=f"Gmina {territory.name} {number}",
        kind=Tenant.Kind.COMMUNE,
        territory=territory,
        unit_name=f"Ośrodek Pomocy Społecznej {number}",
        unit_type=Tenant.UnitType.OPS,
        population=9_000,
        actor=ACTOR,
    )
    organisation = Organisation.objects.create(name=f"Stowarzyszenie Opieka {number}")
    Partnership.objects.create(tenant=tenant, organisation=organisation)
    with tenant_scope(tenant):
        approve_pushing(actor=ACTOR)
        contract, month = _care(tenant, organisation)
        _judged(tenant, people)
        offer = _written(organisation)
    told = {
        "contract": str(contract.pk), "month": str(month), "accepted": str(month.previous()), "number": contract.number,
    }  # fmt: skip
    people.member(tenant, Role.DIRECTOR, "Alicja Próbna", **told)
    for role in _OFFICE:
        people.member(tenant, role, "Ewa Próbna", **told)
    people.member(tenant, Role.NGO_COORDINATOR, "Agata Próbna", organisation, **told)
    carers = [
        people.member(tenant, Role.WORKER, "Zofia Próbna", organisation, called="carer")
        for _ in range(CARERS)
    ]
    people.member(tenant, Role.NGO_MANAGER, "Zofia Próbna", organisation, **offer)
    people.rows.append({"role": "visitor", "tenant": tenant.slug})
    adviser = people.member(tenant, Role.WORKER, "Ewa Próbna", organisation, called=_ADVISER)
    with tenant_scope(tenant):
        for worker, user in zip(Worker.objects.order_by("code"), carers, strict=False):
            Worker.objects.filter(pk=worker.pk).update(user_id=user.pk)
        _hours(organisation, adviser)


def _care(tenant: Tenant, organisation: Organisation) -> tuple[Contract, Month]:
    """The contract and the month that waits to be accepted: before it all are accepted, after it one is open."""
    today = timezone.localdate()
    newest = Month.of(today)
    handed_in = newest.previous()
    accepted = handed_in.previous()
    months = [accepted, handed_in, newest]
    pilot: dict[str, Any] = {
        "slug": tenant.slug,
        "partners": [organisation.name],
        "care": {"persons": PERSONS, "workers": CARERS, "age": [60, 95]},
    }
    world = build_world(pilot, months)
    for month in months:
        add_diary(world, month, today - timedelta(days=1), tenant.slug)
    import_care(read_care_document(BytesIO(json.dumps(world.document).encode())), actor=ACTOR)
    store_visits(world)
    contract = Contract.objects.get()
    for month in (accepted, handed_in):
        submit_month(contract, month, actor=ACTOR)
    accept_month(contract, accepted, actor=ACTOR)
    return contract, handed_in


def _judged(tenant: Tenant, people: People) -> None:
    """A call with six offers, whose points all five members have given; each may look at the comparison."""
    with public_scope():
        bidders = [Organisation.objects.create(name=f"Fundacja {tenant.slug}/{n}") for n in range(BIDDERS)]
        told: dict[str, Any] = {}
        members = [
            people.member(tenant, Role.COMMITTEE_MEMBER, "Tomasz Próbny", call=told) for _ in range(MEMBERS)
        ]
    call = make_call(number="K/1", criteria=_CRITERIA)
    for place, bidder in enumerate(bidders):
        opened_offer(call, bidder, price=f"{40 + place}.00")
    committee = make_committee(call, *members)
    declare_all(committee)
    pass_form(call)
    close(committee)
    offers, seats = list(Offer.objects.filter(call=call)), list(Seat.objects.filter(committee=committee))
    merit = list(call.criteria.filter(kind=Criterion.Kind.MERIT))
    Score.objects.bulk_create(
        Score(seat=seat, offer=offer, criterion=one, points=(row + column) % 10, reason="opis zgodny")
        for row, offer in enumerate(offers)
        for column, seat in enumerate(seats)
        for one in merit
    )
    Evaluation.objects.bulk_create(
        Evaluation(seat=seat, offer=offer, finished_at=committee.scoring_closed_at)
        for offer in offers
        for seat in seats
    )
    told |= {
        "call": str(call.pk),
        "offers": [str(one.pk) for one in offers],
        "criterion": str(merit[0].pk),
    }


def _written(organisation: Organisation) -> dict[str, str]:
    """A call that takes offers, and the organisation's draft for it, complete."""
    offer = written_offer(published_call(number="K/2"), organisation, _MARK)
    return {"offer": str(offer.pk), "word": f"inne {_MARK}"}


def _hours(organisation: Organisation, adviser: User) -> None:
    worker = Worker.objects.create(
        code="D1", surname="Próbna", given_name="Ewa", organisation=organisation, user_id=adviser.pk
    )
    for weekday in (2, 4):
        enter_availability(
            Hours(
                worker,
                "legal",
                weekday,
                time(8),
                time(16),
                60,
                "office",
                "",
                False,
                timezone.localdate(),
                None,
            ),
            actor=ACTOR,
        )
    slot = Slot.objects.order_by("starts_at")[0]
    booking = Booking(
        worker,
        slot.kind,
        slot.starts_at,
        60,
        slot.place,
        client=Client(alias="Klient A"),
        presence="rejestracja",
    )
    book(booking, actor=ACTOR)


def _territories(tenants: int) -> Iterator[Territory]:
    """Rural communes of three voivodeships, in turn."""
    of = [
        list(Territory.objects.filter(pk__startswith=code, pk__regex=r"^\d{6}2$").order_by("pk"))
        for code in VOIVODESHIPS
    ]
    for number in range(tenants):
        group = of[number % len(of)]
        yield group[number // len(of) % len(group)]


def main(tenants: int, folder: Path) -> None:
    people = People()
    for number, territory in enumerate(_territories(tenants)):
        with transaction.atomic():
            build_tenant(number, territory, people)
        if number % 25 == 24:
            connection.close()
            print(f"{number + 1} tenants", file=sys.stderr, flush=True)
    for code in VOIVODESHIPS:
        slugs = Tenant.objects.filter(voivodeship_id=code)
        for _ in range(ANALYSTS):
            keys = [str(pk) for pk in slugs.values_list("pk", flat=True)]
            user = people.add(ANALYST, "Jakub Próbny", voivodeship=code, tenants=keys)
            RegionMembership.objects.create(user=user, voivodeship_id=code)
    for _ in range(OPERATORS):
        User.objects.filter(pk=people.add(OPERATOR, "Iwona Próbna").pk).update(is_operator=True)
    for kind, period in periods_to_publish(timezone.localdate()):
        publish(kind, period, actor=ACTOR)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    (folder / "people.json").write_text(
        json.dumps({"password": PASSWORD, "run": secrets.token_hex(4), "people": people.rows})
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))

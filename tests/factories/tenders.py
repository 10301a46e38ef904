"""Calls, offers as they stand after the opening, and committees, in the tenant at hand; nothing here is encrypted.

Tests of the sealing and of the opening use the real verbs; these rows are for what comes after.
"""

from collections.abc import Sequence
from copy import deepcopy
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from contracting.tenders.content import CONCEPT_PARTS, Content, empty_content
from contracting.tenders.models import (
    Call,
    Committee,
    Criterion,
    Declaration,
    Lot,
    Offer,
    OfferPartner,
    OpenedOffer,
    Publication,
    SealedOffer,
    Seat,
)
from kernel.ids import new_id
from tenants.models import Organisation
from tests.factories.care import ServiceFactory

# name, kind, most points, weight, section of the offer
CRITERIA = (
    ("Cena", Criterion.Kind.PRICE, 10, 40, "budget"),
    ("Koncepcja usługi", Criterion.Kind.MERIT, 20, 35, "concept.organisation"),
    ("Kadra", Criterion.Kind.MERIT, 10, 25, "staff"),
)


def make_call(
    *,
    number: str = "K/1/2026",
    state: str = Call.State.OPENED,
    lots: Sequence[str] = ("600000.00",),
    criteria: Sequence[tuple[Any, ...]] = CRITERIA,
    proven: bool = True,
    **fields: Any,
) -> Call:
    """A call with lots of these funds and criteria; published a month ago, its deadline two days ago unless said.

    With state "published" the deadline lies two days ahead. Its three publications are proven unless said.
    """
    now = timezone.now().replace(microsecond=0)
    announced = state != Call.State.DRAFT
    ahead = state == Call.State.PUBLISHED
    deadline = now + timedelta(days=2) if ahead else now - timedelta(days=2)
    values: dict[str, Any] = {
        "number": number if announced else None,
        "title": "Usługi opiekuńcze 2027",
        "kind": Call.Kind.ENTRUST,
        "state": state,
        "service": ServiceFactory(),
        "funds": sum((Decimal(amount) for amount in lots), Decimal(0)),
        "task_from": date(now.year + 1, 1, 1),
        "task_to": date(now.year + 1, 12, 31),
        "deadline": deadline if announced else None,
        "published_at": deadline - timedelta(days=30) if announced else None,
        "published_by": new_id() if announced else None,
        "closed_at": None if ahead or not announced else deadline,
        "opened_at": None if ahead or not announced else deadline + timedelta(hours=1),
        "concept_questions": {"organisation": "Jak zorganizują Państwo wizyty?"},
    }
    call: Call = Call.objects.create(**{**values, **fields})
    for position, amount in enumerate(lots, 1):
        Lot.objects.create(
            call=call, position=position, title=f"Część {position}", funds=Decimal(amount), minutes=720_000
        )
    for position, (name, kind, most, weight, excerpt) in enumerate(criteria, 1):
        Criterion.objects.create(
            call=call,
            position=position,
            kind=kind,
            name=name,
            explanation=f"Punkty za: {name}",
            max_points=most,
            weight=weight,
            excerpt=excerpt,
        )
    if announced and proven:
        prove(call)
    return call


def prove(call: Call, amendment: Any = None) -> None:
    """Three proofs of the announcement, or of an amendment, of the day on which the call was published."""
    assert call.published_at is not None
    for place in ("bip", "board", "www"):
        Publication.objects.create(
            call=call,
            subject="amendment" if amendment else "announcement",
            amendment=amendment,
            place=place,
            posted_on=timezone.localdate(call.published_at),
            note="Dowód",
            recorded_by=new_id(),
        )


def content_of(mark: str = "", *, grant: str = "100000.00", price: str = "45.00", **parts: Any) -> Content:
    """A complete content whose texts hold the mark; the grant is all the money, minutes follow from the price."""
    minutes = int(Decimal(grant) / Decimal(price) * 60) if Decimal(price) else 0
    written: Content = {
        **empty_content(),
        "bidder": {
            "name": f"Fundacja {mark}",
            "legal_form": "foundation",
            "nip": "5252248481",
            "krs": "0000123456",
            "address": "ul. Próbna 1, 71-001 Szczecin",
            "www": "https://fundacja.test",
            "email": "biuro@fundacja.test",
            "phone": "91 000 00 00",
            "contact_person": "Iwona Próbna",
        },
        "task": {
            "title": f"Usługi opiekuńcze {mark}",
            "from": "2027-01-01",
            "to": "2027-12-31",
            "summary": f"Pomoc w domu {mark}",
            "place": "Szczecin",
        },
        "schedule": [
            {
                "name": f"Wizyty {mark}",
                "description": "Codzienna pomoc",
                "group": "osoby starsze",
                "from": "2027-01-01",
                "to": "2027-12-31",
                "outside_party": "",
            }
        ],
        "results": [{"name": "Osoby objęte pomocą", "level": "60", "monitoring": "dziennik wizyt"}],
        "resources": {
            "experience": f"Osiem lat usług {mark}",
            "staff": "14 opiekunek",
            "material": "Biuro i dwa samochody",
            "financial": "Składki",
        },
        "staff": [
            {
                "name": f"Anna {mark}",
                "function": "koordynatorka",
                "qualifications": ["carer_course"],
                "fte": "1",
            }
        ],
        "concept": {part: f"{part} {mark}: opis koncepcji" for part in CONCEPT_PARTS},
        "promises": [
            {
                "part": "replacement",
                "indicator": "czas zastępstwa",
                "value": "4",
                "unit": "h",
                "measured_by": "dziennik",
            }
        ],
        "budget": {
            "costs": [
                {
                    "kind": "delivery",
                    "name": "Godziny usług",
                    "unit": "h",
                    "unit_cost": price,
                    "quantity": str(minutes // 60),
                    "amount": grant,
                    "year": 2027,
                }
            ],
            "grant": grant,
            "own_financial": "0.00",
            "own_in_kind": "0.00",
            "payments": "0.00",
            "minutes": minutes,
            "price_per_hour": price,
        },
        "declarations": {"true": True, "registered": True},
    }
    return {**written, **deepcopy(parts)}


def submit_offer(
    call: Call, organisation: Organisation, *, lot: Lot | None = None, at: datetime | None = None
) -> Offer:
    """An offer that was handed in a day before the deadline; what is sealed is no real ciphertext."""
    number = call.offers.filter(number__isnull=False).count() + 1
    assert call.deadline is not None
    offer: Offer = Offer.objects.create(
        call=call,
        lot=lot or call.lots.get(position=1),
        organisation=organisation,
        state=Offer.State.SUBMITTED,
        number=number,
        created_by=new_id(),
    )
    SealedOffer.objects.create(
        offer=offer,
        sequence=1,
        receipt=f"{call.number}/{number:03d}/1",
        submitted_at=at or call.deadline - timedelta(days=1),
        submitted_by=new_id(),
        sha256="0" * 64,
        mac="0" * 64,
        ciphertext=b"sealed",
        wrapped_key=b"sealed",
        for_bidder=b"sealed",
    )
    return offer


def open_offer(offer: Offer, content: Content) -> OpenedOffer:
    """Put the content where the opening puts it, with the figures of lists."""
    budget = content["budget"]
    own = Decimal(budget.get("own_financial") or 0) + Decimal(budget.get("own_in_kind") or 0)
    opened: OpenedOffer = OpenedOffer.objects.create(
        offer=offer,
        sealed=offer.sealed.get(state=SealedOffer.State.CURRENT),
        opened_at=offer.call.opened_at or timezone.now(),
        content=content,
        title=content["task"].get("title", ""),
        total=Decimal(budget["grant"]) + own,
        grant=Decimal(budget["grant"]),
        own_contribution=own,
        price_per_hour=Decimal(budget["price_per_hour"]),
        minutes=budget["minutes"],
    )
    return opened


def opened_offer(
    call: Call,
    organisation: Organisation,
    *,
    lot: Lot | None = None,
    grant: str = "100000.00",
    price: str = "45.00",
    partners: Sequence[Organisation] = (),
    content: Content | None = None,
) -> Offer:
    """An offer as the committee finds it after the opening; its texts hold the organisation's name."""
    offer = submit_offer(call, organisation, lot=lot)
    for other in partners:
        OfferPartner.objects.create(
            offer=offer, organisation=other, state="accepted", answered_at=timezone.now(), in_force=True
        )
    open_offer(offer, content or content_of(organisation.name, grant=grant, price=price))
    return offer


def make_committee(
    call: Call, *users: Any, quorum: int | None = None, roles: Sequence[str] = (), **fields: Any
) -> Committee:
    """A committee of these users, the first one chair; it works without persons named by organisations."""
    values: dict[str, Any] = {
        "order_number": "Z/12/2026",
        "appointed_on": timezone.localdate() - timedelta(days=10),
        "quorum": quorum or max(1, len(users) - 1),
        "without_ngo_reason": Committee.WithoutNgo.NONE_NAMED,
    }
    committee: Committee = Committee.objects.create(call=call, **{**values, **fields})
    for place, user in enumerate(users):
        role = roles[place] if place < len(roles) else Seat.Role.CHAIR if place == 0 else Seat.Role.MEMBER
        Seat.objects.create(committee=committee, user_id=user.pk, role=role)
    return committee


def declare_all(committee: Committee, *, impartial: bool = True) -> None:
    """Every seat declares towards every opened offer."""
    offers = Offer.objects.filter(call=committee.call, opened__isnull=False)
    Declaration.objects.bulk_create(
        Declaration(seat=seat, offer=offer, impartial=impartial, reason="" if impartial else "powiązania")
        for seat in Seat.objects.filter(committee=committee).current()
        for offer in offers
    )

"""The demo's offers: written, sealed and handed in by the real verbs, and opened by two members of a committee."""

from copy import deepcopy
from decimal import ROUND_DOWN, Decimal
from typing import Any

from django.db import transaction

from contracting.tenders.actions.drafting import add_file, keep_draft, read_draft, start_offer
from contracting.tenders.actions.handing_in import hand_in
from contracting.tenders.actions.opening import confirm_opening
from contracting.tenders.content import DECLARATIONS, Content
from contracting.tenders.models import Call, Lot, Offer, Seat
from contracting.tenders.rules.budget import with_sums
from documents.uploads import Upload
from kernel.access import Actor
from reporting.demo.offer_texts import OFFERS, RESULT, SCHEDULE, SUMMARY, DemoOffer
from tenants.access import actor_of
from tenants.models import Organisation

_OWN_SHARE = Decimal("0.06")
_ADMIN = Decimal("12000.00")
_PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def write_demo_offers(call: Call, bidders: list[tuple[Organisation, Any]], *, handed_in: bool) -> None:
    """An offer of every bidder for the first part: drafts, of which the last is only begun, or all handed in."""
    lot = call.lots.get(position=1)
    for (organisation, manager), told in zip(bidders, OFFERS, strict=True):
        actor = actor_of(manager)
        offer = start_offer(lot, organisation, actor=actor)
        if not handed_in and told is OFFERS[-1]:
            continue
        _write(offer, _content(offer, lot, told), actor)
        for name in call.required_files:
            file = Upload(_PDF, f"{name.lower()}.pdf", "application/pdf")
            add_file(Offer.objects.get(pk=offer.pk), file, purpose=name, actor=actor)
        if handed_in:
            written = Offer.objects.get(pk=offer.pk)
            hand_in(written, seen_version=written.draft_version, actor=actor)


def _write(offer: Offer, content: Content, actor: Actor) -> None:
    with transaction.atomic():
        keep_draft(Offer.objects.select_for_update().get(pk=offer.pk), deepcopy(content), actor=actor)


def _content(offer: Offer, lot: Lot, told: DemoOffer) -> Content:
    call = lot.call
    content = read_draft(offer) or {}
    first, last = (day.isoformat() if day else "" for day in (call.task_from, call.task_to))
    short = "".join(
        letter for letter in offer.organisation.name.lower() if letter.isascii() and letter.isalpha()
    )
    content["bidder"] |= {
        "address": told.address,
        "email": f"biuro@{short}.test",
        "contact_person": told.staff[0][0],
    }
    content["task"] |= {"title": f"Usługi opiekuńcze: {lot.title}", "place": lot.title, "summary": SUMMARY}
    content |= {
        "schedule": [
            {
                "name": name,
                "description": text,
                "group": "osoby z decyzją o usługach",
                "from": first,
                "to": last,
                "outside_party": "",
            }
            for name, text in SCHEDULE
        ],
        "results": [dict(zip(("name", "level", "monitoring"), RESULT, strict=True))],
        "resources": {
            "experience": told.experience,
            "staff": f"Osoby wskazane z nazwiska: {len(told.staff)}.",
            "material": "Biuro, telefony służbowe, rowery.",
            "financial": "Składki i darowizny.",
        },
        "staff": [
            {"name": name, "function": function, "qualifications": ["carer_course"], "fte": fte}
            for name, function, fte in told.staff
        ],
        "concept": dict(told.concept),
        "promises": [
            dict(
                zip(
                    ("part", "measure", "indicator", "direction", "value", "unit", "measured_by"),
                    row,
                    strict=True,
                )
            )
            for row in told.promises
        ],
        "budget": _budget(lot, told),
        "declarations": dict.fromkeys(DECLARATIONS, True),
    }
    return with_sums(content)


def _budget(lot: Lot, told: DemoOffer) -> dict[str, Any]:
    """As many hours as the part plans, or as its money pays for, the same in every year, and the organisation's own
    share above the least."""
    call = lot.call
    years = range(call.task_from.year, call.task_to.year + 1) if call.task_from and call.task_to else range(0)
    planned = Decimal(lot.minutes or 0) / 60
    most = (lot.funds / (1 - _OWN_SHARE) - _ADMIN * len(years)) / told.price
    hours = (min(planned, most) / len(years)).quantize(Decimal(1), ROUND_DOWN)
    total = (hours * told.price + _ADMIN) * len(years)
    # Kept to whole złoty above the share, so that no rounding takes it below.
    own = (total * _OWN_SHARE).quantize(Decimal(1), ROUND_DOWN) + 1
    return {
        "costs": [
            {
                "kind": kind,
                "name": name,
                "unit": unit,
                "unit_cost": cost,
                "quantity": quantity,
                "year": str(year),
            }
            for year in years
            for kind, name, unit, cost, quantity in (
                ("action", "Godziny usług", "h", str(told.price), f"{hours}.00"),
                ("admin", "Księgowość i koordynacja", "miesiąc", "1000.00", "12.00"),
            )
        ],
        "own_financial": f"{own}.00",
        "own_in_kind": "0.00",
        "payments": "0.00",
        "minutes": int(hours) * 60 * len(years),
    }


def open_demo_offers(call: Call) -> None:
    """Two members of the call's committee open its offers."""
    seats = Seat.objects.filter(committee__call=call).working().voting().order_by("appointed_at")[:2]
    for place, seat in enumerate(seats, start=1):
        confirm_opening(call, seat_user=seat.user_id, actor=Actor(seat.user_id, f"Członek komisji {place}"))

"""Published calls with real keys, and offers written and handed in by the real verbs, in the tenant at hand."""

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from django.db import transaction

from contracting.tenders import clock
from contracting.tenders.actions import closing, drafting, handing_in, joining, opening
from contracting.tenders.actions.receipts import Receipt
from contracting.tenders.actions.sealing_keys import make_call_key, make_recovery_key
from contracting.tenders.content import CONCEPT_PARTS, DECLARATIONS, Content, empty_content
from contracting.tenders.models import Call, Offer, RecoveryKey
from contracting.tenders.rules.budget import with_sums
from kernel.access import Actor
from kernel.ids import new_id
from kernel.tenancy import public_scope, require_tenant
from tenants.models import Organisation
from tests.factories.people import partner
from tests.factories.tenders import make_call

MANAGER = Actor(new_id(), "Zofia Zarządcza")
HOLDERS = ["dyrektor", "skarbnik", "sekretarz"]


def recovery_shares() -> list[str]:
    """A new recovery key of the tenant at hand; gives its three shares."""
    return make_recovery_key(holders=HOLDERS, actor=Actor.system("tests")).shares


def published_call(**fields: Any) -> Call:
    """A published call with its key; the deadline lies two days ahead."""
    if not RecoveryKey.objects.filter(retired_at__isnull=True).exists():
        recovery_shares()
    call = make_call(state=Call.State.PUBLISHED, **fields)
    make_call_key(call)
    return call


def bidder(name: str = "Fundacja Aronia") -> Organisation:
    tenant = require_tenant()
    with public_scope():
        return partner(tenant, name=name)


def complete_content(call: Call, mark: str = "Aronia") -> Content:
    """A content that may be handed in; every text of it holds the mark."""
    assert call.task_from and call.task_to
    first, last, year = call.task_from.isoformat(), call.task_to.isoformat(), str(call.task_from.year)
    content: Content = {
        **empty_content(),
        "bidder": {
            "name": f"Fundacja {mark}",
            "legal_form": "fundacja",
            "address": f"ul. {mark} 1",
            "email": f"biuro@{mark.lower()}.test",
            "contact_person": f"Jan {mark}",
        },
        "task": {
            "title": f"Usługi {mark}",
            "from": first,
            "to": last,
            "place": f"dom {mark}",
            "summary": f"Pomoc w domu {mark}",
        },
        "schedule": [
            {
                "name": f"Wizyty {mark}",
                "description": mark,
                "group": mark,
                "from": first,
                "to": last,
                "outside_party": mark,
            }
        ],
        "results": [{"name": f"Osoby {mark}", "level": "60", "monitoring": f"dziennik {mark}"}],
        "resources": {key: f"{key} {mark}" for key in ("experience", "staff", "material", "financial")},
        "staff": [
            {"name": f"Ewa {mark}", "function": mark, "qualifications": ["carer_course"], "fte": "1.00"}
        ],
        "concept": {part: f"{part} {mark}: tak zrobimy to dobrze" for part in CONCEPT_PARTS},
        "promises": [
            {
                "part": "replacement",
                "measure": "replacement_hours",
                "indicator": f"zastępstwo {mark}",
                "direction": "at_most",
                "value": "4.00",
                "unit": "h",
                "measured_by": f"dziennik {mark}",
            }
        ],
        "budget": {
            "costs": [
                {
                    "kind": "action",
                    "name": f"godziny {mark}",
                    "unit": "h",
                    "unit_cost": "41.50",
                    "quantity": "2400.00",
                    "year": year,
                },
                {
                    "kind": "admin",
                    "name": f"księgowość {mark}",
                    "unit": "miesiąc",
                    "unit_cost": "333.33",
                    "quantity": "12.00",
                    "year": year,
                },
            ],
            "own_financial": "1000.00",
            "own_in_kind": "500.00",
            "payments": "0.00",
            "minutes": 144_000,
        },
        "declarations": dict.fromkeys(DECLARATIONS, True),
        "other": f"inne {mark}",
    }
    return with_sums(content)


def written_offer(call: Call, organisation: Organisation, mark: str = "Aronia") -> Offer:
    """An offer whose draft is complete."""
    offer = drafting.start_offer(call.lots.get(position=1), organisation, actor=MANAGER)
    write(offer, complete_content(call, mark))
    return Offer.objects.get(pk=offer.pk)


def write(offer: Offer, content: Content) -> None:
    """Put a whole content into the draft, as its authors would section by section."""
    with transaction.atomic():
        locked = Offer.objects.select_for_update().get(pk=offer.pk)
        drafting.keep_draft(locked, deepcopy(content), actor=MANAGER)


def handed_in(call: Call, organisation: Organisation, mark: str = "Aronia") -> tuple[Offer, Receipt]:
    offer = written_offer(call, organisation, mark)
    receipt = handing_in.hand_in(offer, seen_version=offer.draft_version, actor=MANAGER)
    return Offer.objects.get(pk=offer.pk), receipt


def at(moment: datetime) -> Any:
    """The database's clock shows the moment, for every module that reads it."""
    return _Everywhere(moment)


class _Everywhere:
    """Patches the clock where it was imported by name."""

    def __init__(self, moment: datetime) -> None:
        modules = (clock, closing, drafting, handing_in, joining, opening)
        self._patches = [mock.patch.object(module, "database_now", return_value=moment) for module in modules]

    def __enter__(self) -> None:
        for patch in self._patches:
            patch.start()

    def __exit__(self, *_error: object) -> None:
        for patch in reversed(self._patches):
            patch.stop()


def after_deadline(call: Call, **later: int) -> Any:
    """The clock a minute (or so much) after the call's deadline."""
    assert call.deadline is not None
    return at(call.deadline + timedelta(**(later or {"minutes": 1})))

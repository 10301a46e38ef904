"""Drafts of calls that meet every rule of the law, and what tests of calls need around them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from contracting.tenders.actions.calls import (
    CriterionLine,
    LotLine,
    create_call,
    edit_call,
    set_criteria,
    set_lots,
)
from contracting.tenders.actions.publications import record_publication
from contracting.tenders.actions.publishing import publish_call
from contracting.tenders.actions.sealing_keys import make_recovery_key
from contracting.tenders.models import Call, RecoveryKey
from kernel.access import Actor
from kernel.ids import new_id
from kernel.periods import WARSAW, local_date
from tests.factories.care import ServiceFactory

DIRECTOR = Actor(new_id(), "Alicja Nowak")
TEXTS = {
    "task_kind": "Usługi opiekuńcze w domu osoby.",
    "grant_rules": "Dotacja pokrywa koszty godzin usług.",
    "conditions": "Od poniedziałku do niedzieli, 7:00–20:00.",
    "selection": "Ocena formalna, ocena komisji, decyzja prezydenta.",
    "earlier_tasks": "2025: usługi opiekuńcze, 1 200 000,00 zł.",
}


def midnight(day: date) -> datetime:
    """The first moment of a day in Warsaw."""
    return datetime.combine(day, datetime.min.time(), WARSAW)


def in_days(days: int) -> datetime:
    """Midnight so many days from now."""
    return midnight(local_date(timezone.now()) + timedelta(days=days))


def have_recovery_key() -> None:
    """The recovery key without which nothing is published."""
    if not RecoveryKey.objects.filter(retired_at__isnull=True).exists():
        make_recovery_key(holders=["dyrektor", "skarbnik", "sekretarz"], actor=DIRECTOR)


def values_of(**changes: Any) -> dict[str, Any]:
    """Fields with which a call may be published today."""
    # A year that begins well after any deadline that tests set.
    year = local_date(in_days(100)).year + 1
    return {
        "number": "1/2027",
        "kind": Call.Kind.SUPPORT,
        **TEXTS,
        "contact": "Dział usług, tel. 91 000 00 00",
        "funds": Decimal("600000.00"),
        "grant_max": Decimal("600000.00"),
        "own_share_min": Decimal(5),
        "task_from": date(year, 1, 1),
        "task_to": date(year, 12, 31),
        "deadline": in_days(30),
        "decision_due_on": local_date(in_days(60)),
        "concept_questions": {"organisation": "Jak zaplanują Państwo wizyty?"},
        "required_files": ["Statut"],
        **changes,
    }


def ready_draft(**changes: Any) -> Call:
    """A draft made by the real verbs that meets every rule."""
    have_recovery_key()
    call = create_call(
        title="Usługi opiekuńcze 2027", kind=Call.Kind.SUPPORT, service=ServiceFactory(), actor=DIRECTOR
    )
    values = values_of(**changes)
    edit_call(call, actor=DIRECTOR, **values)
    if values["funds"]:
        set_lots(call, [LotLine("Całe miasto", "", values["funds"], 720_000)], actor=DIRECTOR)
    set_criteria(
        call,
        [
            CriterionLine("Cena", "", "price", 10, 40, "budget"),
            CriterionLine("Koncepcja", "Jak odpowiada na pytania.", "merit", 20, 60, "concept"),
        ],
        actor=DIRECTOR,
    )
    call.refresh_from_db()
    return call


def published_call(**changes: Any) -> Call:
    """A call on the board, its other two proofs recorded for today."""
    call = publish_call(ready_draft(**changes), actor=DIRECTOR)
    prove(call)
    return call


def prove(call: Call, subject: str = "announcement", amendment: Any = None) -> None:
    """Proofs of the Bulletin and of the board at the seat, of today."""
    today = local_date(timezone.now())
    for place in ("bip", "board"):
        record_publication(
            call,
            subject=subject,
            amendment=amendment,
            place=place,
            posted_on=today,
            url="https://bip.alfa.test/1",
            actor=DIRECTOR,
        )


def set_deadline_back(call: Call, by: timedelta = timedelta(minutes=5)) -> Call:
    """Make the deadline lie in the past, as if time had gone by; published before it."""
    now = timezone.now()
    Call.objects.filter(pk=call.pk).update(published_at=now - timedelta(days=40), deadline=now - by)
    call.refresh_from_db()
    return call

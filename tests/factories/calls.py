"""The calls of a tenant for the table of routes: one being drafted, one open, with what stands around it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from contracting.tenders.models import Call, JustificationRequest, Publication, Question
from documents.actions import store_file
from kernel.access import Actor
from kernel.ids import new_id
from tests.factories.tenders import make_call

_OPEN, _DRAFT = "K/otwarty", "Konkurs w przygotowaniu"


def tenant_calls() -> dict[str, Any]:
    """A draft and an open call of the tenant at hand, made once; they belong to no organisation."""
    draft = Call.objects.filter(title=_DRAFT).first() or make_call(state=Call.State.DRAFT, title=_DRAFT)
    call = Call.objects.filter(number=_OPEN).first() or _open_call()
    return {
        "draft_call": draft,
        "open_call": call,
        "open_lot": call.lots.get(position=1),
        "planned_publication": call.publications.get(planned=True),
        "proven_publication": call.publications.get(proof__isnull=False),
        "question": call.questions.get(),
        "demand": call.justifications.get(),
    }


def _open_call() -> Call:
    today = timezone.localdate()
    call = make_call(
        number=_OPEN, state=Call.State.PUBLISHED, deadline=timezone.now() + timedelta(days=40), proven=False
    )
    proof = store_file(
        b"%PDF-1.7\n%%EOF",
        name="tablica.pdf",
        content_type="application/pdf",
        folder="publications",
        actor=Actor.system("tests"),
    )
    common = {"call": call, "recorded_by": new_id()}
    Publication.objects.create(place="bip", posted_on=today, planned=True, **common)
    Publication.objects.create(place="board", posted_on=today, proof=proof, **common)
    Question.objects.create(call=call, asked_by=new_id(), organisation_id=new_id(), text="Czy w soboty?")
    JustificationRequest.objects.create(call=call, received_on=today, reference="OPS.1.2026")
    return call

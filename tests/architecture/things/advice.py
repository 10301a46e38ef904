"""Things of advice in the world of the table of routes."""

from datetime import date, time, timedelta
from typing import Any

from django.utils import timezone

from documents.actions import store_file
from kernel.access import Actor
from kernel.ids import new_id
from reporting.advice.links import answer_path
from reporting.advice.models import (
    AdviceFile,
    Appointment,
    Availability,
    NoteDeputy,
    Referral,
    Request,
    Slot,
    Topic,
)


def things(made: Any) -> dict[str, Any]:
    """One thing of every kind that an address of advice names, for one organisation; runs in the tenant."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    topic = Topic.objects.first() or Topic.objects.create(code="topic", name="Sprawy ogólne")
    request = Request.objects.first() or Request.objects.create(
        kind="legal", requested_on=date(2026, 10, 1), alias="Oczekujący"
    )
    availability = Availability.objects.create(
        adviser=made.worker,
        kind="legal",
        weekday=2,
        start=time(15),
        end=time(18),
        place="office",
        where=f"pokój {made.mark}",
        valid_from=date(2026, 1, 1),
    )
    slot = Slot.objects.create(
        availability=availability,
        adviser=made.worker,
        kind="legal",
        starts_at=now + timedelta(days=9),
        ends_at=now + timedelta(days=9, hours=1),
        place="office",
    )
    appointment = Appointment.objects.create(
        kind="legal",
        adviser=made.worker,
        alias=f"K-{made.mark}",
        starts_at=now + timedelta(days=2),
        ends_at=now + timedelta(days=2, hours=1),
        place="office",
        where=made.mark,
        link_key=new_id().hex[:22],
    )
    file = store_file(
        b"date;time\n",
        name=f"{made.mark}.csv",
        content_type="text/csv",
        folder="advice",
        actor=Actor.system("t"),
    )
    return {
        "advice_topic": topic,
        "advice_request": request,
        "availability": availability,
        "advice_slot": slot,
        "appointment": appointment,
        "answer_token": answer_path(appointment).rstrip("/").rsplit("/", 1)[1],
        "referral": Referral.objects.create(
            appointment=appointment, referred_to=made.mark, referred_on=date(2026, 10, 1)
        ),
        "advice_file": AdviceFile.objects.create(
            file=file, organisation_ids=[made.organisation.pk], state=AdviceFile.State.READY
        ),
        "note_deputy": NoteDeputy.objects.create(
            author_id=new_id(), deputy_id=new_id(), valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31)
        ),
    }

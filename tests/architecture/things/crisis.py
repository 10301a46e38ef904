"""Things of crisis in the world of the table of routes."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from kernel.access import Actor
from kernel.ids import new_id
from reporting.crisis.actions import (
    CaseOpening,
    SessionEntry,
    open_case,
    record_session,
    refer,
    write_document,
)
from reporting.crisis.models import (
    ContactPoint,
    DictionaryEntry,
    Duty,
    OpeningHours,
    ShelterPlace,
    ShelterStay,
    TeamMeeting,
)


def things(made: Any) -> dict[str, Any]:
    """One thing of every kind that an address of crisis names, for one organisation; runs in the tenant."""
    actor = Actor(new_id(), f"Interwent {made.mark}")
    now = timezone.now()
    # The dictionaries hold for all organisations of a tenant, so an entry bears no mark of one.
    entry = DictionaryEntry.objects.filter(kind="institution").first() or DictionaryEntry.objects.create(
        kind="institution", name=f"Policja {made.tenant.slug}", valid_from=now.date() - timedelta(days=400)
    )
    opening = CaseOpening(
        opened_at=now - timedelta(days=40),
        contact="field",
        identity="alias",
        alias=f"Pani {made.mark}",
        contract=made.contract,
        entries=[entry],
    )
    case = open_case(opening, actor=actor)
    told = {"event": f"Zdarzenie {made.mark}", "state": f"Stan {made.mark}"}
    session = SessionEntry(now - timedelta(days=30), 60, "done", "office", actor.user_id)  # type: ignore[arg-type]
    place = ShelterPlace.objects.create(
        organisation=made.organisation,
        name=f"Miejsce {made.mark}",
        valid_from=now.date() - timedelta(days=99),
    )
    TeamMeeting.objects.create(
        organisation=made.organisation, held_at=now - timedelta(days=9), minutes=60, participants=[made.mark]
    )
    point = ContactPoint.objects.create(
        organisation=made.organisation,
        name=f"Punkt {made.mark}",
        address=f"ul. {made.mark} 1",
        valid_from=now.date() - timedelta(days=99),
    )
    return {
        "crisis_point": point,
        "crisis_hours": OpeningHours.objects.create(
            organisation=made.organisation,
            point=point,
            weekdays=[1, 2],
            opens=480,
            closes=1200,
            people=1,
            valid_from=point.valid_from,
        ),
        "crisis_duty": Duty.objects.create(
            organisation=made.organisation,
            user_id=actor.user_id,
            name=f"Interwent {made.mark}",
            starts_at=now + timedelta(days=1),
            ends_at=now + timedelta(days=1, hours=12),
        ),
        "crisis_place": place,
        "crisis_stay": ShelterStay.objects.create(
            place=place,
            case=case,
            from_day=now.date() - timedelta(days=5),
            to_day=now.date() + timedelta(days=5),
        ),
        "crisis_debriefing": case.debriefings.get(),
        "crisis_case": case,
        "crisis_entry": entry,
        "crisis_worker": case.team.get(),
        "crisis_kind": "help_plan",
        "crisis_document": write_document(case, "first_contact", told, actor=actor),
        "crisis_session": record_session(case, session, actor=actor),
        "crisis_referral": refer(case, to=entry, made_on=(now - timedelta(days=20)).date(), actor=actor),
    }

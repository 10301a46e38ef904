"""What a carer's phone carries through a shift: her visits of today and tomorrow with what they need, and no more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from contracting.commissioning.models import Activity
from contracting.contracts.models import Worker
from kernel.access import Access
from reporting.care.contacts import Contact, phone_shown
from reporting.care.models import Decision, PlanSlot
from reporting.compliance.today import round_of
from reporting.compliance.today.rounds import RoundStop
from reporting.delivery.knowing import known_to
from reporting.delivery.models import Visit
from reporting.field.models import Observation, PhoneEntry
from reporting.field.queries import in_the_way, may_stand_beside
from reporting.field.rules.clock import PhoneClock, WallTimes, propose
from ui.formatting import format_time

# The phone holds so many days of persons' data, today's included, and the answers of so many days.
DAYS = 2
ANSWERS = timedelta(days=7)


@dataclass(frozen=True)
class Shift:
    """The stops by day, the decisions they name, entries that wait and what became of observations.

    `unknown` are decisions whose person the carer does not know yet: she typed a number, which anybody can guess, and
    what she made of it herself tells neither a name nor an address until somebody confirms it.
    """

    has_worker: bool
    stops: dict[date, list[RoundStop]]
    decisions: dict[UUID, Decision]
    activities: dict[UUID, list[tuple[str, str]]]
    slots: dict[UUID, list[PlanSlot]]
    entries: list[PhoneEntry]
    observations: list[Observation]
    unknown: set[UUID]

    @property
    def person_ids(self) -> set[UUID]:
        """Everybody whose data the phone gets."""
        named = [*self.decisions.values(), *(each.decision for each in self.observations)]
        return {each.person_id for each in named if each.pk not in self.unknown}


def read_shift(access: Access, today: date) -> Shift:
    """The shift of the person's own account; a constant number of queries, and one for each conflict."""
    days = [today + timedelta(days=ahead) for ahead in range(DAYS)]
    stops = {day: round_of(access, day) for day in days}
    entries = list(
        PhoneEntry.objects.of_user(access)
        .visible_to(access)
        .open()
        .select_related("decision__person", "worker")
    )
    decisions = {stop.decision.pk: stop.decision for day in days for stop in stops[day]}
    decisions |= {entry.decision_id: entry.decision for entry in entries if entry.decision is not None}
    observations = list(
        Observation.objects.of_user(access)
        .visible_to(access)
        .filter(received_at__gte=timezone.now() - ANSWERS)
        .select_related("decision__person")
    )
    named = decisions.keys() | {each.decision_id for each in observations}
    return Shift(
        has_worker=Worker.objects.visible_to(access).filter(user_id=access.actor.user_id).exists(),
        stops=stops,
        decisions=decisions,
        activities=_activities(decisions.values()),
        slots=_slots(decisions),
        entries=entries,
        observations=observations,
        unknown=named - known_to(access, named),
    )


def _activities(decisions: Iterable[Decision]) -> dict[UUID, list[tuple[str, str]]]:
    """Code and name of what each decision's scope holds, in the order of the service."""
    decisions = list(decisions)
    known = Activity.objects.filter(service_id__in={each.service_id for each in decisions}).order_by(
        "position", "code"
    )
    by_service: dict[UUID, list[tuple[str, str]]] = {}
    for one in known:
        by_service.setdefault(one.service_id, []).append((one.code, one.name))
    return {
        each.pk: [pair for pair in by_service.get(each.service_id, []) if pair[0] in each.activities]
        for each in decisions
    }


def _slots(decisions: dict[UUID, Decision]) -> dict[UUID, list[PlanSlot]]:
    found: dict[UUID, list[PlanSlot]] = {}
    for slot in PlanSlot.objects.filter(decision_id__in=decisions):
        found.setdefault(slot.decision_id, []).append(slot)
    return found


def shift_json(shift: Shift) -> dict[str, Any]:
    """The shift as the phone keeps it: local days and wall-clock times.

    How a person is reached stands with the decisions of the days' visits only, not with those of entries that wait.
    """
    reached = {stop.decision.pk for stops in shift.stops.values() for stop in stops} - shift.unknown
    return {
        "has_worker": shift.has_worker,
        "days": {
            day.isoformat(): [_stop_json(day, stop) for stop in stops] for day, stops in shift.stops.items()
        },
        "decisions": {
            str(pk): {
                "number": decision.number,
                "person": "" if pk in shift.unknown else str(decision.person),
                "contact": _contact_json(decision.person.contact) if pk in reached else None,
                "activities": [{"code": code, "name": name} for code, name in shift.activities[pk]],
                "plan": [
                    [slot.weekday, format_time(slot.start), slot.minutes] for slot in shift.slots.get(pk, [])
                ],
            }
            for pk, decision in shift.decisions.items()
        },
        "entries": [entry_json(entry) for entry in shift.entries],
        "observations": [
            {
                "id": each.pk,
                "person": "" if each.decision_id in shift.unknown else str(each.decision.person),
                "priority": each.priority,
                "read": each.read_at is not None,
                "answer": each.answer,
            }
            for each in shift.observations
        ],
    }


def _contact_json(contact: Contact) -> dict[str, str]:
    """What a carer needs to come to the door; whom else one may call stays in the office."""
    return {
        "address": contact.address,
        "phone": contact.phone,
        "phone_shown": phone_shown(contact.phone),
        "entry_note": contact.entry_note,
    }


def _stop_json(day: date, stop: RoundStop) -> dict[str, Any]:
    visit = stop.visit
    end = timezone.localtime(visit.ends_at) if visit else _planned_end(day, stop)
    return {
        "decision": stop.decision.pk,
        "start": f"{stop.start:%H:%M}",
        "end": f"{end:%H:%M}",
        "minutes": stop.minutes,
        "state": stop.state,
        "visit": visit.pk if visit else None,
        # What a correction begins with.
        "version": visit.version if visit else 0,
        "done": visit.activities if visit else [],
        "note": visit.note if visit else "",
    }


def _planned_end(day: date, stop: RoundStop) -> datetime:
    return datetime.combine(day, stop.start) + timedelta(minutes=stop.minutes)


def visit_json(visit: Visit) -> dict[str, Any]:
    """A visit of the diary as a conflict shows it."""
    return {
        "id": visit.pk,
        "version": visit.version,
        "date": visit.date,
        "start": f"{visit.start:%H:%M}",
        "end": f"{timezone.localtime(visit.ends_at):%H:%M}",
        "state": visit.state,
        "state_name": visit.get_state_display(),
        "source": visit.get_source_display(),
        "activities": visit.activities,
    }


def times_json(times: WallTimes | None) -> dict[str, str] | None:
    if times is None:
        return None
    return {
        "date": times.day.isoformat(),
        "start": f"{times.start:%H:%M}",
        "end": f"{times.end:%H:%M}",
    }


def proposal_of(entry: PhoneEntry) -> WallTimes:
    """The times offered to whoever corrects the entry: by the server's clock where it can tell them."""
    times = WallTimes(entry.day, entry.start, entry.end)
    if entry.state != PhoneEntry.State.CLOCK:
        return times
    return propose(PhoneClock(entry.offset_then, entry.offset_now, entry.jumped), times) or times


def entry_json(entry: PhoneEntry) -> dict[str, Any]:
    """An entry that the server has kept, as the phone shows it."""
    return {
        "id": entry.pk,
        "decision": entry.decision_id,
        "number": entry.number,
        "corrects": entry.corrects,
        "date": entry.day,
        "start": f"{entry.start:%H:%M}",
        "end": f"{entry.end:%H:%M}",
        "visit_state": entry.visit_state,
        "state": entry.state,
        "said": entry.said,
        "asked": entry.asked,
        "proposal": times_json(proposal_of(entry)),
        "both": may_stand_beside(entry),
        "current": [visit_json(visit) for visit in in_the_way(entry)],
    }

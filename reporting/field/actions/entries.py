"""Taking a visit from a phone: into the diary, or kept with what stands in the way. Nothing sent is lost or doubled."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from contracting.contracts.models import Worker
from kernel.access import Access, Actor
from kernel.errors import DomainError
from reporting.care.locking import anonymised, hold_persons_of
from reporting.care.models import Decision
from reporting.delivery.actions import Operation, VisitContent, save_cells
from reporting.delivery.actions import Outcome as Saved
from reporting.delivery.models import Visit
from reporting.field.locking import lock_entries
from reporting.field.models import PhoneEntry
from reporting.field.queries import in_the_way, numbered, same_visit, visits_of_others
from reporting.field.rules.clock import TRUSTED, PhoneClock, WallTimes, crosses_unsaid, judge
from ui.formatting import format_time

State = PhoneEntry.State
# The code of an entry that ends before it starts and of which nobody has said that it ended on the next day.
ENDS_BEFORE = "ends_before_start"
# The code of an entry about somebody whose names were taken off.
GONE = "person_anonymised"
# The code of an entry of a visit that was begun by mistake: kept, and entered nowhere.
DROPPED = "dropped"


@dataclass(frozen=True)
class SentVisit:
    """A visit as a phone sends it: `id` is made there; `decision_id` or the number of the decision as typed.

    `clocked` says that the times are by the phone's clock; those of a visit not made are the plan's, those of a
    correction (of the visit `corrects` as it was in `version`) the carer's own. `overnight` is her word that the visit
    ended on the next day, `dropped` that no visit was begun: she had touched the wrong button.
    """

    id: UUID
    decision_id: UUID | None
    number: str
    times: WallTimes
    state: str
    activities: tuple[str, ...]
    note: str
    seen: frozenset[UUID]
    clock: PhoneClock
    clocked: bool = True
    corrects: UUID | None = None
    version: int = 0
    overnight: bool = False
    dropped: bool = False


@dataclass
class Outcome:
    """What became of it: the entry as it is kept, and the visits that stand in its way in a conflict."""

    entry: PhoneEntry
    current: list[Visit] = field(default_factory=list)


def take_visit(sent: SentVisit, *, access: Access, actor: Actor) -> Outcome:
    """Put a sent visit into the diary, or keep it for a person; sending it again gives what became of it.

    Raises DomainError `no_worker` where the account is linked with no carer: then the phone keeps it.
    """
    decision = _decision(sent, access)
    worker = _worker(access, decision)
    with transaction.atomic():
        lock_entries(worker.pk)
        known = PhoneEntry.objects.select_related("decision__contract").filter(pk=sent.id).first()
        if known is not None and known.worker_id != worker.pk:
            raise DomainError("not_yours", _("This entry belongs to another carer. Enter the visit anew."))
        if known is not None:
            return Outcome(known, in_the_way(known))
        entry = PhoneEntry(id=sent.id, worker=worker, corrects=sent.corrects, version=sent.version)
        _fill(entry, sent, decision)
        gone = hold_persons_of([decision.pk]) if decision else {}
        if gone and not sent.dropped:
            current = []
            [code] = gone.values()
            _refuse_unnoted(entry, anonymised(code))
        else:
            current = _enter(entry, sent, access, actor)
        _keep(entry, actor)
    return Outcome(entry, current)


def _enter(entry: PhoneEntry, sent: SentVisit, access: Access, actor: Actor) -> list[Visit]:
    """Decide what the entry is now: in the diary, or waiting for somebody and why, or dropped."""
    if sent.dropped:
        _stop(entry, State.DISMISSED, DROPPED, _("The carer dropped this visit: it was begun by mistake."))
        entry.settled_at, entry.settled_by = timezone.now(), actor.user_id
        entry.settled_by_name = actor.label[:200]
        return []
    if entry.decision is None and entry.corrects is not None:
        raise DomainError("not_yours", _("This entry belongs to another carer. Enter the visit anew."))
    if entry.decision is None:
        sentence = _(
            "No decision with the number “%(number)s” is in force at your organisation on this day. Correct the "
            "number, or the day."
        )
        _stop(entry, State.REFUSED, "unknown_decision", sentence % {"number": entry.number})
        return []
    clock = PhoneClock(entry.offset_then, entry.offset_now, entry.jumped)
    times = WallTimes(entry.day, entry.start, entry.end)
    tolerance = settings.FIELD_CLOCK_TOLERANCE_SECONDS
    verdict = (
        judge(clock, times, received_at=timezone.now(), tolerance=tolerance) if sent.clocked else TRUSTED
    )
    if verdict != TRUSTED:
        _stop(entry, State.CLOCK, f"clock_{verdict}", clock_sentence(verdict))
        return []
    # The times of a visit not made are the plan's, which says by itself where a night ends.
    if (sent.clocked or sent.corrects) and crosses_unsaid(times, sent.overnight):
        _stop(entry, State.REFUSED, ENDS_BEFORE, ends_before(times))
        return []
    standing = same_visit(entry) if entry.corrects is None else []
    if standing:
        sentence = _("A visit to this person on this day is in the diary already. Compare both and choose.")
        _stop(entry, State.CONFLICT, "already_entered", sentence)
        return standing
    return enter_in_diary(entry, entry.decision, frozenset(entry.seen), access=access, actor=actor)


def ends_before(times: WallTimes) -> str:
    """The question about an end before the start of which nobody has said that it is on the next day."""
    sentence = _(
        "The end, %(end)s, is before the start, %(start)s. If the visit ended on the next day, say so; otherwise "
        "correct the times."
    )
    return sentence % {"end": format_time(times.end), "start": format_time(times.start)}


def enter_in_diary(
    entry: PhoneEntry, decision: Decision, seen: frozenset[UUID], *, access: Access, actor: Actor
) -> list[Visit]:
    """Record the entry as a new visit, or correct one, by the diary's own verb; what it refuses becomes its state."""
    if entry.corrects is not None:
        return _correct_in_diary(entry, entry.corrects, decision, access, actor)
    operation = Operation(
        id=entry.pk,
        kind="record",
        visit_id=entry.pk,
        decision_id=decision.pk,
        content=content_of(entry),
        seen=seen | visits_of_others(entry),
        source=Visit.Source.PHONE,
    )
    [saved] = save_cells(decision.contract, [operation], access=access, actor=actor)
    return take_outcome(entry, saved)


def _correct_in_diary(
    entry: PhoneEntry, visit_id: UUID, decision: Decision, access: Access, actor: Actor
) -> list[Visit]:
    """Let the visit say what the entry says, where it is the carer's own and still as she had it before her."""
    if PhoneEntry.objects.filter(pk=visit_id, worker_id=entry.worker_id, code=DROPPED).exists():
        # Dropped in one window of the phone and finished in another: what was said of the visit is what there is.
        entry.corrects, entry.version = None, 0
        return enter_in_diary(entry, decision, frozenset(entry.seen), access=access, actor=actor)
    waits = PhoneEntry.objects.open().filter(pk=visit_id, worker_id=entry.worker_id).exists()
    others = Visit.objects.filter(pk=visit_id).exclude(worker_id=entry.worker_id).exists()
    if waits:
        sentence = _(
            "The visit that you corrected is not in the diary yet. Settle it first, then correct it."
        )
        _stop(entry, State.REFUSED, "not_stored", sentence)
        return []
    if others:
        _stop(entry, State.REFUSED, "not_yours", _("The visit that you corrected is another carer's by now."))
        return []
    operation = Operation(
        id=entry.pk,
        kind="change",
        visit_id=visit_id,
        decision_id=decision.pk,
        version=entry.version,
        content=content_of(entry),
    )
    [saved] = save_cells(decision.contract, [operation], access=access, actor=actor)
    return take_outcome(entry, saved)


def take_outcome(entry: PhoneEntry, saved: Saved) -> list[Visit]:
    """What the diary said becomes the entry's state; gives the visits that stand in its way."""
    if saved.error is None:
        entry.state, entry.code, entry.said = State.STORED, "", ""
        entry.visit_id = saved.operation.visit_id
        if entry.corrects is not None and saved.visit is not None:
            entry.version = saved.visit.version
        return []
    first = saved.error.problems[0]
    if first.code == "month_closed":
        sentence = _(
            "The month was handed in before this entry arrived. It is kept here: the coordinator asks the social unit "
            "to return the month and enters it then; where the month is accepted, the unit adds the visit to a later "
            "one."
        )
        _stop(entry, State.WAITING, first.code, sentence)
    elif first.code in {"changed_meanwhile", "already_there"}:
        _stop(entry, State.CONFLICT, first.code, str(first.message))
        return saved.current or in_the_way(entry)
    elif first.code == GONE:
        _refuse_unnoted(entry, saved.error)
    else:
        _stop(entry, State.REFUSED, first.code, str(first.message))
    return []


def _refuse_unnoted(entry: PhoneEntry, refusal: DomainError) -> None:
    """Keep the times without the note: nothing is written about somebody whose names were taken off."""
    entry.note = ""
    _stop(entry, State.REFUSED, GONE, str(refusal.message))


def content_of(entry: PhoneEntry) -> VisitContent:
    """What the diary takes of the entry."""
    return VisitContent(
        day=entry.day,
        start=entry.start,
        end=entry.end,
        worker_id=entry.worker_id,
        state=entry.visit_state,
        activities=tuple(entry.activities),
        note=entry.note,
    )


def clock_sentence(verdict: str) -> str:
    """Why times by the phone's clock are asked about."""
    return {
        "wrong": _("The clock of the phone shows another time than the server. Say when the visit was."),
        "moved": _("The clock of the phone was changed meanwhile. Say when the visit was."),
        "ahead": _("By the clock of the server this visit has not ended yet. Say when the visit was."),
    }[verdict]


def _fill(entry: PhoneEntry, sent: SentVisit, decision: Decision | None) -> None:
    entry.decision = decision
    entry.number = decision.number if decision else sent.number
    entry.day, entry.start, entry.end = sent.times.day, sent.times.start, sent.times.end
    entry.visit_state, entry.activities, entry.note = sent.state, sorted(set(sent.activities)), sent.note
    entry.seen = sorted(sent.seen)
    entry.offset_then, entry.offset_now, entry.jumped = sent.clock.then, sent.clock.now, sent.clock.jumped


def _stop(entry: PhoneEntry, state: str, code: str, said: str) -> None:
    entry.state, entry.code, entry.said = state, code[:40], said[:500]


def _keep(entry: PhoneEntry, actor: Actor) -> None:
    """Save the entry; where the diary has written no line of its own, this is the line."""
    entry.save(force_insert=True)
    if entry.state != State.STORED:
        record(
            "keep_phone_entry",
            actor=actor,
            subject_type="decision" if entry.decision_id else "worker",
            subject_id=entry.decision_id or entry.worker_id,
            payload=summary_of(entry),
        )


def summary_of(entry: PhoneEntry) -> dict[str, Any]:
    """What the audit line keeps of an entry: never the note."""
    return {
        "entry": entry.pk,
        "worker": entry.worker_id,
        "day": entry.day,
        "start": entry.start,
        "end": entry.end,
        "state": entry.state,
        "code": entry.code,
        "offset_then": entry.offset_then,
        "offset_now": entry.offset_now,
    }


def _decision(sent: SentVisit, access: Access) -> Decision | None:
    """The decision that the phone names, within the organisations for which the person works.

    Under a number typed by hand only a visit that was made is entered: whoever could enter an absence under any
    number would read the name of whoever has it.
    """
    own = Worker.objects.visible_to(access).filter(user_id=access.actor.user_id)
    organisations = list(own.values_list("organisation_id", flat=True))
    if sent.decision_id is not None:
        decisions = Decision.objects.visible_to(access).select_related("contract")
        found: Decision | None = decisions.filter(
            pk=sent.decision_id, contract__organisation_id__in=organisations
        ).first()
        return found
    if not sent.clocked or sent.state != Visit.State.DONE:
        return None
    return numbered(sent.number, sent.times.day, organisations, access)


def _worker(access: Access, decision: Decision | None) -> Worker:
    workers = Worker.objects.visible_to(access).filter(user_id=access.actor.user_id).order_by("code")
    if decision is not None:
        workers = workers.filter(organisation_id=decision.contract.organisation_id)
    worker: Worker | None = workers.first()
    if worker is None:
        sentence = _(
            "Your account is not linked with a carer. Ask your coordinator to link it; the entry stays here."
        )
        raise DomainError("no_worker", sentence)
    return worker

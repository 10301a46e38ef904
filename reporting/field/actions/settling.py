"""Settling an entry of a phone that waits: by the carer herself, or by the coordinator."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from kernel.access import Access, Actor
from kernel.errors import Conflict, DomainError
from kernel.periods import Month
from reporting.delivery.actions import Operation, save_cells
from reporting.delivery.models import Visit
from reporting.field.actions.entries import (
    ENDS_BEFORE,
    content_of,
    ends_before,
    enter_in_diary,
    summary_of,
    take_outcome,
)
from reporting.field.locking import lock_entries
from reporting.field.models import PhoneEntry
from reporting.field.queries import in_the_way, numbered, same_visit
from reporting.field.rules.clock import WallTimes, crosses_unsaid
from reporting.settlement.actions import LateVisit, add_late_visit
from reporting.settlement.models import Adjustment

KEEP, BOTH, REPLACE, TIMES, RETRY, ASK = "keep", "both", "replace", "times", "retry", "ask"
# Not a choice of the carer's or the provider's: the social unit adds the visit to a later month.
LATE = "late"
KINDS = (KEEP, BOTH, REPLACE, TIMES, RETRY, ASK)


@dataclass(frozen=True)
class Choice:
    """What the person chose: keep the diary as it is, enter as a second visit, replace `visit_id`, try again, or pass
    the question on to the coordinator; or name the times (`overnight`: they end on the next day) and the decision,
    where its number was wrong.
    """

    kind: str
    visit_id: UUID | None = None
    version: int = 0
    times: WallTimes | None = None
    number: str = ""
    overnight: bool = False


def settle_entry(entry: PhoneEntry, choice: Choice, *, access: Access, actor: Actor) -> PhoneEntry:
    """Do what was chosen; the entry is in the diary, dismissed, or waits on with the reason.

    Raises DomainError `unknown_choice`, `nothing_to_replace`, `times_missing`, `unknown_decision`, `overlapping`,
    `ends_before_start`; Conflict `settled_meanwhile`.
    """
    with transaction.atomic():
        entry = _hold(entry)
        verb = _VERBS.get(choice.kind)
        if verb is None:
            raise DomainError("unknown_choice", _("Choose what is to become of the entry."), field="choice")
        if entry.code == ENDS_BEFORE and choice.kind in (BOTH, RETRY):
            times = WallTimes(entry.day, entry.start, entry.end)
            raise DomainError(ENDS_BEFORE, ends_before(times), field="choice")
        verb(entry, choice, access, actor)
        _write_down(entry, choice.kind, actor)
    return entry


def add_entry_late(entry: PhoneEntry, late: LateVisit, *, actor: Actor) -> Adjustment:
    """Add the visit of an entry to its accepted month, as it is said now; a later month carries it.

    Raises DomainError as `add_late_visit` does; Conflict `settled_meanwhile`.
    """
    with transaction.atomic():
        entry = _hold(entry)
        if entry.decision is None:
            sentence = _("The number of the decision is not known. Correct the number first.")
            raise DomainError("unknown_decision", sentence)
        made = add_late_visit(entry.decision.contract, Month.of(entry.day), late, actor=actor)
        entry.state = PhoneEntry.State.LATE
        _write_down(entry, LATE, actor)
    return made


def _hold(entry: PhoneEntry) -> PhoneEntry:
    """The entry as it is, until the transaction ends. Raises Conflict `settled_meanwhile`."""
    lock_entries(entry.worker_id)
    held: PhoneEntry = PhoneEntry.objects.select_related("decision__contract", "worker").get(pk=entry.pk)
    if not held.is_open:
        sentence = _("Somebody has settled this entry meanwhile. Reload the page to see what became of it.")
        raise Conflict("settled_meanwhile", sentence)
    return held


def _write_down(entry: PhoneEntry, choice: str, actor: Actor) -> None:
    if not entry.is_open:
        entry.settled_at, entry.settled_by = timezone.now(), actor.user_id
        entry.settled_by_name = actor.label[:200]
    entry.save()
    record(
        "settle_phone_entry",
        actor=actor,
        subject_type="decision" if entry.decision_id else "worker",
        subject_id=entry.decision_id or entry.worker_id,
        payload={"choice": choice, **summary_of(entry)},
    )


def _keep(entry: PhoneEntry, choice: Choice, access: Access, actor: Actor) -> None:
    entry.state = PhoneEntry.State.DISMISSED


def _ask(entry: PhoneEntry, choice: Choice, access: Access, actor: Actor) -> None:
    entry.asked = True


def _both(entry: PhoneEntry, choice: Choice, access: Access, actor: Actor) -> None:
    """Two visits on one day: never two at the same moment."""
    if entry.corrects is not None:
        raise DomainError("unknown_choice", _("Choose what is to become of the entry."), field="choice")
    if same_visit(entry):
        sentence = _(
            "The two visits overlap, and one carer makes one visit at a time. Keep one, or correct the times."
        )
        raise DomainError("overlapping", sentence, field="choice")
    _enter(entry, access, actor, seen=frozenset(each.pk for each in same_visit(entry, everywhere=True)))


def _retry(entry: PhoneEntry, choice: Choice, access: Access, actor: Actor) -> None:
    _enter(entry, access, actor, seen=frozenset(entry.seen))


def _times(entry: PhoneEntry, choice: Choice, access: Access, actor: Actor) -> None:
    if choice.times is None:
        raise DomainError("times_missing", _("Give the day, the start and the end."), field="day")
    if choice.number and (entry.decision is None or choice.number != entry.decision.number):
        decision = numbered(choice.number, choice.times.day, [entry.worker.organisation_id], access)
        if decision is None:
            sentence = _(
                "No decision with the number “%(number)s” is in force on this day. Correct the number or the day."
            )
            raise DomainError("unknown_decision", sentence % {"number": choice.number}, field="number")
        entry.decision, entry.number = decision, decision.number
    if crosses_unsaid(choice.times, choice.overnight):
        raise DomainError(ENDS_BEFORE, ends_before(choice.times), field="end")
    entry.day, entry.start, entry.end = choice.times.day, choice.times.start, choice.times.end
    _enter(entry, access, actor, seen=frozenset(entry.seen))


def _enter(entry: PhoneEntry, access: Access, actor: Actor, *, seen: frozenset[UUID]) -> None:
    if entry.decision is None:
        sentence = _("The number of the decision is not known. Correct the number first.")
        raise DomainError("unknown_decision", sentence, field="number")
    if entry.corrects is None and same_visit(entry):
        entry.state, entry.code = PhoneEntry.State.CONFLICT, "already_entered"
        entry.said = _("A visit to this person on this day is in the diary already. Compare both and choose.")
        return
    enter_in_diary(entry, entry.decision, seen, access=access, actor=actor)


def _replace(entry: PhoneEntry, choice: Choice, access: Access, actor: Actor) -> None:
    """What the phone says takes the place of a visit of the diary, if that is still what the person saw."""
    standing: list[Visit] = [each for each in in_the_way(entry) if each.pk == choice.visit_id]
    if not standing or entry.decision is None:
        sentence = _(
            "The visit that was to be replaced is not there any more. Reload the page and choose again."
        )
        raise DomainError("nothing_to_replace", sentence, field="choice")
    operation = Operation(
        id=entry.pk,
        kind="change",
        visit_id=standing[0].pk,
        decision_id=entry.decision.pk,
        version=choice.version,
        content=content_of(entry),
    )
    [saved] = save_cells(entry.decision.contract, [operation], access=access, actor=actor)
    take_outcome(entry, saved)


_VERBS: dict[str, Callable[[PhoneEntry, Choice, Access, Actor], None]] = {
    KEEP: _keep,
    ASK: _ask,
    BOTH: _both,
    RETRY: _retry,
    TIMES: _times,
    REPLACE: _replace,
}

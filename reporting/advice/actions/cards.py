"""What becomes of an appointment: confirmed, held with its card, missed, cancelled, opened again; referrals."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.bulk import assign
from kernel.errors import DomainError
from kernel.periods import local_datetime
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid
from kernel.workflow import Transition, Workflow
from reporting.advice.actions.booking import LINK_KEY_LENGTH, refusing_taken
from reporting.advice.actions.bounds import require_within
from reporting.advice.actions.messages import tell
from reporting.advice.actions.offers import offer_freed
from reporting.advice.models import Appointment, Referral, Reminder, Topic
from reporting.advice.permissions import BOOK, KEEP_CARDS
from reporting.care.locking import hold_known
from ui.formatting import format_time

State = Appointment.State
_OPEN = frozenset({State.PLANNED, State.CONFIRMED})

# Verb, from which states, to which, and who may.
WORKFLOW = Workflow(
    [
        Transition("confirm", frozenset({State.PLANNED}), State.CONFIRMED, BOOK),
        Transition("hold", _OPEN, State.DONE, KEEP_CARDS),
        Transition("miss", _OPEN, State.NO_SHOW, KEEP_CARDS),
        Transition("move", _OPEN, State.PLANNED, BOOK),
        Transition("cancel", _OPEN, State.CANCELLED, BOOK),
        Transition("reopen", frozenset({State.DONE, State.NO_SHOW}), State.PLANNED, KEEP_CARDS),
    ],
    _(
        "The appointment is no longer in a state that allows this. Open its page anew and look what became of it."
    ),
)


@dataclass(frozen=True)
class CardEntry:
    """What the adviser writes on the card: the session's minutes, depth, topic, and the time around it (S-111)."""

    minutes: int
    depth: str
    topic: Topic | None = None
    topic_words: str = ""
    preparation_minutes: int = 0
    documentation_minutes: int = 0
    travel_minutes: int = 0


def card_stamp(appointment: Appointment) -> str:
    """The stamp of the appointment as it stands."""
    return stamp_of(appointment.pk, appointment.version)


def confirm(appointment: Appointment, *, seen: str | None = None, actor: Actor) -> Appointment:
    """The person said that they will come."""
    with transition(appointment, "confirm", seen) as locked:
        store(locked, "confirm_advice", actor, {})
    return locked


def cancel(
    appointment: Appointment, *, cancelled_by: str, seen: str | None = None, actor: Actor
) -> Appointment:
    """Call the appointment off; its time is held for whoever waits longest and can use it, or free again.

    Where the adviser's side calls it off while it lies ahead, the person is told by the ways they gave.
    """
    with transition(appointment, "cancel", seen) as locked:
        locked.cancelled_by = cancelled_by
        store(locked, "cancel_advice", actor, {"by": cancelled_by})
        offer_freed(locked.adviser_id, locked.starts_at, locked.ends_at, actor=actor)
        if cancelled_by == Appointment.CancelledBy.ADVISER and locked.starts_at > timezone.now():
            tell(locked, Reminder.About.CANCELLED)
    return locked


def hold(appointment: Appointment, card: CardEntry, *, seen: str | None = None, actor: Actor) -> Appointment:
    """The advice was given: the card is filled in.

    Raises DomainError `not_begun` before its time, `ends_ahead` before its end, or what `require_within` does.
    """
    with transition(appointment, "hold", seen) as locked:
        _require_begun(locked)
        changed = _fill_in(locked, card)
        store(locked, "hold_advice", actor, {"fields": changed, "minutes": card.minutes})
    return locked


def edit_card(
    appointment: Appointment, card: CardEntry, *, seen: str | None = None, actor: Actor
) -> Appointment:
    """Correct the card of advice that was held."""
    with transaction.atomic():
        locked = _locked(appointment, seen)
        if locked.state != State.DONE:
            raise DomainError("wrong_state", _("Only the card of advice that was held can be corrected."))
        changed = _fill_in(locked, card)
        if changed:
            store(locked, "edit_advice_card", actor, {"fields": changed})
    return locked


def miss(appointment: Appointment, *, seen: str | None = None, actor: Actor) -> Appointment:
    """Nobody came. Raises DomainError `not_begun` before its time."""
    with transition(appointment, "miss", seen) as locked:
        _require_begun(locked)
        store(locked, "miss_advice", actor, {})
    return locked


def reopen(appointment: Appointment, *, seen: str | None = None, actor: Actor) -> Appointment:
    """Take back that it was held or missed. Raises DomainError `adviser_busy` where its time is taken meanwhile."""
    with transition(appointment, "reopen", seen) as locked:
        locked.link_key = get_random_string(LINK_KEY_LENGTH)
        store(locked, "reopen_advice", actor, {})
    return locked


def refer(appointment: Appointment, referred_to: str, referred_on: date, *, actor: Actor) -> Referral:
    """Note where the person was sent for further help (S-109)."""
    referral = Referral(appointment=appointment, referred_to=referred_to, referred_on=referred_on)
    with transaction.atomic():
        hold_known(appointment.person_id)
        require_valid(referral, exclude=["appointment"])
        referral.save(force_insert=True)
        record(
            "refer_person",
            actor=actor,
            subject_type="referral",
            subject_id=referral.pk,
            payload={"advice": appointment.pk, "on": referred_on},
        )
    return referral


def record_outcome(referral: Referral, outcome: str, outcome_on: date | None, *, actor: Actor) -> Referral:
    """Note what came of a referral. Raises DomainError `invalid` for a day before it, or an outcome without a day."""
    with transaction.atomic():
        locked: Referral = Referral.objects.select_for_update().get(pk=referral.pk)
        locked.outcome = outcome
        locked.outcome_on = None if outcome == Referral.Outcome.OPEN else outcome_on
        require_valid(locked, exclude=["appointment"])
        locked.save(update_fields=["outcome", "outcome_on"])
        record(
            "record_referral_outcome",
            actor=actor,
            subject_type="referral",
            subject_id=locked.pk,
            payload={"outcome": outcome},
        )
    return locked


@contextmanager
def transition(appointment: Appointment, verb: str, seen: str | None) -> Iterator[Appointment]:
    """The appointment, locked and moved to the state that the verb leads to; to be stored inside."""
    with transaction.atomic():
        locked = _locked(appointment, seen)
        locked.state = WORKFLOW.take(verb, locked.state).target
        yield locked


def _locked(appointment: Appointment, seen: str | None) -> Appointment:
    hold_known(appointment.person_id)
    locked: Appointment = (
        Appointment.objects.select_for_update(of=("self",)).select_related("adviser").get(pk=appointment.pk)
    )
    require_unchanged(seen, card_stamp(locked))
    return locked


def store(appointment: Appointment, verb: str, actor: Actor, payload: dict[str, object]) -> None:
    """Save the appointment under its next version, with the audit line. Raises DomainError `adviser_busy`."""
    appointment.version += 1
    appointment.changed_at = timezone.now()
    with refusing_taken():
        appointment.save()
    appointment.refresh_from_db(fields=["date", "start", "minutes"])
    record(verb, actor=actor, subject_type="advice", subject_id=appointment.pk, payload=payload)


def _fill_in(appointment: Appointment, card: CardEntry) -> list[str]:
    changed = assign(
        appointment,
        {
            "ends_at": appointment.starts_at + timedelta(minutes=card.minutes),
            "depth": card.depth,
            "topic_id": card.topic.pk if card.topic else None,
            "topic_words": card.topic_words,
            "preparation_minutes": card.preparation_minutes,
            "documentation_minutes": card.documentation_minutes,
            "travel_minutes": card.travel_minutes,
        },
    )
    require_within(appointment)
    if appointment.ends_at > timezone.now():
        sentence = _(
            "By these minutes the session ends at %(end)s, which is still to come. Correct the minutes, or fill in the "
            "card when it has ended."
        )
        told = {"end": format_time(local_datetime(appointment.ends_at).time())}
        raise DomainError("ends_ahead", sentence % told, field="minutes")
    require_valid(appointment, exclude=["adviser", "contract", "person", "request", "topic"])
    return changed


def _require_begun(appointment: Appointment) -> None:
    if appointment.starts_at > timezone.now():
        raise DomainError(
            "not_begun",
            _("The appointment has not begun yet. Until then it can be confirmed or cancelled."),
        )

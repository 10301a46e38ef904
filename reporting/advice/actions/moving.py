"""Moving an appointment: another time or adviser, the old time freed, the person told."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contracting.contracts.models import Worker
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.validation import require_valid
from reporting.advice.actions.booking import require_fitting
from reporting.advice.actions.cards import store, transition
from reporting.advice.actions.messages import tell
from reporting.advice.actions.offers import hold_slots, offer_freed, require_not_held, take_back_offers
from reporting.advice.models import Appointment, Move, Reminder


@dataclass(frozen=True)
class NewTime:
    """When, with whom and where the appointment takes place from now on; in minutes."""

    adviser: Worker
    starts_at: datetime
    minutes: int
    place: str
    where: str = ""
    companion: str = ""
    presence: str = ""


def move_appointment(
    appointment: Appointment, new: NewTime, *, seen: str | None = None, actor: Actor
) -> Appointment:
    """Move an appointment that has not begun. It is planned anew, keeps its card, queue and link, and remembers whence.

    The time it leaves is held for whoever waits longest and can use it; the person is told by the ways they gave.
    Raises Conflict where it changed meanwhile, and DomainError `wrong_state`, `begun`, `in_the_past`, `not_moved`,
    `held_for_another`, or what `require_fitting` does.
    """
    with transition(appointment, "move", seen) as locked:
        before = Move(
            appointment=locked,
            from_adviser=locked.adviser,
            from_starts_at=locked.starts_at,
            from_ends_at=locked.ends_at,
            moved_by_name=actor.label,
        )
        _require_ahead(locked, new)
        locked.adviser, locked.place, locked.where = new.adviser, new.place, new.where
        locked.starts_at = new.starts_at
        locked.ends_at = new.starts_at + timedelta(minutes=new.minutes)
        locked.companion, locked.presence = new.companion.strip(), new.presence.strip()
        hold_slots(locked.adviser_id, locked.starts_at, locked.ends_at)
        require_not_held(locked)
        require_fitting(locked)
        require_valid(locked, exclude=["adviser", "contract", "person", "request", "topic"])
        store(
            locked,
            "move_advice",
            actor,
            {
                "from": before.from_starts_at,
                "from_adviser": before.from_adviser_id,
                "to": locked.starts_at,
                "adviser": locked.adviser_id,
                "place": locked.place,
            },
        )
        before.save(force_insert=True)
        take_back_offers(locked)
        offer_freed(before.from_adviser_id, before.from_starts_at, before.from_ends_at, actor=actor)
        # The reminder of the old time is written anew.
        Reminder.objects.filter(appointment=locked).delete()
        tell(locked, Reminder.About.MOVED)
    return locked


def _require_ahead(appointment: Appointment, new: NewTime) -> None:
    now = timezone.now()
    if appointment.starts_at <= now:
        raise DomainError(
            "begun",
            _("The appointment has begun. Note what became of it, and book another one if it is needed."),
        )
    if new.starts_at <= now:
        raise DomainError(
            "in_the_past", _("This time has passed. Choose a time that lies ahead."), field="day"
        )
    same_time = (new.adviser.pk, new.starts_at) == (appointment.adviser_id, appointment.starts_at)
    length = timedelta(minutes=new.minutes)
    if same_time and new.place == appointment.place and length == appointment.ends_at - appointment.starts_at:
        raise DomainError(
            "not_moved",
            _("The appointment takes place at this time already. Choose another time or adviser."),
            field="start",
        )

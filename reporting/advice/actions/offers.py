"""Times that were freed, held for those who wait until their offer ends.

Whoever writes here locks the slots first, then the requests: two people never wait for each other.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from reporting.advice.models import Appointment, Request, Slot
from reporting.advice.models.wording import SignLanguage
from reporting.advice.terms import still_offered

_AFTERNOON_FROM = 15


def hold_slots(adviser_id: UUID, starts_at: datetime, ends_at: datetime) -> None:
    """Nobody else books or is offered a slot of this time until the transaction ends."""
    touched = _touching(adviser_id, starts_at, ends_at).select_for_update(of=("self",))
    list(touched.order_by("pk").values_list("pk", flat=True))


def require_not_held(appointment: Appointment) -> None:
    """No slot of its time is held for somebody else who waits. Raises DomainError `held_for_another`."""
    touched = _touching(appointment.adviser_id, appointment.starts_at, appointment.ends_at).order_by()
    others = Request.objects.filter(still_offered(), offered_slot_id__in=touched.values("pk"))
    if others.exclude(pk=appointment.request_id).exists():
        raise DomainError(
            "held_for_another",
            _(
                "This time is held for somebody who waits in the queue. Choose another time, or pass theirs on in the "
                "queue first."
            ),
            field="start",
        )


def offer_freed(adviser_id: UUID, starts_at: datetime, ends_at: datetime, *, actor: Actor) -> list[Request]:
    """Offer the slots freed in this interval to those who wait longest and can use them (S-101)."""
    if ends_at <= timezone.now():
        return []
    hold_slots(adviser_id, starts_at, ends_at)
    slots = list(
        Slot.objects.free()
        .filter(adviser_id=adviser_id, starts_at__lt=ends_at, ends_at__gt=starts_at)
        .filter(starts_at__gt=timezone.now())
        .select_related("adviser")
    )
    return [request for slot in slots if (request := offer_slot(slot, actor=actor)) is not None]


def offers_within(adviser_id: UUID, starts_at: datetime, ends_at: datetime) -> int:
    """How many slots of this time are held for somebody who waits."""
    touched = _touching(adviser_id, starts_at, ends_at).order_by()
    count: int = Request.objects.filter(still_offered(), offered_slot_id__in=touched.values("pk")).count()
    return count


@transaction.atomic
def offer_slot(slot: Slot, *, actor: Actor) -> Request | None:
    """Hold the slot ready for whoever waits longest and can use it.

    None where nobody can, or where it has begun, is taken, or is held for somebody already.
    """
    hold_slots(slot.adviser_id, slot.starts_at, slot.ends_at)
    is_free = Slot.objects.free().filter(pk=slot.pk).exists()
    if slot.starts_at <= timezone.now() or not is_free:
        return None
    if Request.objects.filter(offered_slot_id=slot.pk).exists():
        return None
    waiting = (
        Request.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=Request.State.WAITING, kind=slot.kind, requested_on__lte=slot.date)
        .exclude(still_offered())
    )
    fitting = (request for request in waiting if fits(request, slot))
    request: Request | None = next(fitting, None)
    if request is None:
        return None
    request.offered_slot_id, request.offered_at = slot.pk, timezone.now()
    request.save(update_fields=["offered_slot_id", "offered_at"])
    record(
        "offer_slot",
        actor=actor,
        subject_type="advice_request",
        subject_id=request.pk,
        payload={"slot": slot.pk, "starts_at": slot.starts_at},
    )
    return request


def end_passed_offers(*, actor: Actor) -> int:
    """Whoever did not take a slot in time, or whose slot has begun or is gone, waits on without it.

    A slot that lies ahead goes to the next who can use it. Returns how many offers ended.
    """
    passed = Request.objects.filter(offered_slot_id__isnull=False).exclude(still_offered())
    return sum(_end(request, actor) for request in list(passed))


def _end(request: Request, actor: Actor) -> bool:
    with transaction.atomic():
        slot: Slot | None = Slot.objects.filter(pk=request.offered_slot_id).first()
        if slot is not None:
            hold_slots(slot.adviser_id, slot.starts_at, slot.ends_at)
        locked: Request = Request.objects.select_for_update(of=("self",)).get(pk=request.pk)
        if locked.offered_slot_id != request.offered_slot_id:
            return False
        locked.declined = [*locked.declined, str(locked.offered_slot_id)]
        locked.offered_slot_id, locked.offered_at = None, None
        locked.save(update_fields=["declined", "offered_slot_id", "offered_at"])
        if slot is not None:
            offer_slot(slot, actor=actor)
    return True


def fits(request: Request, slot: Slot) -> bool:
    """Whether somebody who waits can use the slot: type, place, afternoons, sign language, and not declined before."""
    return (
        request.kind == slot.kind
        and request.place in ("", slot.place)
        and (not request.afternoon or slot.start.hour >= _AFTERNOON_FROM)
        and (request.sign_language != SignLanguage.ADVISER or slot.signs)
        and str(slot.pk) not in request.declined
    )


def take_back_offers(appointment: Appointment) -> None:
    """A slot that is booked now is no longer held ready for anybody."""
    taken = _touching(appointment.adviser_id, appointment.starts_at, appointment.ends_at)
    Request.objects.filter(offered_slot_id__in=taken.order_by().values("pk")).update(
        offered_slot_id=None, offered_at=None
    )


def _touching(adviser_id: UUID, starts_at: datetime, ends_at: datetime) -> Any:
    return Slot.objects.filter(adviser_id=adviser_id, starts_at__lt=ends_at, ends_at__gt=starts_at)

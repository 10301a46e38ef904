"""The queue: who asked for advice and waits for an appointment."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.validation import require_valid
from reporting.advice.actions.booking import NO_LONGER_WAITS, Client, offer_slot
from reporting.advice.models import Request, Slot


@dataclass(frozen=True)
class Wish:
    """What somebody asks for; an empty place means any."""

    kind: str
    requested_on: date
    client: Client
    place: str
    afternoon: bool
    sign_language: str


def request_advice(wish: Wish, *, actor: Actor) -> Request:
    """Note a request with its day, from which the waiting time counts."""
    request = Request(
        kind=wish.kind,
        requested_on=wish.requested_on,
        place=wish.place,
        afternoon=wish.afternoon,
        sign_language=wish.sign_language,
    )
    wish.client.write_on(request)
    with transaction.atomic():
        require_valid(request, exclude=["person"])
        request.save(force_insert=True)
        record(
            "request_advice",
            actor=actor,
            subject_type="advice_request",
            subject_id=request.pk,
            payload={"kind": request.kind, "requested_on": request.requested_on},
        )
    return request


def withdraw_request(request: Request, *, actor: Actor) -> Request:
    """The person waits no longer; a slot held ready for them goes to the next."""
    with transaction.atomic():
        locked = _locked_waiting(request)
        slot = _let_go(locked)
        locked.state = Request.State.WITHDRAWN
        locked.save()
        record("withdraw_advice_request", actor=actor, subject_type="advice_request", subject_id=locked.pk)
        _offer_on(slot, actor)
    return locked


def decline_slot(request: Request, *, actor: Actor) -> Request:
    """The offered slot does not suit: the person waits on, and the slot goes to the next who can use it."""
    with transaction.atomic():
        locked = _locked_waiting(request)
        if locked.offered_slot_id is None:
            raise DomainError(
                "nothing_offered", _("No time is offered to this person now. Open the queue anew.")
            )
        locked.declined = [*locked.declined, str(locked.offered_slot_id)]
        slot = _let_go(locked)
        locked.save()
        record("decline_slot", actor=actor, subject_type="advice_request", subject_id=locked.pk)
        _offer_on(slot, actor)
    return locked


def _locked_waiting(request: Request) -> Request:
    locked: Request = Request.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.state != Request.State.WAITING:
        raise DomainError("not_waiting", NO_LONGER_WAITS)
    return locked


def _let_go(request: Request) -> Slot | None:
    slot: Slot | None = Slot.objects.filter(pk=request.offered_slot_id).first()
    request.offered_slot_id, request.offered_at = None, None
    return slot


def _offer_on(slot: Slot | None, actor: Actor) -> None:
    if slot is not None and Slot.objects.free().filter(pk=slot.pk).exists():
        offer_slot(slot, actor=actor)

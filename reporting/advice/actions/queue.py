"""The queue: who asked for advice and waits for an appointment."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.validation import require_valid
from reporting.advice.actions.booking import NO_LONGER_WAITS, Client
from reporting.advice.actions.offers import hold_slots, offer_slot
from reporting.advice.models import Request, Slot
from reporting.advice.terms import bounds_today
from reporting.care.locking import hold_known


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
    """Note a request with its day, from which the waiting time counts. Raises DomainError `too_early`."""
    request = Request(
        kind=wish.kind,
        requested_on=wish.requested_on,
        place=wish.place,
        afternoon=wish.afternoon,
        sign_language=wish.sign_language,
    )
    wish.client.write_on(request)
    if wish.requested_on < bounds_today().first:
        raise DomainError(
            "too_early",
            _("This day is longer ago than advice is entered here. Correct the day."),
            field="requested_on",
        )
    with transaction.atomic():
        hold_known(request.person_id)
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
    offered: Slot | None = Slot.objects.filter(pk=request.offered_slot_id).first()
    if offered is not None:
        hold_slots(offered.adviser_id, offered.starts_at, offered.ends_at)
    locked: Request = Request.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.state != Request.State.WAITING:
        raise DomainError("not_waiting", NO_LONGER_WAITS)
    return locked


def _let_go(request: Request) -> Slot | None:
    slot: Slot | None = Slot.objects.filter(pk=request.offered_slot_id).first()
    request.offered_slot_id, request.offered_at = None, None
    return slot


def _offer_on(slot: Slot | None, actor: Actor) -> None:
    if slot is not None:
        offer_slot(slot, actor=actor)

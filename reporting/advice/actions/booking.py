"""Booking appointments, and offering times that were freed to those who wait."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.models import Contract, Worker
from kernel.access import Actor
from kernel.crypto import encrypt
from kernel.errors import DomainError
from kernel.periods import local_date
from kernel.validation import require_valid
from reporting.advice.actions.company import decide_on_company, require_presence
from reporting.advice.models import Appointment, Request, Slot
from reporting.advice.models.wording import AdvisedPerson, SignLanguage
from reporting.care.models import Person

LINK_KEY_LENGTH = 22
_AFTERNOON_FROM = 15

NO_LONGER_WAITS = _(
    "This request no longer waits: an appointment was booked, or it was withdrawn. Open the queue anew."
)

State = Appointment.State


@dataclass(frozen=True)
class Client:
    """Who comes: a registered person, an alias, or nobody known; with ways to remind them, which are encrypted."""

    person: Person | None = None
    alias: str = ""
    mail: str = ""
    phone: str = ""
    disability: str = ""

    def write_on(self, row: AdvisedPerson) -> None:
        """Put the client on a request or an appointment."""
        row.person, row.alias, row.disability = self.person, self.alias, self.disability
        row.mail_encrypted = encrypt(self.mail) if self.mail else None
        row.phone_encrypted = encrypt(self.phone) if self.phone else None


@dataclass(frozen=True)
class Booking:
    """What is to be booked; `client` is None where a request says who comes."""

    adviser: Worker
    kind: str
    starts_at: datetime
    minutes: int
    place: str
    where: str = ""
    client: Client | None = None
    request: Request | None = None
    contract: Contract | None = None
    sign_language: str = SignLanguage.NONE
    companion: str = ""
    presence: str = ""
    two_people_needed: bool = False


def book(booking: Booking, *, actor: Actor) -> Appointment:
    """A planned appointment; a request that it answers is no longer waiting.

    Raises DomainError `not_waiting`, `invalid`, or what `require_fitting` does; nobody is booked twice at once, also
    where two book at the same moment.
    """
    appointment = Appointment(
        adviser=booking.adviser,
        kind=booking.kind,
        starts_at=booking.starts_at,
        ends_at=booking.starts_at + timedelta(minutes=booking.minutes),
        place=booking.place,
        where=booking.where,
        contract=booking.contract,
        sign_language=booking.sign_language,
        companion=booking.companion.strip(),
        presence=booking.presence.strip(),
        two_people_needed=booking.two_people_needed,
        link_key=get_random_string(LINK_KEY_LENGTH),
        booked_on=min(timezone.localdate(), local_date(booking.starts_at)),
        entered_by=actor.user_id,
    )
    with transaction.atomic():
        if booking.request is not None:
            request = _waiting(booking.request)
            appointment.request = request
            appointment.person, appointment.alias = request.person, request.alias
            appointment.disability = request.disability
            appointment.mail_encrypted, appointment.phone_encrypted = (
                request.mail_encrypted,
                request.phone_encrypted,
            )
        elif booking.client is not None:
            booking.client.write_on(appointment)
        require_fitting(appointment)
        _save(appointment)
        if appointment.request is not None:
            request = appointment.request
            request.state, request.offered_slot_id, request.offered_at = Request.State.BOOKED, None, None
            request.save(update_fields=["state", "offered_slot_id", "offered_at"])
        take_back_offers(appointment)
        record(
            "book_advice",
            actor=actor,
            subject_type="advice",
            subject_id=appointment.pk,
            payload={
                "adviser": appointment.adviser_id,
                "starts_at": appointment.starts_at,
                "kind": appointment.kind,
                "place": appointment.place,
                "request": appointment.request_id,
            },
        )
    return appointment


def busy(adviser_id: UUID, starts_at: datetime, ends_at: datetime, *, but: UUID | None = None) -> Any:
    """Appointments that take the adviser's time in this interval."""
    taken = Appointment.objects.standing().filter(
        adviser_id=adviser_id, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    return taken.exclude(pk=but) if but else taken


def offer_freed(adviser_id: UUID, starts_at: datetime, ends_at: datetime, *, actor: Actor) -> list[Request]:
    """Offer the slots freed in this interval to those who wait longest and can use them (S-101)."""
    if ends_at <= timezone.now():
        return []
    slots = list(
        Slot.objects.free()
        .filter(adviser_id=adviser_id, starts_at__lt=ends_at, ends_at__gt=starts_at)
        .filter(starts_at__gt=timezone.now())
        .select_related("adviser")
    )
    return [request for slot in slots if (request := offer_slot(slot, actor=actor)) is not None]


def offer_slot(slot: Slot, *, actor: Actor) -> Request | None:
    """Hold the slot ready for whoever waits longest and can use it; None where nobody can, or where it has begun."""
    if slot.starts_at <= timezone.now() or Request.objects.filter(offered_slot_id=slot.pk).exists():
        return None
    waiting = (
        Request.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state=Request.State.WAITING, kind=slot.kind, requested_on__lte=slot.date)
        .exclude(_still_offered())
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


def end_passed_offers() -> int:
    """Whoever was offered a slot that has begun or is gone waits on without it; returns how many they are."""
    ended: int = (
        Request.objects.filter(offered_slot_id__isnull=False)
        .exclude(_still_offered())
        .update(offered_slot_id=None, offered_at=None)
    )
    return ended


def _still_offered() -> Q:
    """Requests with an offer that has not passed."""
    to_come = Slot.objects.order_by().filter(starts_at__gt=timezone.now())
    return Q(offered_slot_id__isnull=False, offered_slot_id__in=to_come.values("pk"))


def fits(request: Request, slot: Slot) -> bool:
    """Whether somebody who waits can use the slot: type, place, afternoons, sign language, and not declined before."""
    return (
        request.kind == slot.kind
        and request.place in ("", slot.place)
        and (not request.afternoon or slot.start.hour >= _AFTERNOON_FROM)
        and (request.sign_language != SignLanguage.ADVISER or slot.signs)
        and str(slot.pk) not in request.declined
    )


def _waiting(request: Request) -> Request:
    locked: Request = (
        Request.objects.select_for_update(of=("self",)).select_related("person").get(pk=request.pk)
    )
    if locked.state != Request.State.WAITING:
        raise DomainError("not_waiting", NO_LONGER_WAITS)
    return locked


def require_fitting(appointment: Appointment) -> None:
    """The adviser works on the day, for the organisation of the contract, and has time; who must be with them, is.

    Raises DomainError `adviser_gone`, `not_of_contract`, `adviser_busy`, `companion_needed` or `nobody_else_there`.
    """
    adviser = appointment.adviser
    day: date = local_date(appointment.starts_at)
    if adviser.ended_on is not None and day > adviser.ended_on:
        raise DomainError(
            "adviser_gone",
            _("%(adviser)s works until %(day)s. Choose an earlier day or another adviser.")
            % {"adviser": adviser, "day": f"{adviser.ended_on:%d.%m.%Y}"},
            field="adviser",
        )
    contract = appointment.contract
    if contract is not None and contract.organisation_id != adviser.organisation_id:
        raise DomainError(
            "not_of_contract",
            _("%(adviser)s does not work for the organisation of contract %(contract)s. Choose another one.")
            % {"adviser": adviser, "contract": contract.number},
            field="contract",
        )
    if busy(adviser.pk, appointment.starts_at, appointment.ends_at, but=appointment.pk).exists():
        raise adviser_busy()
    decide_on_company(appointment)
    require_presence(appointment)


def adviser_busy() -> DomainError:
    """The refusal of a time that the adviser no longer has."""
    return DomainError(
        "adviser_busy",
        _("The adviser has another appointment at this time. Choose another time."),
        field="start",
    )


def _save(appointment: Appointment) -> None:
    relations = ["adviser", "contract", "person", "request", "topic"]
    require_valid(appointment, exclude=relations)
    try:
        with transaction.atomic():
            appointment.save(force_insert=True)
    except IntegrityError as error:
        raise adviser_busy() from error
    appointment.refresh_from_db(fields=["date", "start", "minutes"])


def take_back_offers(appointment: Appointment) -> None:
    """A slot that is booked now is no longer held ready for anybody."""
    taken = Slot.objects.filter(
        adviser_id=appointment.adviser_id,
        starts_at__lt=appointment.ends_at,
        ends_at__gt=appointment.starts_at,
    )
    Request.objects.filter(offered_slot_id__in=taken.order_by().values("pk")).update(
        offered_slot_id=None, offered_at=None
    )

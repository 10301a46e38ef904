"""Booking appointments."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from psycopg.errors import DeadlockDetected

from audit.actions import record
from contracting.contracts.models import Contract, Worker
from kernel.access import Actor
from kernel.crypto import encrypt
from kernel.errors import DomainError
from kernel.periods import local_date
from kernel.validation import require_valid
from reporting.advice.actions.bounds import require_within
from reporting.advice.actions.company import decide_on_company, require_presence
from reporting.advice.actions.offers import hold_slots, offer_slot, require_not_held, take_back_offers
from reporting.advice.models import Appointment, Request, Slot
from reporting.advice.models.wording import AdvisedPerson, SignLanguage
from reporting.care.locking import hold_person
from reporting.care.models import Person

LINK_KEY_LENGTH = 22

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

    Raises DomainError `not_waiting`, `held_for_another`, `invalid`, or what `require_fitting` does; nobody is booked
    twice at once, also where two book at the same moment.
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
    left: Slot | None = None
    known = booking.request or booking.client
    with transaction.atomic():
        if known is not None and known.person is not None:
            hold_person(known.person.pk)
        hold_slots(appointment.adviser_id, appointment.starts_at, appointment.ends_at)
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
        require_not_held(appointment)
        require_fitting(appointment)
        _save(appointment)
        if appointment.request is not None:
            request = appointment.request
            left = Slot.objects.filter(pk=request.offered_slot_id).first()
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
    # Once this is written: it locks another time's slots, and whoever books that one may wait for these.
    if left is not None:
        offer_slot(left, actor=actor)
    return appointment


def busy(adviser_id: UUID, starts_at: datetime, ends_at: datetime, *, but: UUID | None = None) -> Any:
    """Appointments that take the adviser's time in this interval."""
    taken = Appointment.objects.standing().filter(
        adviser_id=adviser_id, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    return taken.exclude(pk=but) if but else taken


def _waiting(request: Request) -> Request:
    locked: Request = (
        Request.objects.select_for_update(of=("self",)).select_related("person").get(pk=request.pk)
    )
    if locked.state != Request.State.WAITING:
        raise DomainError("not_waiting", NO_LONGER_WAITS)
    return locked


def require_fitting(appointment: Appointment) -> None:
    """The adviser works on the day, for the organisation of the contract, and has time; who must be with them, is.

    Raises DomainError as `require_within` does, `adviser_gone`, `not_of_contract`, `adviser_busy`, `companion_needed`
    or `nobody_else_there`.
    """
    require_within(appointment)
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


@contextmanager
def refusing_taken() -> Iterator[None]:
    """Write an appointment inside. Raises DomainError `adviser_busy` where another one has taken its time first."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise adviser_busy() from error
    except OperationalError as error:
        # Of two who write the same time at the same moment PostgreSQL may break one off before it can refuse it.
        if not isinstance(error.__cause__, DeadlockDetected):
            raise
        raise adviser_busy() from error


def _save(appointment: Appointment) -> None:
    relations = ["adviser", "contract", "person", "request", "topic"]
    require_valid(appointment, exclude=relations)
    with refusing_taken():
        appointment.save(force_insert=True)
    appointment.refresh_from_db(fields=["date", "start", "minutes"])

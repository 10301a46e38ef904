"""Opening the offers of a call: after the deadline, by two members of its committee, all at once and logged."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders import sealing, tasks
from contracting.tenders.actions.closing import close_if_due
from contracting.tenders.actions.handing_in import open_sealed, read_sealed_file
from contracting.tenders.actions.receipts import receipts_digest
from contracting.tenders.actions.sealing_keys import place_of, private_key_of
from contracting.tenders.clock import database_now
from contracting.tenders.content import Content
from contracting.tenders.hooks import offers_opened
from contracting.tenders.lawfulness import require_lawful
from contracting.tenders.locking import lock_call
from contracting.tenders.models import (
    Call,
    CallKey,
    OfferPartner,
    OpenedOffer,
    Opening,
    SealedOffer,
    Seat,
    UnreadableOffer,
)
from contracting.tenders.queries.terms import newest_amendment
from contracting.tenders.rules.figures import read_minutes, read_number
from contracting.tenders.sealing import SealBroken
from documents.scanning import require_clean
from kernel import crypto
from kernel.access import Actor
from kernel.background import send_after_commit
from kernel.errors import DomainError, NotAllowed, ServerAway

log = structlog.get_logger(__name__)


def may_open(call: Call, user_id: UUID | None) -> bool:
    """Whether the person sits on the call's committee with a vote now."""
    seats = Seat.objects.working().voting()
    return user_id is not None and bool(seats.filter(committee__call=call, user_id=user_id).exists())


def confirm_opening(call: Call, *, seat_user: UUID, actor: Actor) -> Opening:
    """The confirmation of one member of the committee: the first is noted, the second of another opens all offers.

    The opening is one transaction: every current offer is decrypted, compared with its hash and its receipt, and its
    content stored for the committee. One that was altered is told in the log as unreadable, waits for the organ's
    finding and hides no other. Raises NotAllowed `no_seat`; DomainError `before_deadline`, `clock_moved_back`,
    `nothing_to_open`, `same_person`, `opened_already`, `not_lawful`; ServerAway or KeyLost where the keeper fails, and
    then nothing was opened.
    """
    close_if_due(call)
    with transaction.atomic():
        locked = lock_call(call)
        if not may_open(locked, seat_user):
            raise NotAllowed(
                "no_seat", _("Only members of this call's committee with a vote open its offers.")
            )
        now = _moment_of_opening(locked)
        require_lawful(locked)
        opening: Opening | None = Opening.objects.select_for_update().filter(call=locked).first()
        if opening is None:
            return _note_first(locked, seat_user, now, actor)
        if opening.first_by == seat_user:
            raise DomainError(
                "same_person",
                _("You have confirmed already: another member of the committee confirms second."),
            )
        if not may_open(locked, opening.first_by):
            # Whoever confirmed first left the committee meanwhile: their word counts no more.
            opening.delete()
            return _note_first(locked, seat_user, now, actor)
        return _open_all(locked, opening, seat_user, now, actor)


def _moment_of_opening(call: Call) -> datetime:
    """The moment by the database's clock. Raises DomainError where the offers may not be opened at it."""
    now = database_now()
    if call.state != Call.State.PUBLISHED or call.deadline is None:
        code = "opened_already" if call.opened_at else "nothing_to_open"
        raise DomainError(code, _("The offers of this call are open already, or the call was annulled."))
    if now < call.deadline:
        raise DomainError("before_deadline", _("Offers are opened after the deadline, never before."))
    newest = SealedOffer.objects.filter(offer__call=call).order_by("-submitted_at").first()
    marks = [mark for mark in (call.closed_at, newest.submitted_at if newest else None) if mark is not None]
    if any(now < mark for mark in marks):
        log.error("clock_moved_back", call=str(call.pk))
        raise DomainError(
            "clock_moved_back",
            _(
                "The clock of the server shows a time before the last receipt or the closing of this call, so it was "
                "moved back. Nothing was opened: tell the operator of the platform."
            ),
        )
    if newest is None:
        raise DomainError("nothing_to_open", _("No offer was handed in, so there is nothing to open."))
    return now


def _note_first(call: Call, user_id: UUID, now: datetime, actor: Actor) -> Opening:
    opening: Opening = Opening.objects.create(
        call=call,
        deadline=call.deadline,
        first_by=user_id,
        first_at=now,
        log=[_line(now, "first_confirmed", {"by": str(user_id)})],
    )
    record("confirm_opening", actor=actor, subject_type="call", subject_id=call.pk)
    return opening


def _line(moment: datetime, code: str, facts: dict[str, Any]) -> list[Any]:
    return [sealing.moment_text(moment), code, facts]


@dataclass
class _Found:
    """What came of one sealed offer: its content and key, or why it could not be read; files that are damaged."""

    row: SealedOffer
    content: Content | None = None
    content_key: bytes = b""
    damaged: list[str] = field(default_factory=list)


def _open_all(call: Call, opening: Opening, second: UUID, now: datetime, actor: Actor) -> Opening:
    private = private_key_of(CallKey.objects.get(call=call))
    rows = (
        SealedOffer.objects.filter(offer__call=call, state=SealedOffer.State.CURRENT)
        .select_related("offer")
        .prefetch_related("files__stored")
        .order_by("offer__number")
    )
    found = [_open_one(row, private) for row in rows]
    digest = receipts_digest(call)
    lines = [
        *opening.log,
        _line(now, "second_confirmed", {"by": str(second)}),
        _line(now, "digest_same" if digest == call.receipts_digest else "digest_differs", {"digest": digest}),
    ]
    due = newest_amendment(call)
    for one in found:
        lines.append(_keep(one, call, due, now))
    opening.second_by, opening.opened_at, opening.log = second, now, lines
    opening.save(update_fields=["second_by", "opened_at", "log"])
    call.state, call.opened_at = Call.State.OPENED, now
    call.save(update_fields=["state", "opened_at", "changed_at"])
    record(
        "open_offers",
        actor=actor,
        subject_type="call",
        subject_id=call.pk,
        payload={
            "first": opening.first_by,
            "second": second,
            "digest": digest,
            "opened": [one.row.receipt for one in found if one.content is not None],
            "unreadable": [one.row.receipt for one in found if one.content is None],
            "submitted_by": {one.row.receipt: one.row.submitted_by for one in found},
        },
    )
    offers_opened.fire(call=call, actor=actor)
    send_after_commit(tasks.notify_opening, opening.pk)
    return opening


def _open_one(row: SealedOffer, private: bytes) -> _Found:
    place = place_of(row.offer.call_id, row.offer_id, row.sequence)
    try:
        content, content_key = open_sealed(row, private, place)
    except SealBroken:
        log.error("offer_unreadable", sealed=str(row.pk))
        return _Found(row)
    found = _Found(row, content, content_key)
    files = {file.key: file for file in row.files.all()}
    for line in content["files"]:
        file = files.get(line["key"])
        try:
            same = (
                file is not None
                and sealing.sha256_of(read_sealed_file(file, content_key, place)) == line["sha256"]
            )
        except ServerAway:
            raise
        except (SealBroken, DomainError):
            same = False
        if not same:
            found.damaged.append(line["key"])
    return found


def _keep(found: _Found, call: Call, due: int, now: datetime) -> list[Any]:
    """Store what was opened; gives its line of the log, which holds no content."""
    row, content = found.row, found.content
    facts = {"receipt": row.receipt, "sha256": row.sha256}
    if content is None:
        UnreadableOffer.objects.create(offer=row.offer, sealed=row, found_at=now)
        return _line(now, "unreadable", facts)
    offer = row.offer
    unconfirmed = due if due > max(row.amendment, offer.amendment_seen) else None
    budget = content["budget"]
    OpenedOffer.objects.create(
        offer=offer,
        sealed=row,
        opened_at=now,
        content=content,
        content_key=crypto.encrypt_bytes(found.content_key),
        unconfirmed_amendment=unconfirmed,
        title=content["task"].get("title", "")[:250],
        total=read_number(budget["total"]),
        grant=read_number(budget["grant"]),
        own_contribution=_own(budget),
        price_per_hour=read_number(budget["price_per_hour"]) if budget["price_per_hour"] else None,
        minutes=read_minutes(budget.get("minutes") or 0),
    )
    _take_partners(offer, content)
    if found.damaged:
        return _line(now, "opened_files_damaged", {**facts, "files": found.damaged})
    return _line(now, "opened_unconfirmed" if unconfirmed else "opened", facts)


def _own(budget: dict[str, Any]) -> Decimal:
    parts = (read_number(budget.get(key) or "0") for key in ("own_financial", "own_in_kind"))
    return sum((part for part in parts if part is not None), Decimal("0.00"))


def _take_partners(offer: Any, content: Content) -> None:
    """The partners are those of the offer that was handed in, whatever a later draft had begun."""
    wanted = {UUID(row["organisation"]) for row in content["partners"]}
    OfferPartner.objects.filter(offer=offer).exclude(organisation_id__in=wanted).delete()
    OfferPartner.objects.filter(offer=offer).update(in_force=True)


def opened_file(opened: OpenedOffer, key: str) -> bytes:
    """A file of an opened offer in plain, after the scanner has looked at it.

    Raises DomainError `file_missing` or `file_damaged`, InQuarantine, ServerAway.
    """
    row = opened.sealed
    file = row.files.select_related("stored").filter(key=key).first()
    if file is None:
        raise DomainError("file_missing", _("This file is not in the offer."))
    place = place_of(opened.offer.call_id, opened.offer_id, row.sequence)
    name = next((line["name"] for line in opened.content["files"] if line["key"] == key), "")
    try:
        content = read_sealed_file(file, crypto.decrypt_bytes(opened.content_key), place)
    except SealBroken:
        raise DomainError(
            "file_damaged", _("This file was altered after it was handed in, so it is not shown.")
        ) from None
    # No scanner could look at it while it was sealed.
    require_clean(content, name)
    return content

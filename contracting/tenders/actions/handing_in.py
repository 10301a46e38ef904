"""Handing an offer in: sealed, tried, and only then receipted; taken back or replaced until the deadline."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders import sealing
from contracting.tenders.actions.closing import close_if_due
from contracting.tenders.actions.drafting import (
    BIDDER,
    drop_draft,
    first_content,
    keep_draft,
    read_draft,
    store_encrypted,
)
from contracting.tenders.actions.joining import put_partners_in_force, restore_partners, with_partners
from contracting.tenders.actions.receipts import Receipt, receipt_given
from contracting.tenders.actions.sealing_keys import place_of, private_key_of
from contracting.tenders.actions.sentences import problem_of
from contracting.tenders.clock import database_now
from contracting.tenders.content import Content
from contracting.tenders.locking import share_call
from contracting.tenders.models import Call, CallKey, LateAttempt, Offer, OfferFile, SealedOffer
from contracting.tenders.queries.terms import newest_amendment, terms_of
from contracting.tenders.rules.completeness import findings_of
from contracting.tenders.sealing import Place, SealBroken
from documents.actions import open_file
from documents.models import StoredFile
from documents.scanning import require_not_infected
from kernel import crypto
from kernel.access import Actor
from kernel.errors import Conflict, DomainError
from kernel.locks import hold
from tenants.models import Organisation

log = structlog.get_logger(__name__)
# So long is the scanner asked, in all, about files that still wait for it: the deadline comes meanwhile.
_SCAN_SECONDS = 10.0


class TooLate(Conflict):
    """The deadline passed; the attempt is recorded, and the draft stays."""


@dataclass(frozen=True)
class _Handing:
    """What a bidder's verb works on: rows locked, at one moment before the deadline."""

    call: Call
    offer: Offer
    now: datetime


def _in_time(call: Call) -> datetime:
    """The moment, if the call takes offers at it. Raises TooLate, or DomainError `call_takes_no_offers`."""
    now = database_now()
    if call.takes_offers(now):
        return now
    if call.state == Call.State.ANNULLED:
        raise DomainError("call_annulled", _("This call was annulled. Your draft stays with you."))
    raise TooLate(
        "too_late",
        _(
            "The deadline of this call has passed, so the offer was not accepted. The attempt is recorded with its "
            "time; your draft stays as it is."
        ),
    )


def _before_deadline(offer: Offer, verb: Callable[[_Handing], Any]) -> Any:
    """Run a bidder's verb in one transaction with call and offer locked."""
    with transaction.atomic():
        call = share_call(offer.call_id)
        locked: Offer = Offer.objects.select_for_update().get(pk=offer.pk)
        return verb(_Handing(call, locked, _in_time(call)))


def _record_late(offer: Offer, *, actor: Actor) -> None:
    with transaction.atomic():
        LateAttempt.objects.create(
            call_id=offer.call_id,
            organisation_id=offer.organisation_id,
            attempted_by=actor.user_id or UUID(int=0),
            attempted_at=database_now(),
        )
        record("try_late", actor=BIDDER, subject_type="offer", subject_id=offer.pk)
    close_if_due(Call.objects.get(pk=offer.call_id))


def hand_in(offer: Offer, *, seen_version: int, actor: Actor, code: str | None = None) -> Receipt:
    """Seal the draft, store it, open what was stored for a trial, and give the receipt; nothing less is accepted.

    `seen_version` is the version of the draft that the author read; `code` the bidder's code where the page showed
    one already; with it, whoever got no answer gets the same receipt again, after the deadline too. Everything happens
    in one transaction: a fault leaves the draft as it was. Raises DomainError
    `incomplete` with all that is missing, `already_handed_in`, `trial_failed`; Conflict `draft_changed`; TooLate;
    ServerAway or KeyLost where the keeper fails.
    """
    code = code if code is not None and sealing.is_code(code) else sealing.new_code()
    try:
        receipt: Receipt = _before_deadline(offer, lambda handing: _seal(handing, seen_version, code, actor))
    except TooLate:
        if (given := receipt_given(offer, code)) is not None:
            return given
        _record_late(offer, actor=actor)
        raise
    return receipt


def _seal(handing: _Handing, seen_version: int, code: str, actor: Actor) -> Receipt:
    offer = handing.offer
    if offer.draft is None and (given := receipt_given(offer, code)) is not None:
        return given
    content = _checked_content(offer, seen_version)
    sequence = offer.sealed.count() + 1
    place, content_key = place_of(offer.call_id, offer.pk, sequence), sealing.new_content_key()
    key = CallKey.objects.get(call_id=offer.call_id)
    private = private_key_of(key)
    canonical = sealing.canonical_bytes(content)
    row = SealedOffer(
        offer=offer,
        sequence=sequence,
        submitted_at=handing.now,
        submitted_by=actor.user_id or UUID(int=0),
        sha256=sealing.sha256_of(canonical),
        ciphertext=sealing.seal_content(canonical, content_key, place),
        wrapped_key=sealing.wrap_for(key.public_key, content_key, place),
        for_bidder=sealing.wrap_for_code(code, content_key, place),
        amendment=newest_amendment(handing.call),
    )
    files = _seal_files(offer, content, content_key, place, actor)
    _try_files(files, content, content_key, place)
    drop_draft(offer)
    # Everything that takes its time is done: whoever asks for a number waits for those who have one.
    number = offer.number or _next_number(handing.call)
    row.receipt = f"{handing.call.number}/{number}/{sequence}"
    row.mac = sealing.receipt_mac(private, row.receipt, handing.now, row.sha256)
    offer.sealed.filter(state=SealedOffer.State.CURRENT).update(
        state=SealedOffer.State.REPLACED, ended_at=handing.now
    )
    row.save(force_insert=True)
    for file in files:
        file.sealed = row
    OfferFile.objects.bulk_create(files)
    _try_opening(row.pk, private, code, place)
    put_partners_in_force(offer)
    offer.state, offer.number, offer.amendment_seen = Offer.State.SUBMITTED, number, row.amendment
    offer.save(update_fields=["state", "number", "amendment_seen"])
    record(
        "hand_in_offer",
        actor=BIDDER,
        subject_type="offer",
        subject_id=offer.pk,
        payload={"receipt": row.receipt, "sha256": row.sha256, "at": sealing.moment_text(handing.now)},
    )
    return Receipt(row.receipt, handing.now, row.sha256, row.mac, code)


def _checked_content(offer: Offer, seen_version: int) -> Content:
    content = read_draft(offer)
    if content is None:
        last = offer.sealed.order_by("-sequence").first()
        raise DomainError(
            "already_handed_in",
            _("This offer is handed in already, with the receipt %(number)s; nothing was changed.")
            % {"number": last.receipt if last else "–"},
        )
    if offer.draft_version != seen_version:
        raise Conflict(
            "draft_changed",
            _("Somebody changed the draft after you read it. Read it once more, then hand it in."),
            current={"version": offer.draft_version},
        )
    problems = [problem_of(finding) for finding in findings_of(content, terms_of(offer)) if finding.must]
    if problems:
        raise DomainError(
            "incomplete", _("The offer is not complete: nothing was handed in."), problems=problems
        )
    return content


def _next_number(call: Call) -> int:
    """The next number of an offer within the call; whoever asks meanwhile waits for this transaction."""
    hold("offers", call.pk)
    last = (
        Offer.objects.filter(call=call, number__isnull=False)
        .order_by("-number")
        .values_list("number", flat=True)
    )
    return int(last.first() or 0) + 1


def _seal_files(
    offer: Offer, content: Content, content_key: bytes, place: Place, actor: Actor
) -> list[OfferFile]:
    """The files of the draft, sealed and stored; their rows wait for the row of the receipt. Raises InQuarantine."""
    sealed = []
    until = time.monotonic() + _SCAN_SECONDS
    names = {line["key"]: line["name"] for line in content["files"]}
    for draft in OfferFile.objects.filter(offer=offer, sealed__isnull=True).select_related("stored"):
        # A scanner that is away holds up no bidder before the deadline; what is opened is scanned before it is shown.
        name = names.get(draft.key, draft.stored.name)
        with open_file(draft.stored, also_unscanned=True, called=name) as file:
            plain = crypto.decrypt_bytes(file.read())
        left = until - time.monotonic()
        if draft.stored.scan == StoredFile.Scan.WAITING and left > 0:
            # Later than now the bidder could not send a clean one.
            require_not_infected(plain, name, seconds=left)
        token = sealing.seal_file(plain, content_key, place, draft.key)
        sealed.append(OfferFile(offer=offer, key=draft.key, stored=store_encrypted(token, actor=actor)))
    return sealed


def _try_files(files: list[OfferFile], content: Content, content_key: bytes, place: Place) -> None:
    """Open the sealed files, read from the store anew. Raises DomainError `trial_failed`."""
    due = {line["key"]: line["sha256"] for line in content["files"]}
    try:
        read = {file.key: sealing.sha256_of(read_sealed_file(file, content_key, place)) for file in files}
        fine = read == due
    except SealBroken:
        fine = False
    if not fine:
        raise _trial_failed()


def _try_opening(row_id: UUID, private: bytes, code: str, place: Place) -> None:
    """Open what was stored, read from the database anew, with the call's key and with the code; the files were tried.

    `private` came from the keeper a moment ago. Raises DomainError `trial_failed`.
    """
    row = SealedOffer.objects.get(pk=row_id)
    try:
        content, content_key = open_sealed(row, private, place)
        same_for_bidder = sealing.unwrap_with_code(code, row.for_bidder, place) == content_key
        fine = same_for_bidder and {line["key"] for line in content["files"]} == {
            file.key for file in row.files.all()
        }
    except SealBroken:
        fine = False
    if not fine:
        raise _trial_failed()


def _trial_failed() -> DomainError:
    log.error("offer_trial_failed")
    return DomainError(
        "trial_failed",
        _(
            "The sealed offer could not be opened again on trial, so it was not accepted and there is no receipt. "
            "Your draft is unchanged: try again, and tell the operator of the platform if it happens twice."
        ),
    )


def open_sealed(row: SealedOffer, private: bytes, place: Place) -> tuple[Content, bytes]:
    """Content and content key of a sealed offer. Raises SealBroken where anything was altered."""
    content_key = sealing.unwrap_with(private, row.wrapped_key, place)
    canonical = sealing.open_content(row.ciphertext, content_key, place)
    if sealing.sha256_of(canonical) != row.sha256:
        raise SealBroken("the hash is another one")
    if sealing.receipt_mac(private, row.receipt, row.submitted_at, row.sha256) != row.mac:
        raise SealBroken("the receipt was altered")
    content: Content = json.loads(canonical)
    return content, content_key


def read_sealed_file(file: OfferFile, content_key: bytes, place: Place) -> bytes:
    """A file of a sealed offer in plain. Raises SealBroken, DomainError of the store, ServerAway."""
    with open_file(file.stored) as stored:
        return sealing.open_file(stored.read(), content_key, place, file.key)


def withdraw(offer: Offer, *, actor: Actor) -> None:
    """Take a handed-in offer back before the deadline. Raises DomainError `not_handed_in`, TooLate."""

    def take_back(handing: _Handing) -> None:
        row = _current(handing.offer)
        row.state, row.ended_at = SealedOffer.State.WITHDRAWN, handing.now
        row.save(update_fields=["state", "ended_at"])
        handing.offer.state = Offer.State.WITHDRAWN
        handing.offer.save(update_fields=["state"])
        record(
            "withdraw_offer",
            actor=BIDDER,
            subject_type="offer",
            subject_id=offer.pk,
            payload={"receipt": row.receipt},
        )

    _before_deadline(offer, take_back)


def _current(offer: Offer) -> SealedOffer:
    row: SealedOffer | None = offer.sealed.filter(state=SealedOffer.State.CURRENT).first()
    if row is None:
        raise DomainError("not_handed_in", _("This offer is not handed in, or it was withdrawn already."))
    return row


def reopen_with_code(offer: Offer, code: str, *, actor: Actor) -> Offer:
    """Open the last handed-in content as a draft again, with the bidder's code; what is handed in stays in force until
    it is replaced. Raises DomainError `draft_open` or `wrong_code`, TooLate."""

    def reopen(handing: _Handing) -> Offer:
        locked = handing.offer
        _require_no_draft(locked)
        row = locked.sealed.latest("sequence")
        place = place_of(locked.call_id, locked.pk, row.sequence)
        try:
            content_key = sealing.unwrap_with_code(code, row.for_bidder, place)
            content = json.loads(sealing.open_content(row.ciphertext, content_key, place))
            files = {
                file.key: read_sealed_file(file, content_key, place)
                for file in row.files.select_related("stored")
            }
        except SealBroken:
            raise DomainError(
                "wrong_code",
                _(
                    "This is not the code of the receipt %(number)s. Copy all 25 signs from the receipt, "
                    "or begin a new draft."
                )
                % {"number": row.receipt},
                field="code",
            ) from None
        for key, plain in files.items():
            stored = store_encrypted(crypto.encrypt_bytes(plain), actor=actor, brought=True)
            OfferFile.objects.create(offer=locked, key=key, stored=stored)
        keep_draft(locked, content, actor=actor)
        record("reopen_offer", actor=BIDDER, subject_type="offer", subject_id=offer.pk)
        return locked

    reopened: Offer = _before_deadline(offer, reopen)
    return reopened


def _require_no_draft(locked: Offer) -> None:
    if locked.draft is not None:
        raise DomainError("draft_open", _("A draft of this offer is open already: go on with it."))


def begin_anew(offer: Offer, *, actor: Actor) -> None:
    """A new draft for a handed-in offer whose code is lost; what is handed in stays in force until it is replaced."""

    def begin(handing: _Handing) -> None:
        locked = handing.offer
        _require_no_draft(locked)
        organisation = Organisation.objects.get(pk=locked.organisation_id)
        content = with_partners(locked, first_content(organisation, handing.call))
        keep_draft(locked, content, actor=actor)
        record("begin_offer_anew", actor=BIDDER, subject_type="offer", subject_id=offer.pk)

    _before_deadline(offer, begin)


def discard_draft(offer: Offer, *, actor: Actor) -> None:
    """Throw the draft of a replacement away; what is handed in stays. Raises DomainError `not_handed_in`."""
    with transaction.atomic():
        locked: Offer = Offer.objects.select_for_update().get(pk=offer.pk)
        _current(locked)
        drop_draft(locked)
        restore_partners(locked)
        record("discard_draft", actor=BIDDER, subject_type="offer", subject_id=offer.pk)


def confirm_amendments(offer: Offer, *, seen: int, actor: Actor) -> None:
    """Say that the handed-in offer stands as it is after amendments up to the number `seen`.

    Raises Conflict `amended_meanwhile` where a newer one was published, DomainError `not_handed_in`, TooLate.
    """

    def confirm(handing: _Handing) -> None:
        _current(handing.offer)
        newest = newest_amendment(handing.call)
        if newest != seen:
            raise Conflict(
                "amended_meanwhile", _("The call was amended once more: read that amendment first.")
            )
        handing.offer.amendment_seen = newest
        handing.offer.save(update_fields=["amendment_seen"])
        record(
            "confirm_offer",
            actor=BIDDER,
            subject_type="offer",
            subject_id=offer.pk,
            payload={"amendment": newest, "at": timezone.now()},
        )

    _before_deadline(offer, confirm)

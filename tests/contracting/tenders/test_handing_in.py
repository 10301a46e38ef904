"""Handing in: what is stored is sealed, tried and receipted; late, incomplete, altered and doubled are refused."""

import json
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Entry
from contracting.tenders import sealing
from contracting.tenders.actions import drafting, handing_in, sealing_keys
from contracting.tenders.actions.closing import close_if_due
from contracting.tenders.actions.receipts import Finding, verify_receipt
from contracting.tenders.models import Amendment, Call, CallKey, LateAttempt, Offer, OfferFile, SealedOffer
from documents.models import StoredFile
from documents.uploads import Upload
from kernel import keeper
from kernel.errors import Conflict, DomainError, ServerAway
from kernel.ids import new_id
from kernel.keeper import KeyLost
from tests.contracting.tenders.offers_world import (
    MANAGER,
    after_deadline,
    at,
    bidder,
    complete_content,
    handed_in,
    published_call,
    write,
    written_offer,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alfa")]

PDF = Upload(b"%PDF-1.7 ARONIA-STATUT %%EOF", "Statut Aronia.pdf", "application/pdf")


def _refused(code: str, verb: Any, *args: Any, **kwargs: Any) -> DomainError:
    with pytest.raises(DomainError) as caught:
        verb(*args, actor=MANAGER, **kwargs)
    assert caught.value.code == code
    return caught.value


def test_an_offer_is_sealed_and_receipted() -> None:
    call = published_call()
    offer = written_offer(call, bidder())
    drafting.add_file(offer, PDF, purpose="", actor=MANAGER)
    offer.refresh_from_db()
    content = drafting.read_draft(offer)
    before = timezone.now()
    receipt = handing_in.hand_in(offer, seen_version=offer.draft_version, actor=MANAGER)
    offer.refresh_from_db()
    assert (offer.state, offer.number, offer.draft) == ("submitted", 1, None)
    assert receipt.number == "K/1/2026/1/1"
    assert receipt.sha256 == sealing.sha256_of(sealing.canonical_bytes(content))
    assert before - timedelta(seconds=5) < receipt.submitted_at < timezone.now() + timedelta(seconds=5)
    row = offer.sealed.get()
    assert b"Aronia" not in bytes(row.ciphertext) and b"ARONIA" not in bytes(row.ciphertext)
    (file,) = OfferFile.objects.filter(offer=offer).select_related("stored")
    assert file.sealed == row and file.stored.name == "offer"
    assert not StoredFile.objects.filter(name__icontains="statut").exists()
    entry = Entry.objects.filter(verb="hand_in_offer").get()
    assert (entry.actor_id, entry.actor_label) == (None, "bidder")
    assert "Aronia" not in json.dumps(entry.payload)
    checked = verify_receipt(
        receipt.number,
        sha256=receipt.sha256,
        submitted_at=sealing.moment_text(receipt.submitted_at),
        mac=receipt.mac,
    )
    assert checked.finding is Finding.TRUE


def test_only_a_complete_offer_is_handed_in() -> None:
    call = published_call(own_share_min="10.00")
    offer = written_offer(call, bidder())
    content = complete_content(call)
    content["bidder"]["email"] = ""
    content["task"]["to"] = "2031-01-01"
    content["declarations"].pop("taxes")
    write(offer, content)
    offer.refresh_from_db()
    refusal = _refused("incomplete", handing_in.hand_in, offer, seen_version=offer.draft_version)
    found = {(problem.code, problem.field) for problem in refusal.problems}
    assert {
        ("missing", "bidder.email"),
        ("outside_task", "task.to"),
        ("not_declared", "declarations.taxes"),
    } <= found
    assert any(code == "own_share" for code, _field in found)
    assert all(str(problem.message) for problem in refusal.problems)
    assert not SealedOffer.objects.exists() and Offer.objects.get().draft is not None


def test_a_draft_that_somebody_changed_is_read_again_first() -> None:
    offer = written_offer(published_call(), bidder())
    refusal = _refused("draft_changed", handing_in.hand_in, offer, seen_version=offer.draft_version - 1)
    assert isinstance(refusal, Conflict)
    assert not SealedOffer.objects.exists()


def test_after_the_deadline_the_attempt_is_recorded_and_the_draft_stays() -> None:
    call = published_call()
    offer = written_offer(call, bidder())
    with after_deadline(call, microseconds=0):
        refusal = _refused("too_late", handing_in.hand_in, offer, seen_version=offer.draft_version)
    assert refusal.status == 409
    late = LateAttempt.objects.get()
    assert (late.attempted_at, late.organisation_id) == (call.deadline, offer.organisation_id)
    call.refresh_from_db()
    assert call.closed_at is not None and len(call.receipts_digest) == 64
    offer.refresh_from_db()
    assert offer.draft is not None and offer.state == "draft"


def test_a_clock_moved_back_does_not_open_a_closed_call_again() -> None:
    call = published_call()
    offer = written_offer(call, bidder())
    with after_deadline(call):
        close_if_due(call)
    _refused("too_late", handing_in.hand_in, offer, seen_version=offer.draft_version)


def test_the_last_moment_counts() -> None:
    call = published_call()
    offer = written_offer(call, bidder())
    with at(call.deadline - timedelta(microseconds=1)):
        receipt = handing_in.hand_in(offer, seen_version=offer.draft_version, actor=MANAGER)
    assert receipt.submitted_at < call.deadline


def test_handing_in_twice_is_refused_with_the_receipt() -> None:
    offer, receipt = handed_in(published_call(), bidder())
    refusal = _refused("already_handed_in", handing_in.hand_in, offer, seen_version=offer.draft_version)
    assert receipt.number in str(refusal)
    assert offer.sealed.count() == 1


def test_whoever_got_no_answer_gets_the_receipt_again_by_the_code_even_after_the_deadline() -> None:
    call = published_call()
    offer, receipt = handed_in(call, bidder())
    entries = Entry.objects.count()
    again = partial(handing_in.hand_in, offer, seen_version=1, code=receipt.code, actor=MANAGER)
    assert again() == receipt
    with after_deadline(call):
        assert again() == receipt
    assert offer.sealed.count() == 1 and Entry.objects.count() == entries
    assert not LateAttempt.objects.exists()


def _break_ciphertext(monkeypatch: pytest.MonkeyPatch) -> None:
    real = sealing.seal_content
    monkeypatch.setattr(sealing, "seal_content", lambda *given: real(*given)[:-1] + b"\x00")


def _break_wrapping(monkeypatch: pytest.MonkeyPatch) -> None:
    real = sealing.wrap_for
    monkeypatch.setattr(sealing, "wrap_for", lambda public, *rest: real(sealing.new_pair().public, *rest))


def _break_code(monkeypatch: pytest.MonkeyPatch) -> None:
    real = sealing.wrap_for_code
    monkeypatch.setattr(sealing, "wrap_for_code", lambda _code, *rest: real(sealing.new_code(), *rest))


def _break_file(monkeypatch: pytest.MonkeyPatch) -> None:
    real = sealing.seal_file
    monkeypatch.setattr(sealing, "seal_file", lambda _plain, *rest: real(b"%PDF-other", *rest))


@pytest.mark.parametrize("breaking", [_break_ciphertext, _break_wrapping, _break_code, _break_file])
def test_no_receipt_without_a_trial_that_succeeds(breaking: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    offer = written_offer(published_call(), bidder())
    drafting.add_file(offer, PDF, purpose="", actor=MANAGER)
    offer.refresh_from_db()
    breaking(monkeypatch)
    _refused("trial_failed", handing_in.hand_in, offer, seen_version=offer.draft_version)
    assert not SealedOffer.objects.exists()
    assert not Entry.objects.filter(verb="hand_in_offer").exists()
    monkeypatch.undo()
    offer.refresh_from_db()
    assert handing_in.hand_in(offer, seen_version=offer.draft_version, actor=MANAGER).number


def test_with_the_key_file_lost_nothing_is_accepted_and_the_draft_stays(
    settings: Any, tmp_path: Path
) -> None:
    offer = written_offer(published_call(), bidder())
    kept = Path(settings.SEAL_KEY_FILE)
    for there in (tmp_path / "gone.key", tmp_path / "altered.key", tmp_path / "another.key"):
        if there.stem == "altered":
            there.write_text(kept.read_text()[:-9] + "\n")
        if there.stem == "another":
            keeper.ensure_key_file(there)
        settings.SEAL_KEY_FILE = str(there)
        with pytest.raises(KeyLost):
            handing_in.hand_in(offer, seen_version=offer.draft_version, actor=MANAGER)
        assert not SealedOffer.objects.exists()
    settings.SEAL_KEY_FILE = str(kept)
    assert handing_in.hand_in(offer, seen_version=offer.draft_version, actor=MANAGER)


def test_with_the_keeper_away_nothing_is_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    offer = written_offer(published_call(), bidder())

    def away(*_given: Any) -> bytes:
        raise ServerAway("keeper_away", "away")

    monkeypatch.setattr(keeper, "unwrap", away)
    with pytest.raises(ServerAway):
        handing_in.hand_in(offer, seen_version=offer.draft_version, actor=MANAGER)
    assert not SealedOffer.objects.exists() and Offer.objects.get().draft is not None


def test_an_altered_call_key_is_noticed() -> None:
    call = published_call()
    offer = written_offer(call, bidder())
    CallKey.objects.filter(call=call).update(public_key=sealing.new_pair().public)
    with pytest.raises(KeyLost):
        handing_in.hand_in(offer, seen_version=offer.draft_version, actor=MANAGER)


def test_the_code_gives_the_content_back_until_the_deadline() -> None:
    call = published_call()
    offer = written_offer(call, bidder())
    drafting.add_file(offer, PDF, purpose="", actor=MANAGER)
    offer.refresh_from_db()
    content = drafting.read_draft(offer)
    receipt = handing_in.hand_in(offer, seen_version=offer.draft_version, actor=MANAGER)
    _refused("wrong_code", handing_in.reopen_with_code, offer, sealing.new_code())
    handing_in.reopen_with_code(offer, receipt.code.lower(), actor=MANAGER)
    offer.refresh_from_db()
    assert drafting.read_draft(offer) == content
    assert drafting.draft_file(offer, content["files"][0]) == PDF.content
    assert offer.state == "submitted", "what is handed in stays in force"
    _refused("draft_open", handing_in.reopen_with_code, offer, receipt.code)
    second = handing_in.hand_in(offer, seen_version=offer.draft_version, actor=MANAGER)
    assert second.number == "K/1/2026/1/2"
    assert second.sha256 == receipt.sha256
    assert [row.state for row in offer.sealed.order_by("sequence")] == ["replaced", "current"]
    with after_deadline(call):
        _refused("too_late", handing_in.reopen_with_code, offer, second.code)
        _refused("too_late", handing_in.withdraw, offer)


def test_without_the_code_one_begins_anew() -> None:
    offer, _receipt = handed_in(published_call(), bidder())
    handing_in.begin_anew(offer, actor=MANAGER)
    offer.refresh_from_db()
    content = drafting.read_draft(offer)
    assert content is not None and content["bidder"]["name"] == "Fundacja Aronia" and not content["concept"]
    handing_in.discard_draft(offer, actor=MANAGER)
    offer.refresh_from_db()
    assert offer.draft is None and offer.sealed.get().state == "current"


def test_a_withdrawn_offer_can_be_handed_in_again() -> None:
    offer, receipt = handed_in(published_call(), bidder())
    handing_in.withdraw(offer, actor=MANAGER)
    offer.refresh_from_db()
    assert offer.state == "withdrawn" and offer.sealed.get().state == "withdrawn"
    _refused("not_handed_in", handing_in.withdraw, offer)
    handing_in.reopen_with_code(offer, receipt.code, actor=MANAGER)
    offer.refresh_from_db()
    again = handing_in.hand_in(offer, seen_version=offer.draft_version, actor=MANAGER)
    offer.refresh_from_db()
    assert again.number == "K/1/2026/1/2" and offer.state == "submitted"


def test_an_amendment_is_confirmed_as_it_was_read() -> None:
    call = published_call()
    offer, _receipt = handed_in(call, bidder())
    for number in (1, 2):
        Amendment.objects.create(
            call=call, number=number, reason="Zmiana", published_at=timezone.now(), published_by=new_id()
        )
    refusal = _refused("amended_meanwhile", handing_in.confirm_amendments, offer, seen=1)
    assert refusal.status == 409
    handing_in.confirm_amendments(offer, seen=2, actor=MANAGER)
    offer.refresh_from_db()
    assert offer.amendment_seen == 2


def test_an_altered_receipt_is_found() -> None:
    offer, receipt = handed_in(published_call(), bidder())
    facts = {
        "sha256": receipt.sha256,
        "submitted_at": sealing.moment_text(receipt.submitted_at),
        "mac": receipt.mac,
    }
    assert verify_receipt(receipt.number, **facts).finding is Finding.TRUE
    altered = "0" * 64
    later = sealing.moment_text(receipt.submitted_at + timedelta(seconds=1))
    for change in ({"sha256": altered}, {"mac": altered}, {"submitted_at": later}):
        assert verify_receipt(receipt.number, **{**facts, **change}).finding is Finding.ALTERED
    assert verify_receipt("K/9/9", **facts).finding is Finding.UNKNOWN
    # Whoever changes the row itself is found by the mark, which the database alone cannot make.
    moved = receipt.submitted_at - timedelta(hours=1)
    SealedOffer.objects.filter(offer=offer).update(submitted_at=moved)
    changed = verify_receipt(receipt.number, sha256=receipt.sha256, submitted_at=sealing.moment_text(moved))
    assert changed.finding is Finding.ALTERED


def test_annulled_calls_take_nothing() -> None:
    call = published_call()
    offer = written_offer(call, bidder())
    Call.objects.filter(pk=call.pk).update(
        state="annulled", annulled_at=timezone.now(), annulment_reason="Brak środków"
    )
    _refused("call_annulled", handing_in.hand_in, offer, seen_version=offer.draft_version)
    assert not LateAttempt.objects.exists()


def test_no_call_is_published_without_a_recovery_key() -> None:
    from tests.factories.tenders import make_call

    with pytest.raises(DomainError) as caught:
        sealing_keys.make_call_key(make_call(state="draft"))
    assert caught.value.code == "no_recovery_key"

"""Verbs on drafts that go to the signatures: sending, taking back, signing, concluding, giving up (art. 16)."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.actions.contracts import save_contract
from contracting.contracts.actions.drafts import (
    check_money,
    check_terms,
    locked_draft,
    require_free_number,
    require_state,
    save_draft,
)
from contracting.contracts.actions.lines import tranche_lines
from contracting.contracts.actions.signatures import Signed, add_signature
from contracting.contracts.actions.staffing import take_over_staff
from contracting.contracts.models import Contract, ContractDraft
from contracting.tenders.models import Award
from documents.models import StoredFile
from documents.scanning import require_released
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import local_date

State = ContractDraft.State


def send_for_signature(draft: ContractDraft, *, actor: Actor) -> ContractDraft:
    """Fix the draft for the signatures: a number of its own, lawful dates, money that adds up, and its paper.

    Raises InQuarantine while the paper waits for the scanner, and where it was kept back.
    """
    with transaction.atomic():
        locked = locked_draft(draft)
        require_state(locked, State.DRAFT)
        _require_number(locked)
        check_terms(locked)
        check_money(locked, tranche_lines(locked))
        document = _require_document(locked)
        locked.state = State.FOR_SIGNATURE
        save_draft(locked)
        record(
            "send_contract_for_signature",
            actor=actor,
            subject_type="contract_draft",
            subject_id=locked.pk,
            payload={"number": locked.number, "document": document.pk, "sha256": document.sha256},
        )
    return locked


def _require_document(draft: ContractDraft) -> StoredFile:
    if draft.document is None:
        raise DomainError(
            "document_missing",
            _("The contract has no document yet: the sides sign a paper. Make it or bring it first."),
            field="document",
        )
    document: StoredFile = draft.document
    # Nobody signs what nobody may open.
    require_released(document)
    return document


def _require_number(draft: ContractDraft) -> None:
    if not draft.number:
        raise DomainError(
            "number_missing", _("The contract has no number yet. Give it one first."), field="number"
        )
    require_free_number(draft)


def take_back(draft: ContractDraft, *, reason: str, actor: Actor) -> ContractDraft:
    """Back from the signatures to drafting; signatures registered so far are void and leave the record."""
    with transaction.atomic():
        locked = locked_draft(draft)
        require_state(locked, State.FOR_SIGNATURE)
        void = locked.signatures.count()
        locked.signatures.all().delete()
        locked.state = State.DRAFT
        save_draft(locked)
        record(
            "take_contract_back",
            actor=actor,
            subject_type="contract_draft",
            subject_id=locked.pk,
            payload={"reason": reason, "signatures_void": void},
        )
    return locked


def sign_draft(
    draft: ContractDraft, *, side: str, function: str, signed_on: date, form: str, actor: Actor
) -> ContractDraft:
    """Register that a side has signed. The second signature concludes the contract in the same transaction.

    Raises DomainError `signed_already`, `signed_in_future`, `signed_too_early` where the results were not published
    yet on that day, or `contract_exists` where the number was taken meanwhile.
    """
    with transaction.atomic():
        locked = locked_draft(draft)
        require_state(locked, State.FOR_SIGNATURE)
        signed = Signed(side=side, function=function, signed_on=signed_on, form=form)
        by_both = add_signature(locked, signed, not_before=_decided_on(locked.award), actor=actor)
        payload: dict[str, Any] = {
            "side": side,
            "signed_on": signed_on,
            "sha256": _require_document(locked).sha256,
        }
        if by_both:
            contract = _conclude(locked)
            payload["contract"] = contract.pk
        record(
            "sign_contract",
            actor=actor,
            subject_type="contract_draft",
            subject_id=locked.pk,
            payload=payload,
        )
    return locked


def _decided_on(award: Award) -> date | None:
    """The day on which the results with this grant were published: nobody signs a contract on it before."""
    published = award.granted_in.published_at if award.granted_in else award.offer.call.decided_at
    return local_date(published) if published else None


def _conclude(draft: ContractDraft) -> Contract:
    """The contract that both sides have signed, with its commitments, tranches and named staff."""
    _require_number(draft)
    offer = draft.award.offer
    contract = Contract(
        number=draft.number,
        service_id=offer.call.service_id,
        organisation_id=offer.organisation_id,
        signed_on=max(row.signed_on for row in draft.signatures.all()),
        valid_from=draft.valid_from,
        valid_to=draft.valid_to,
        price_per_hour=draft.price_per_hour,
        cap_minutes=draft.cap_minutes,
        amount=draft.amount,
        outside_grant=draft.outside_grant,
    )
    save_contract(contract)
    draft.commitments.update(contract=contract)
    draft.tranches.update(contract=contract)
    take_over_staff(contract, draft.staff)
    draft.contract, draft.state = contract, State.SIGNED
    save_draft(draft)
    return contract


def abandon_draft(draft: ContractDraft, *, reason: str, actor: Actor) -> ContractDraft:
    """No contract is concluded, with the reason; the award stays until it is recorded that its bidder gave it up."""
    with transaction.atomic():
        locked = locked_draft(draft)
        require_state(locked, State.DRAFT, State.FOR_SIGNATURE)
        _abandon(locked, reason, actor)
    return locked


def resume_draft(draft: ContractDraft, *, actor: Actor) -> ContractDraft:
    """Take up again a draft that was given up while its grant still stands; signatures registered before are void.

    Raises DomainError `wrong_state`, or `not_granted` where the bidder gave the grant up.
    """
    with transaction.atomic():
        # The award first, as its giving up does.
        award: Award = Award.objects.select_for_update().get(pk=draft.award_id)
        locked = locked_draft(draft)
        require_state(locked, State.ABANDONED)
        if award.decision != Award.Outcome.GRANTED:
            raise DomainError(
                "not_granted",
                _("The grant of this draft was given up. A contract is drafted for who gets it now."),
                field="state",
            )
        reason, void = locked.abandoned_reason, locked.signatures.count()
        locked.signatures.all().delete()
        locked.state, locked.abandoned_reason = State.DRAFT, ""
        save_draft(locked)
        record(
            "resume_contract_draft",
            actor=actor,
            subject_type="contract_draft",
            subject_id=locked.pk,
            payload={"given_up_for": reason, "signatures_void": void},
        )
    return locked


def end_draft_of(*, award: Award, reason: str, actor: Actor, **_facts: Any) -> None:
    """Subscriber of `award_given_up`: an open draft of its contract is given up with the same reason.

    Raises DomainError `contract_signed` where the contract is concluded: then it is too late to give the grant up.
    """
    draft = ContractDraft.objects.filter(award=award).first()
    if draft is None:
        return
    locked = locked_draft(draft)
    if locked.state == State.SIGNED:
        raise DomainError(
            "contract_signed",
            _(
                "The contract %(number)s is signed, so the grant is not given up any more. "
                "Change or end the contract by an amendment."
            )
            % {"number": locked.number},
            value=locked.number,
        )
    if locked.state != State.ABANDONED:
        _abandon(locked, reason, actor)


def _abandon(draft: ContractDraft, reason: str, actor: Actor) -> None:
    draft.state, draft.abandoned_reason = State.ABANDONED, reason[:300]
    save_draft(draft)
    record(
        "abandon_contract_draft",
        actor=actor,
        subject_type="contract_draft",
        subject_id=draft.pk,
        payload={"reason": draft.abandoned_reason},
    )

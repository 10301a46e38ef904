"""Verbs on amendments of signed contracts: drafted, signed by both sides, acting from their day (art. 16)."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.actions.contracts import contract_stamp
from contracting.contracts.actions.lawful import require_lawful_end
from contracting.contracts.actions.lines import (
    CommitmentLine,
    TrancheLine,
    check_tranches,
    commitment_lines,
    commitments_as_json,
    commitments_of_json,
    tranche_lines,
    tranches_as_json,
    tranches_of_json,
    write_commitments,
    write_tranches,
)
from contracting.contracts.actions.signatures import Signed, add_signature
from contracting.contracts.models import Contract, ContractAmendment, ContractDraft
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.stamps import require_unchanged
from kernel.validation import require_valid

State = ContractAmendment.State
# What an amendment may change, with how its value is kept in `changes`.
AMENDABLE = ("valid_to", "price_per_hour", "cap_minutes", "amount", "outside_grant")


@dataclass(frozen=True)
class Proposal:
    """What an amendment is to say: `changes` maps fields of AMENDABLE to new values; lines are None where they stay.

    `over_award_reason` says why the amount becomes more than was granted, where it does.
    """

    reason: str
    effective_on: date
    changes: Mapping[str, Any]
    tranches: Sequence[TrancheLine] | None = None
    commitments: Sequence[CommitmentLine] | None = None
    over_award_reason: str = ""


def propose_amendment(
    contract: Contract, proposal: Proposal, *, seen: str | None = None, actor: Actor
) -> ContractAmendment:
    """A draft of an amendment; what stays as it was is left out.

    A change of the amount carries what each year gets. Staff that the contract names is not amended: it is changed on
    the contract with notice, from a day and to a day. Raises DomainError `nothing_changes`, `amendment_open`,
    `over_the_award`, or naming the field that is not lawful; Conflict where the contract is no longer what the writer
    saw (`seen`, a contract_stamp).
    """
    with transaction.atomic():
        locked: Contract = Contract.objects.select_for_update().get(pk=contract.pk)
        require_unchanged(seen, contract_stamp(locked))
        kept = _changes_of(locked, proposal)
        if not kept:
            raise DomainError(
                "nothing_changes",
                _("The amendment changes nothing. Change at least one field."),
            )
        amendment = ContractAmendment(
            contract=locked,
            number=locked.amendments.count() + 1,
            reason=proposal.reason,
            effective_on=proposal.effective_on,
            changes=kept,
            over_award_reason=proposal.over_award_reason.strip(),
        )
        _check(locked, amendment)
        _save(amendment)
        payload = {"changes": kept, "effective_on": amendment.effective_on}
        if amendment.over_award_reason:
            payload["over_award_reason"] = amendment.over_award_reason
        _record("propose_amendment", amendment, actor, payload)
    return amendment


def _changes_of(contract: Contract, proposal: Proposal) -> dict[str, Any]:
    changes = proposal.changes
    kept = {
        name: [_as_text(getattr(contract, name)), _as_text(changes[name])]
        for name in AMENDABLE
        if name in changes and changes[name] != getattr(contract, name)
    }
    years = tranche_lines(contract)
    wanted = years if proposal.tranches is None else list(proposal.tranches)
    if wanted != years or "amount" in kept:
        kept["tranches"] = [tranches_as_json(years), tranches_as_json(wanted)]
    promised = commitment_lines(contract)
    if proposal.commitments is not None and list(proposal.commitments) != promised:
        kept["commitments"] = [commitments_as_json(promised), commitments_as_json(proposal.commitments)]
    return kept


def _as_text(value: Any) -> Any:
    if value is None or isinstance(value, int):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def _as_value(name: str, text: Any) -> Any:
    if text is None or name == "cap_minutes":
        return text
    return date.fromisoformat(text) if name == "valid_to" else Decimal(text)


def _check(contract: Contract, amendment: ContractAmendment) -> None:
    """Refuse what the contract would not bear. Raises DomainError naming the field."""
    after = copy(contract)
    _set_terms(after, amendment.changes)
    day = amendment.effective_on
    if not contract.valid_from <= day <= max(after.valid_to, contract.valid_to):
        raise DomainError(
            "effective_outside",
            _("The amendment takes effect on %(day)s, outside the contract. Choose a day within it.")
            % {"day": f"{day:%d.%m.%Y}"},
            field="effective_on",
            value=day,
        )
    if after.valid_to < day:
        raise DomainError(
            "contract_period",
            _("The contract would end before the amendment takes effect: correct one of the dates."),
            field="valid_to",
            value=after.valid_to,
        )
    if not contract.procured:
        require_lawful_end(contract.valid_from, after.valid_to)
    require_valid(after, exclude=["organisation", "service"])
    years = tranches_of_json(_after(amendment, "tranches", tranches_as_json(tranche_lines(contract))))
    if years or "amount" in amendment.changes:
        check_tranches(years, amount=after.amount, first=after.valid_from, last=after.valid_to)
    _require_ground_over_award(contract, after, amendment)


def _require_ground_over_award(contract: Contract, after: Contract, amendment: ContractAmendment) -> None:
    draft = ContractDraft.objects.filter(contract=contract).select_related("award").first()
    granted = draft.award.amount if draft else None
    if granted is None or after.amount is None or after.amount <= max(granted, contract.amount or granted):
        return
    if not amendment.over_award_reason:
        raise DomainError(
            "over_the_award",
            _(
                "The amount becomes larger than the %(granted)s zł that were granted: write on what ground, or "
                "lower it."
            )
            % {"granted": granted},
            field="over_award_reason",
            value=after.amount,
        )


def _after(amendment: ContractAmendment, name: str, otherwise: Any) -> Any:
    return amendment.changes[name][1] if name in amendment.changes else otherwise


def _set_terms(contract: Contract, changes: Mapping[str, Any]) -> list[str]:
    """Let the contract have the terms that the changes lead to; returns which of its columns these are."""
    names = [name for name in AMENDABLE if name in changes]
    for name in names:
        setattr(contract, name, _as_value(name, changes[name][1]))
    return names


def _save(amendment: ContractAmendment) -> None:
    require_valid(amendment, exclude=["contract"])
    try:
        with transaction.atomic():
            amendment.save()
    except IntegrityError as error:
        raise DomainError(
            "amendment_open", _("Finish the open amendment of this contract first."), field="number"
        ) from error


def _locked(amendment: ContractAmendment, *states: str) -> ContractAmendment:
    # The contract first, as propose_amendment does, so that two people wait for each other in one order.
    Contract.objects.select_for_update().get(pk=amendment.contract_id)
    locked: ContractAmendment = (
        ContractAmendment.objects.select_for_update(of=("self",))
        .select_related("contract")
        .get(pk=amendment.pk)
    )
    if locked.state not in states:
        raise DomainError(
            "wrong_state",
            _("The amendment is in the state “%(state)s”: this cannot be done in it.")
            % {"state": locked.get_state_display()},
            field="state",
            value=locked.state,
        )
    return locked


def _record(verb: str, amendment: ContractAmendment, actor: Actor, payload: dict[str, Any]) -> None:
    record(
        verb,
        actor=actor,
        subject_type="contract",
        subject_id=amendment.contract_id,
        payload={"amendment": amendment.number, **payload},
    )


def send_amendment_for_signature(amendment: ContractAmendment, *, actor: Actor) -> ContractAmendment:
    """Fix an amendment for the signatures of both sides."""
    with transaction.atomic():
        locked = _locked(amendment, State.DRAFT)
        locked.state = State.FOR_SIGNATURE
        _save(locked)
        _record("send_amendment_for_signature", locked, actor, {})
    return locked


def abandon_amendment(amendment: ContractAmendment, *, actor: Actor) -> ContractAmendment:
    """Give an amendment up; its number stays taken."""
    with transaction.atomic():
        locked = _locked(amendment, State.DRAFT, State.FOR_SIGNATURE)
        locked.state = State.ABANDONED
        _save(locked)
        _record("abandon_amendment", locked, actor, {})
    return locked


def sign_amendment(
    amendment: ContractAmendment, *, side: str, function: str, signed_on: date, form: str, actor: Actor
) -> ContractAmendment:
    """Register that a side has signed. After the second one it acts at once if its day has come."""
    with transaction.atomic():
        locked = _locked(amendment, State.FOR_SIGNATURE)
        signed = Signed(side=side, function=function, signed_on=signed_on, form=form)
        if add_signature(locked, signed, not_before=locked.contract.signed_on, actor=actor):
            locked.state = State.SIGNED
            _apply_if_due(locked)
        _save(locked)
        _record("sign_amendment", locked, actor, {"side": side, "signed_on": signed_on})
    return locked


def _apply_if_due(amendment: ContractAmendment) -> bool:
    if amendment.effective_on > timezone.localdate():
        return False
    contract, changes = amendment.contract, amendment.changes
    names = _set_terms(contract, changes)
    if names:
        contract.save(update_fields=names)
    if "tranches" in changes:
        write_tranches(contract, tranches_of_json(changes["tranches"][1]))
    if "commitments" in changes:
        write_commitments(contract, commitments_of_json(changes["commitments"][1]))
    amendment.applied_at = timezone.now()
    return True


def apply_due_amendments(*, actor: Actor) -> int:
    """Let signed amendments act whose day has come; returns how many. Running it twice changes nothing more."""
    waiting = ContractAmendment.objects.filter(
        state=State.SIGNED, applied_at__isnull=True, effective_on__lte=timezone.localdate()
    )
    count = 0
    for amendment in waiting.order_by("contract", "number"):
        with transaction.atomic():
            locked = _locked(amendment, State.SIGNED)
            if locked.applied_at is None and _apply_if_due(locked):
                _save(locked)
                _record("apply_amendment", locked, actor, {"changes": locked.changes})
                count += 1
    return count

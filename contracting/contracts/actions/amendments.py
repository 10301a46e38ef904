"""Verbs on amendments of signed contracts: drafted, signed by both sides, acting from their day (art. 16)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.contracts.actions.lawful import require_lawful_end
from contracting.contracts.actions.signatures import Signed, add_signature
from contracting.contracts.models import Contract, ContractAmendment
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.validation import require_valid

State = ContractAmendment.State
# What an amendment may change, with how its value is kept in `changes`.
AMENDABLE = ("valid_to", "price_per_hour", "cap_minutes", "amount", "outside_grant")


def propose_amendment(
    contract: Contract, *, reason: str, effective_on: date, changes: Mapping[str, Any], actor: Actor
) -> ContractAmendment:
    """A draft of an amendment; `changes` maps fields of AMENDABLE to their new values, unchanged ones are left out.

    Raises DomainError `nothing_changes`, `amendment_open`, or naming the field that is not lawful.
    """
    with transaction.atomic():
        locked: Contract = Contract.objects.select_for_update().get(pk=contract.pk)
        kept = {
            name: [_as_text(getattr(locked, name)), _as_text(changes[name])]
            for name in AMENDABLE
            if name in changes and changes[name] != getattr(locked, name)
        }
        if not kept:
            raise DomainError(
                "nothing_changes",
                _("The amendment changes nothing. Change at least one field."),
                field="reason",
            )
        _check(locked, effective_on, changes)
        amendment = ContractAmendment(
            contract=locked,
            number=locked.amendments.count() + 1,
            reason=reason,
            effective_on=effective_on,
            changes=kept,
        )
        _save(amendment)
        _record("propose_amendment", amendment, actor, {"changes": kept, "effective_on": effective_on})
    return amendment


def _as_text(value: Any) -> Any:
    if value is None or isinstance(value, int):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def _as_value(name: str, text: Any) -> Any:
    if text is None or name == "cap_minutes":
        return text
    return date.fromisoformat(text) if name == "valid_to" else Decimal(text)


def _check(contract: Contract, effective_on: date, changes: Mapping[str, Any]) -> None:
    last = changes.get("valid_to", contract.valid_to)
    if not contract.valid_from <= effective_on <= max(last, contract.valid_to):
        raise DomainError(
            "effective_outside",
            _("The amendment takes effect on %(day)s, outside the contract. Choose a day within it.")
            % {"day": f"{effective_on:%d.%m.%Y}"},
            field="effective_on",
            value=effective_on,
        )
    if last < effective_on:
        raise DomainError(
            "contract_period",
            _("The contract would end before the amendment takes effect: correct one of the dates."),
            field="valid_to",
            value=last,
        )
    require_lawful_end(contract.valid_from, last)


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
        if add_signature(locked, signed, actor=actor):
            locked.state = State.SIGNED
            _apply_if_due(locked)
        _save(locked)
        _record("sign_amendment", locked, actor, {"side": side, "signed_on": signed_on})
    return locked


def _apply_if_due(amendment: ContractAmendment) -> bool:
    if amendment.effective_on > timezone.localdate():
        return False
    contract = amendment.contract
    for name, (_before, after) in amendment.changes.items():
        setattr(contract, name, _as_value(name, after))
    contract.save(update_fields=list(amendment.changes))
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

"""Verbs on contracts and on the staff they name."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning.models import Service
from contracting.contracts.actions.lawful import require_lawful_end
from contracting.contracts.actions.lines import (
    CommitmentLine,
    TrancheLine,
    check_tranches,
    commitment_lines,
    tranche_lines,
    write_commitments,
    write_tranches,
)
from contracting.contracts.locking import hold_worker
from contracting.contracts.models import Contract, ContractDraft, NamedStaff, Worker
from contracting.contracts.queries import signed_here
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.stamps import require_unchanged, stamp_of
from kernel.tenancy import require_tenant
from kernel.validation import require_valid
from tenants.models import Organisation, Partnership

_FIELDS = (
    "number",
    "signed_on",
    "valid_from",
    "valid_to",
    "price_per_hour",
    "amount",
    "outside_grant",
    "cap_minutes",
    "procured",
)


def _as_values(contract: Contract) -> dict[str, Any]:
    return {
        "service": contract.service_id,
        "organisation": contract.organisation_id,
        **{field: getattr(contract, field) for field in _FIELDS},
        "tranches": tranche_lines(contract),
        "commitments": [asdict(line) for line in commitment_lines(contract)],
    }


def contract_stamp(contract: Contract) -> str:
    """The stamp of the contract as it stands, with its yearly money and commitments."""
    return stamp_of(_as_values(contract))


def create_contract(
    *,
    service: Service,
    organisation: Organisation,
    terms: Mapping[str, Any],
    tranches: Sequence[TrancheLine] = (),
    commitments: Sequence[CommitmentLine] = (),
    actor: Actor,
) -> Contract:
    """A new contract with a partner of the tenant, concluded elsewhere and entered by hand.

    `terms` has number, signed_on, valid_from, valid_to, price_per_hour, amount, outside_grant, cap_minutes and
    procured. Raises DomainError with the fields that are wrong.
    """
    require_partner(organisation.pk)
    contract = Contract(service=service, organisation=organisation)
    with transaction.atomic():
        _write(contract, terms, tranches, commitments)
        record(
            "create_contract",
            actor=actor,
            subject_type="contract",
            subject_id=contract.pk,
            payload={"after": _as_values(contract)},
        )
    return contract


def edit_contract(
    contract: Contract,
    *,
    terms: Mapping[str, Any],
    tranches: Sequence[TrancheLine] = (),
    commitments: Sequence[CommitmentLine] = (),
    seen: str | None = None,
    actor: Actor,
) -> Contract:
    """Change a contract that was entered by hand, whole; see create_contract. Its service and organisation stay.

    Raises DomainError `signed_here` where its text stands in a draft or an amendment kept here, and Conflict where the
    contract is no longer what the editor saw (`seen`, a contract_stamp).
    """
    with transaction.atomic():
        locked: Contract = Contract.objects.select_for_update().get(pk=contract.pk)
        require_unchanged(seen, contract_stamp(locked))
        if signed_here().filter(pk=locked.pk).exists():
            raise DomainError(
                "signed_here",
                _("Both sides sign what this contract says: change it by an amendment."),
                field="number",
            )
        before = _as_values(locked)
        _write(locked, terms, tranches, commitments)
        after = _as_values(locked)
        if after != before:
            record(
                "edit_contract",
                actor=actor,
                subject_type="contract",
                subject_id=locked.pk,
                payload={"before": before, "after": after},
            )
    return locked


def _write(
    contract: Contract,
    terms: Mapping[str, Any],
    tranches: Sequence[TrancheLine],
    commitments: Sequence[CommitmentLine],
) -> None:
    for name in _FIELDS:
        setattr(contract, name, terms[name])
    if not contract.procured:
        require_lawful_end(contract.valid_from, contract.valid_to)
    check_tranches(tranches, amount=contract.amount, first=contract.valid_from, last=contract.valid_to)
    save_contract(contract)
    if list(tranches) != tranche_lines(contract):
        write_tranches(contract, tranches)
    if list(commitments) != commitment_lines(contract):
        write_commitments(contract, commitments)


def correct_number(contract: Contract, *, number: str, seen: str | None = None, actor: Actor) -> Contract:
    """Correct a number that was typed wrongly: the one thing of a signed contract that needs no amendment.

    Raises DomainError `contract_exists`, and Conflict where the contract is no longer what the editor saw.
    """
    with transaction.atomic():
        locked: Contract = Contract.objects.select_for_update().get(pk=contract.pk)
        require_unchanged(seen, contract_stamp(locked))
        before = locked.number
        if number != before:
            locked.number = number
            save_contract(locked)
            ContractDraft.objects.filter(contract=locked).update(number=number)
            record(
                "correct_contract_number",
                actor=actor,
                subject_type="contract",
                subject_id=locked.pk,
                payload={"number": [before, number]},
            )
    return locked


def require_partner(organisation_id: UUID) -> None:
    """Refuse organisations that are no partners of the tenant. Raises DomainError `not_a_partner`."""
    partners = Partnership.objects.filter(tenant_id=require_tenant().pk, organisation_id=organisation_id)
    if not partners.exists():
        raise DomainError(
            "not_a_partner",
            _("This organisation is no partner of the unit. Add the partnership first."),
            field="organisation",
        )


def save_contract(contract: Contract) -> None:
    """Save a contract whose fields hold.

    Raises DomainError `contract_period`, `invalid`, or `contract_exists` where another got its number this moment.
    """
    if contract.valid_to < contract.valid_from:
        raise DomainError(
            "contract_period",
            _("The contract ends before it begins: correct one of the dates."),
            field="valid_to",
            value=contract.valid_to,
        )
    require_valid(contract, exclude=["organisation"])
    try:
        with transaction.atomic():
            contract.save()
    except IntegrityError as error:
        raise DomainError(
            "contract_exists",
            _("Another contract has this number. Check the number."),
            field="number",
            value=contract.number,
        ) from error


def name_staff(
    contract: Contract,
    worker: Worker,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
    actor: Actor,
) -> NamedStaff:
    """Name a worker in a contract, from and to a day where these are given (S-051).

    Raises DomainError where the worker belongs to another organisation or is named already, and Conflict where their
    name was taken off.
    """
    if worker.organisation_id != contract.organisation_id:
        raise DomainError(
            "other_organisation",
            _(
                "This worker belongs to another organisation than the contract. Choose one of its own workers."
            ),
            field="worker",
        )
    named = NamedStaff(contract=contract, worker=worker, valid_from=valid_from, valid_to=valid_to)
    with transaction.atomic():
        hold_worker(worker)
        _save_named(named)
        record(
            "name_staff",
            actor=actor,
            subject_type="contract",
            subject_id=contract.pk,
            payload={"worker": worker.pk, "after": [valid_from, valid_to]},
        )
    return named


def named_stamp(named: NamedStaff) -> str:
    """The stamp of the dates between which a contract names a worker, as they stand."""
    return stamp_of(named.valid_from, named.valid_to)


def change_named_staff(
    named: NamedStaff,
    *,
    valid_from: date | None,
    valid_to: date | None,
    seen: str | None = None,
    actor: Actor,
) -> NamedStaff:
    """Change from when to when the contract names the worker.

    Raises Conflict where the dates are no longer what the editor saw (`seen`, a named_stamp), or the name of the worker
    was taken off.
    """
    with transaction.atomic():
        hold_worker(named.worker)
        locked: NamedStaff = NamedStaff.objects.select_for_update().get(pk=named.pk)
        require_unchanged(seen, named_stamp(locked))
        before = [locked.valid_from, locked.valid_to]
        locked.valid_from, locked.valid_to = valid_from, valid_to
        _save_named(locked)
        record(
            "change_named_staff",
            actor=actor,
            subject_type="contract",
            subject_id=locked.contract_id,
            payload={"worker": locked.worker_id, "before": before, "after": [valid_from, valid_to]},
        )
    return locked


def remove_named_staff(named: NamedStaff, *, actor: Actor) -> None:
    """Take a worker off the contract, as if they had never been named; past visits will be compared anew.

    Raises Conflict where the name of the worker was taken off.
    """
    with transaction.atomic():
        hold_worker(named.worker)
        locked: NamedStaff = NamedStaff.objects.select_for_update().get(pk=named.pk)
        record(
            "remove_named_staff",
            actor=actor,
            subject_type="contract",
            subject_id=locked.contract_id,
            payload={"worker": locked.worker_id, "before": [locked.valid_from, locked.valid_to]},
        )
        locked.delete()


def _save_named(named: NamedStaff) -> None:
    if named.valid_from and named.valid_to and named.valid_to < named.valid_from:
        raise DomainError(
            "named_staff_period",
            _("The worker stops being named before they begin: correct one of the dates."),
            field="valid_to",
            value=named.valid_to,
        )
    require_valid(named, exclude=["contract", "worker"])
    try:
        with transaction.atomic():
            named.save()
    except IntegrityError as error:
        raise DomainError(
            "named_already", _("The contract names this worker already."), field="worker"
        ) from error

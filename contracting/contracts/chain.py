"""Contracts in the chain from the need to the hour: what the later steps and the open data are told of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from contracting.commissioning.contributions import Check, Contribution, Link
from contracting.commissioning.models import Cycle
from contracting.commissioning.permissions import READ_CYCLES
from contracting.commissioning.plans import chosen_form
from contracting.commissioning.rules.forms import NEIGHBOUR, OWN, RECORDED
from contracting.contracts.arranged import arrangement_of, contracts_of, gaps_in
from contracting.contracts.models import Arrangement, Contract, ContractDraft
from contracting.tenders.earlier_tasks import EarlierTask
from contracting.tenders.models import Call
from kernel.access import Access
from kernel.errors import Sentence
from tenants.addresses import tenant_url

_RECORDED: dict[str, tuple[Sentence, Sentence]] = {
    "own": (
        _("The organisation of the service is recorded"),
        _("Record who of the unit delivers the service, from when, and the note of the decision."),
    ),
    "procurement": (
        _("The outcome of the procurement is recorded"),
        _("Record the mode, the notice, the day of the choice, the contractor, the value and the contract."),
    ),
    "partnership": (
        _("The agreement with the partner is recorded"),
        _("Record the partner, the day of the agreement and the article on which it rests."),
    ),
    "neighbour": (
        _("The organisation of neighbour services is recorded"),
        _("Record the organisation or unit that runs them, from when and until when."),
    ),
}
_NO_LONGER: Sentence = _("What was recorded holds no longer: correct it.")


def tell_choice(cycle: Cycle, access: Access | None) -> Contribution:
    """What step 5 waits for beside calls: a contract, or the record of a form whose contractor is chosen elsewhere.

    Where a call chooses, a contract drafted from an award of this cycle's calls counts, and no other of the service:
    one of the cycle before may still run when this one begins.
    """
    form = chosen_form(cycle)
    contracts = list(contracts_of(cycle))
    reader_sees = access is None or access.sees_all_organisations
    links = tuple(
        Link(
            _("contract %(number)s") % {"number": contract.number},
            tenant_url("contracts:contract", contract.pk),
            contract.cap_minutes,
        )
        for contract in (contracts if reader_sees else ())
    )
    if form not in RECORDED:
        signed = Check(
            _("A contract is signed"),
            _is_signed(cycle),
            _("Draft the contract from the award and register the signatures of both sides."),
            tenant_url("contracts:drafts"),
        )
        return Contribution((signed,), links)
    row = arrangement_of(cycle, form)
    items = [_record_check(cycle, form, row)]
    if _has_contract(form, row):
        items.append(_entered_check(bool(contracts)))
    told = (_record_link(cycle, row, access),) if row else ()
    return Contribution(tuple(items), (*told, *links))


def _is_signed(cycle: Cycle) -> bool:
    drafts = ContractDraft.objects.filter(award__offer__call__cycle_id=cycle.pk, contract__isnull=False)
    return bool(drafts.exists())


def _record_check(cycle: Cycle, form: str, row: Arrangement | None) -> Check:
    label, why = _RECORDED[form]
    is_complete = row is not None and not gaps_in(row)
    return Check(label, is_complete, _NO_LONGER if row else why, tenant_url("arrangement:record", cycle.pk))


def _has_contract(form: str | None, row: Arrangement | None) -> bool:
    """Whether somebody outside the unit delivers, so that a contract can be compared month by month."""
    if form == OWN:
        return False
    return form != NEIGHBOUR or row is None or row.contractor is not None


def _entered_check(is_entered: bool) -> Check:
    return Check(
        _("The contract is entered, so that its months can be compared"),
        is_entered,
        _("Enter the contract with its price and cap: without it step 6 has nothing to compare."),
        tenant_url("contracts:create_contract"),
        must=False,
    )


def _record_link(cycle: Cycle, row: Arrangement, access: Access | None) -> Link:
    href = tenant_url("arrangement:show", cycle.pk) if access is None or access.may(READ_CYCLES) else ""
    return Link(row.get_form_display(), href, value=str(row.contractor or row.deliverer))


def tell_later(cycle: Cycle, access: Access | None) -> Contribution:
    """What steps 6 and 7 say plainly where a form without a call leaves nothing to compare; four queries."""
    form = chosen_form(cycle)
    if form not in RECORDED:
        return Contribution()
    row = arrangement_of(cycle, form)
    if not _has_contract(form, row):
        text = _(
            "The unit delivers this service itself, without a contract: there is no diary of a contractor here, so "
            "nothing can be compared with decisions. Say in the decision note how delivery was checked."
        )
        return Contribution(notes=(text,))
    if contracts_of(cycle).exists():
        return Contribution()
    who = row.contractor if row else None
    note = (
        _(
            "No contract of %(name)s for this service in the period of the cycle is entered, so there are no months "
            "to compare. Enter the contract, and decisions and diaries under it can be compared."
        )
        % {"name": who.name}
        if who
        else _("No contractor is recorded and no contract is entered, so there are no months to compare.")
    )
    return Contribution((_entered_check(False),), notes=(note,))


def open_contracts(calls: Sequence[Call]) -> dict[UUID, list[dict[str, Any]]]:
    """The signed contracts of calls, as open data tells them: no person is in it."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    drafts = ContractDraft.objects.filter(
        award__offer__call__in=[call.pk for call in calls], contract__isnull=False
    ).select_related("contract", "award__offer")
    for draft in drafts:
        contract = draft.contract
        found.setdefault(draft.award.offer.call_id, []).append(
            {
                "award_id": draft.award_id,
                "number": contract.number,
                "signed_on": contract.signed_on,
                "from": contract.valid_from,
                "to": contract.valid_to,
                "amount": contract.amount,
            }
        )
    return found


def delivered_tasks(service_id: UUID, years: Sequence[int]) -> list[EarlierTask]:
    """The tasks of a service under signed contracts that hold in one of the years; two queries."""
    contracts = (
        Contract.objects.filter(
            service=service_id, valid_from__year__lte=max(years), valid_to__year__gte=min(years)
        )
        .select_related("organisation", "service", "draft__award__lot")
        .prefetch_related("tranches")
    )
    return [
        EarlierTask(
            number=contract.number,
            title=contract.draft.award.lot.title if hasattr(contract, "draft") else contract.service.name,
            organisation=contract.organisation.name,
            begins=contract.valid_from,
            ends=contract.valid_to,
            by_year={tranche.year: tranche.amount for tranche in contract.tranches.all()},
            amount=contract.amount,
        )
        for contract in contracts
    ]

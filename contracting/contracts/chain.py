"""Contracts in the chain from the need to the hour: what the step of the choice and the open data are told of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from contracting.commissioning.contributions import Check, Contribution, Link
from contracting.commissioning.models import Cycle, FormOption
from contracting.contracts.models import Contract, ContractDraft
from contracting.tenders.models import Call
from kernel.access import Access
from tenants.addresses import tenant_url

# Forms in which nobody outside the unit signs anything.
_WITHOUT_CONTRACT = frozenset({FormOption.Form.OWN})


def tell_choice(cycle: Cycle, access: Access | None) -> Contribution:
    """Whether a contract delivers the cycle's service in its period, and the links to those that do.

    A contract drafted from an award and one concluded elsewhere and entered by hand both count.
    """
    chosen = FormOption.objects.filter(cycle=cycle, chosen=True).values_list("form", flat=True).first()
    if chosen in _WITHOUT_CONTRACT:
        return Contribution()
    contracts = list(
        Contract.objects.filter(
            service_id=cycle.service_id, valid_from__lte=cycle.period_to, valid_to__gte=cycle.period_from
        )
    )
    reader_sees = access is None or access.sees_all_organisations
    links = tuple(
        Link(
            _("contract %(number)s") % {"number": contract.number},
            tenant_url("contracts:contract", contract.pk),
            contract.cap_minutes,
        )
        for contract in (contracts if reader_sees else ())
    )
    check = Check(
        _("A contract is signed"),
        bool(contracts),
        _("Draft the contract from the award and register the signatures of both sides."),
        tenant_url("contracts:drafts"),
    )
    return Contribution((check,), links)


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

"""Contracts in the chain from the need to the hour: what the step of the choice is told of them."""

from django.utils.translation import gettext_lazy as _

from contracting.commissioning.contributions import Check, Contribution, Link
from contracting.commissioning.models import Cycle, FormOption
from contracting.contracts.models import Contract
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

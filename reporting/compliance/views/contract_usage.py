"""How much of a contract is used: a part of the contract's page, which knows nothing of visits itself."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from contracting.contracts.consumption import delivered_under
from contracting.contracts.models import Contract
from contracting.contracts.permissions import READ_CONTRACTS
from kernel.doors import Request, tenant_door
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.compliance.queries.kinds import undecided_of
from reporting.compliance.queries.papers import contracts_in


def _used_minutes(contract: Contract, month: Month) -> int:
    """Minutes up to the end of the month: accepted where a month is accepted, else delivered (compliance.md C1)."""
    if contract.cap_minutes is not None:
        facts = contracts_in(month.next(), {str(contract.pk)})
        return facts[str(contract.pk)].minutes_before
    given = delivered_under([contract.pk]).get(contract.pk)
    return given.minutes if given else 0


@tenant_door(READ_CONTRACTS)
def contract_usage(request: Request, contract_pk: str) -> HttpResponse:
    contract: Contract = get_object_or_404(Contract.objects.visible_to(request.access), pk=contract_pk)
    today = timezone.localdate()
    decisions = Decision.objects.filter(contract=contract)
    context = {
        "contract": contract,
        "used": _used_minutes(contract, Month.of(today)),
        "decisions": decisions.count(),
        "serves": bool(undecided_of([contract.pk])),
        "in_force": decisions.in_force_on(today).count(),
    }
    return render(request, "compliance/_contract_usage.html", context)

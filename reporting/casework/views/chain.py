"""What was done beside care under a contract or in a cycle: pages of its own, and a part of the contract's page."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from contracting.commissioning.models import Cycle
from contracting.contracts.models import Contract
from kernel.doors import Request, tenant_door
from reporting.casework.chain import works_of_contract, works_of_cycle
from reporting.casework.permissions import KEEP_LOADS, READ_LOADS


def _contract(request: Request, pk: UUID) -> Contract:
    found: Contract = get_object_or_404(
        Contract.objects.visible_to(request.access).select_related("organisation", "service"), pk=pk
    )
    return found


@tenant_door(READ_LOADS)
def of_contract(request: Request, pk: UUID) -> HttpResponse:
    contract = _contract(request, pk)
    context = {
        "contract": contract,
        "works": works_of_contract(contract),
        "belongs": f"contract:{contract.pk}",
        "may_keep": request.access.may(KEEP_LOADS),
    }
    return render(request, "casework/works.html", context)


@tenant_door(READ_LOADS)
def sums_of_contract(request: Request, pk: UUID) -> HttpResponse:
    """The part of the contract's page that says what belongs to it."""
    contract = _contract(request, pk)
    context = {"contract": contract, "works": works_of_contract(contract)}
    return render(request, "casework/_works_of_contract.html", context)


@tenant_door(READ_LOADS)
def of_cycle(request: Request, pk: UUID) -> HttpResponse:
    cycle: Cycle = get_object_or_404(
        Cycle.objects.visible_to(request.access).select_related("service"), pk=pk
    )
    context = {
        "cycle": cycle,
        "works": works_of_cycle(cycle),
        "belongs": f"cycle:{cycle.pk}",
        "may_keep": request.access.may(KEEP_LOADS),
    }
    return render(request, "casework/works.html", context)

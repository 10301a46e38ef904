"""Accepting many months in one action: what it will do, how it goes, and what it left."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from kernel.periods import Month
from reporting.compliance import actions
from reporting.compliance.models import BulkAcceptance, BulkAcceptanceLine
from reporting.compliance.permissions import ACCEPT_MONTH
from reporting.compliance.views.pages import month_of
from tenants.addresses import tenant_url

State = BulkAcceptanceLine.State


@tenant_door(ACCEPT_MONTH)
def accept_months(request: Request, month: str) -> HttpResponse:
    """What would be accepted and what not; on POST it begins."""
    when = month_of(month)
    refusal = None
    if request.method == "POST":
        try:
            asked = actions.ask_bulk_acceptance(when, actor=request.access.actor)
        except DomainError as error:
            refusal = error
        else:
            return redirect(tenant_url("compliance:bulk_acceptance", asked.pk))
    contracts = actions.handed_in(when)
    waiting = actions.open_points(when, contracts) if contracts else {}
    context = {
        "month": when,
        "refusal": refusal,
        "going_on": BulkAcceptance.objects.filter(month=when.first, finished_at__isnull=True).first(),
        "clean": [contract for contract in contracts if contract.pk not in waiting],
        "waiting": [(contract, waiting[contract.pk]) for contract in contracts if contract.pk in waiting],
    }
    return render(
        request, "compliance/accept_months.html", context, status=refusal.status if refusal else 200
    )


@tenant_door(ACCEPT_MONTH)
def bulk_acceptance(request: Request, pk: UUID) -> HttpResponse:
    """How an acceptance of many months goes, or what came of it."""
    asked = get_object_or_404(BulkAcceptance, pk=pk)
    refused = asked.lines.filter(state=State.REFUSED).select_related("contract__organisation")
    context = {**_progress(asked), "refused": refused.order_by("contract__number")}
    return render(request, "compliance/bulk_acceptance.html", context)


@tenant_door(ACCEPT_MONTH)
def bulk_acceptance_progress(request: Request, pk: UUID) -> HttpResponse:
    """The moving part of the page, asked for every second; at the end all is drawn anew."""
    context = _progress(get_object_or_404(BulkAcceptance, pk=pk))
    response = render(request, "compliance/_bulk_acceptance_progress.html", context)
    if context["asked"].finished_at is not None:
        response["HX-Refresh"] = "true"
    return response


def _progress(asked: BulkAcceptance) -> dict[str, Any]:
    counted = asked.lines.aggregate(
        total=Count("pk"),
        accepted=Count("pk", filter=Q(state=State.ACCEPTED)),
        refused=Count("pk", filter=Q(state=State.REFUSED)),
    )
    return {
        "asked": asked,
        "month": Month.of(asked.month),
        "done": counted["accepted"] + counted["refused"],
        "accepted": counted["accepted"],
        "total": counted["total"],
    }

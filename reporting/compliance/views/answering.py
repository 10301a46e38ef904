"""Answers to deviations: sent by forms on the pages of a month and of a decision, which come back as they were."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from contracting.contracts.models import Contract
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.compliance import actions
from reporting.compliance.forms.months import AcknowledgeForm, JustifyForm
from reporting.compliance.models import Resolution
from reporting.compliance.permissions import RESOLVE_DEVIATIONS
from reporting.compliance.views.decision import decision_context
from reporting.compliance.views.month import month_context
from reporting.compliance.views.pages import contract_of, month_of
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of


@tenant_door(RESOLVE_DEVIATIONS)
@require_POST
def answer(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    contract, when = contract_of(request, contract_pk), month_of(month)
    form = JustifyForm(request.POST)
    made = attempt(form, lambda: _answer(request, contract, when, form)) if form.is_valid() else None
    if made is None:
        return _refused(request, contract, when, status_of(form), explain=form)
    told = ngettext("The answer is saved.", "%(count)s answers are saved.", len(made))
    messages.success(request, told % {"count": len(made)})
    return _back(request, contract, when)


def _answer(request: Request, contract: Contract, when: Month, form: JustifyForm) -> list[Resolution]:
    typed = form.cleaned_data
    is_refusal = typed["reason"] in Resolution.Refusal.values
    verb = actions.refuse_deviations if is_refusal else actions.justify_deviations
    return verb(
        contract,
        when,
        points=typed["chosen"],
        reason=typed["reason"],
        note=typed["note"],
        together=typed["together"],
        actor=request.access.actor,
    )


@tenant_door(RESOLVE_DEVIATIONS)
@require_POST
def acknowledge(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    contract, when = contract_of(request, contract_pk), month_of(month)
    form = AcknowledgeForm(request.POST)
    if not form.is_valid():
        raise Http404
    count = attempt(form, lambda: _acknowledge(request, contract, when, form.cleaned_data))
    if count is None:
        return _refused(request, contract, when, status_of(form), acknowledging=form)
    told = ngettext("%(count)s note is acknowledged.", "%(count)s notes are acknowledged.", count)
    messages.success(request, told % {"count": count})
    return _back(request, contract, when)


def _acknowledge(request: Request, contract: Contract, when: Month, typed: dict[str, Any]) -> int:
    actor = request.access.actor
    if typed["every"]:
        return actions.acknowledge_notes(contract, when, decision_id=typed["decision"], actor=actor)
    return len(actions.acknowledge_deviations(contract, when, points=typed["chosen"], actor=actor))


@tenant_door(RESOLVE_DEVIATIONS)
@require_POST
def withdraw(request: Request, contract_pk: UUID, month: str, pk: UUID) -> HttpResponse:
    contract, when = contract_of(request, contract_pk), month_of(month)
    resolution: Resolution = get_object_or_404(
        Resolution.objects.filter(contract=contract, month=when.first), pk=pk
    )
    try:
        actions.withdraw_resolution(resolution, actor=request.access.actor)
    except DomainError as refusal:
        return _refused(request, contract, when, refusal.status, refusal=refusal)
    messages.success(request, _("The answer is taken back; the deviation is open again."))
    return _back(request, contract, when)


def _refused(request: Request, contract: Contract, when: Month, status: int, **told: Any) -> HttpResponse:
    """The page that sent the form as it stands, with its filters, and the form as it was typed, with why."""
    decision = _decision_of(request, contract)
    if decision is not None:
        context = decision_context(request, decision, when)
        return render(request, "compliance/decision_month.html", {**context, **told}, status=status)
    request.GET = QueryDict(request.POST.get("back", ""))
    context = month_context(request, contract, when)
    return render(request, "compliance/month.html", {**context, **told}, status=status)


def _back(request: Request, contract: Contract, when: Month) -> HttpResponse:
    """To the page that sent the form, with the filters that it had."""
    decision = _decision_of(request, contract)
    if decision is not None:
        return redirect(tenant_url("compliance:decision_month", decision.pk, str(when)) + "#points")
    query = QueryDict(request.POST.get("back", "")).urlencode()
    address = tenant_url("compliance:month", contract.pk, str(when))
    return redirect(f"{address}{'?' + query if query else ''}#points")


def _decision_of(request: Request, contract: Contract) -> Decision | None:
    """The decision whose page sent the form; None where the page of the month did."""
    if not (named := request.POST.get("of_decision")):
        return None
    try:
        pk = UUID(named)
    except ValueError as error:
        raise Http404 from error
    found: Decision = get_object_or_404(
        Decision.objects.visible_to(request.access)
        .filter(contract=contract)
        .select_related("contract__service", "contract__organisation", "service"),
        pk=pk,
    )
    return found

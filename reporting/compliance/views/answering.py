"""Answers to deviations: sent by forms on the month's page, which comes back where the person was."""

from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from contracting.contracts.models import Contract
from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from kernel.periods import Month
from reporting.compliance import actions
from reporting.compliance.forms.months import AcknowledgeForm, AnswerForm
from reporting.compliance.models import Resolution
from reporting.compliance.permissions import RESOLVE_DEVIATIONS
from reporting.compliance.rules import SEVERITIES, Code, Severity
from reporting.compliance.views.month import month_context
from reporting.compliance.views.pages import contract_of, month_of
from tenants.addresses import tenant_url


@tenant_door(RESOLVE_DEVIATIONS)
@require_POST
def answer(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    contract, when = contract_of(request, contract_pk), month_of(month)
    form = AnswerForm(request.POST)
    if not form.is_valid() or form.cleaned_data["code"] not in set(Code):
        raise Http404
    typed, actor = form.cleaned_data, request.access.actor
    told = {"code": typed["code"], "subject": typed["subject"], "note": typed["note"], "actor": actor}
    try:
        if SEVERITIES[Code(typed["code"])] is Severity.MUST:
            actions.justify_deviation(contract, when, reason=typed["reason"], **told)
        else:
            actions.acknowledge_deviation(contract, when, **told)
    except DomainError as refusal:
        return _refused(request, contract, when, refusal, typed)
    messages.success(request, _("The answer is saved."))
    return _back(request, contract, when)


@tenant_door(RESOLVE_DEVIATIONS)
@require_POST
def acknowledge(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    contract, when = contract_of(request, contract_pk), month_of(month)
    form = AcknowledgeForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        count = actions.acknowledge_notes(
            contract, when, decision_id=form.cleaned_data["decision"], actor=request.access.actor
        )
    except DomainError as refusal:
        return _refused(request, contract, when, refusal, {})
    told = ngettext("%(count)s note is acknowledged.", "%(count)s notes are acknowledged.", count)
    messages.success(request, told % {"count": count})
    return _back(request, contract, when)


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
        return _refused(request, contract, when, refusal, {})
    messages.success(request, _("The answer is taken back; the deviation is open again."))
    return _back(request, contract, when)


def _refused(
    request: Request, contract: Contract, when: Month, refusal: DomainError, typed: dict[str, Any]
) -> HttpResponse:
    """The month as it stands, with why, and with what was typed still in its form."""
    context = {**month_context(request, contract, when), "refusal": refusal, "typed": typed}
    return render(request, "compliance/month.html", context, status=refusal.status)


def _back(request: Request, contract: Contract, when: Month) -> HttpResponse:
    """To the page that sent the form, with the filters that it had."""
    query = urlencode(parse_qsl(request.POST.get("back", "")))
    if request.POST.get("page") == "decision" and request.POST.get("decision_pk"):
        try:
            pk = UUID(request.POST["decision_pk"])
        except ValueError as error:
            raise Http404 from error
        return redirect(tenant_url("compliance:decision_month", pk, str(when)) + "#points")
    address = tenant_url("compliance:month", contract.pk, str(when))
    return redirect(f"{address}{'?' + query if query else ''}#points")

"""Pages of demands to justify the choice: the list, a new one, the answer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from contracting.tenders.actions.justifications import (
    answer_justification,
    last_day_for,
    record_justification_request,
)
from contracting.tenders.forms.publishing import JustificationForm, ReasonsForm
from contracting.tenders.models import JustificationRequest
from contracting.tenders.permissions import EDIT_CALLS
from contracting.tenders.queries.justifying import justification_text
from contracting.tenders.views.calls import find_call
from kernel.doors import Request, tenant_door
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of


@tenant_door(EDIT_CALLS)
def list_justifications(request: Request, pk: str) -> HttpResponse:
    call = find_call(request, pk)
    context = {
        "call": call,
        "rows": call.justifications.select_related("offer__organisation"),
        "last_day": last_day_for(call),
    }
    return render(request, "tenders/calls/justifications.html", context)


@tenant_door(EDIT_CALLS)
def record_justification(request: Request, pk: str) -> HttpResponse:
    call = find_call(request, pk)
    form = JustificationForm(request.POST or None, call=call)
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form,
            lambda: record_justification_request(call, **form.cleaned_data, actor=request.access.actor),
        )
        if saved is not None:
            messages.success(request, _("The demand is recorded."))
            return redirect(tenant_url("calls:justifications", call.pk))
    context = {"call": call, "form": form, "last_day": last_day_for(call)}
    return render(request, "tenders/calls/record_justification.html", context, status=status_of(form))


@tenant_door(EDIT_CALLS)
def answer_request(request: Request, pk: str, request_pk: str) -> HttpResponse:
    call = find_call(request, pk)
    row: JustificationRequest = get_object_or_404(
        call.justifications.select_related("offer__organisation"), pk=request_pk
    )
    form = ReasonsForm(request.POST or None, initial={"answer": justification_text(call, row.offer)})
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form, lambda: answer_justification(row, **form.cleaned_data, actor=request.access.actor)
        )
        if saved is not None:
            messages.success(request, _("The reasons are kept."))
            return redirect(tenant_url("calls:justifications", call.pk))
    context = {"call": call, "row": row, "form": form}
    return render(request, "tenders/calls/answer_justification.html", context, status=status_of(form))

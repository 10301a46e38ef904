"""Pages on which decisions are suspended, and suspensions changed or lifted."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from reporting.care import actions
from reporting.care.forms.decisions import SuspensionForm
from reporting.care.models import Suspension
from reporting.care.permissions import EDIT_DECISIONS
from reporting.care.views.decisions import note_form, visible_decision
from reporting.care.views.reaching_back import tell_closed_months
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of


@tenant_door(EDIT_DECISIONS)
def suspend_decision(request: Request, pk: str) -> HttpResponse:
    decision = visible_decision(request, pk)
    form = SuspensionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.suspend_decision(decision, **form.cleaned_data, actor=actor))
        if saved is not None:
            messages.success(request, _("Decision %(number)s is suspended.") % {"number": decision.number})
            tell_closed_months(request, decision, saved.first_day, saved.last_day)
            return redirect(tenant_url("care:decision", decision.pk))
    note_form(request, decision.person_id)
    context = {"form": form, "decision": decision, "suspension": None}
    return render(request, "care/suspension_form.html", context, status=status_of(form))


def _suspension(request: Request, decision_pk: Any, pk: Any) -> Suspension:
    decision = visible_decision(request, decision_pk)
    found: Suspension = get_object_or_404(Suspension.objects.filter(decision=decision), pk=pk)
    found.decision = decision
    return found


@tenant_door(EDIT_DECISIONS)
def change_suspension(request: Request, decision_pk: str, pk: str) -> HttpResponse:
    suspension = _suspension(request, decision_pk, pk)
    names = ("first_day", "last_day", "reason")
    before = suspension.first_day, suspension.last_day
    form = SuspensionForm(request.POST or None, initial={name: getattr(suspension, name) for name in names})
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.change_suspension(suspension, **form.cleaned_data, actor=actor))
        if saved is not None:
            messages.success(request, _("The suspension is saved."))
            first, last = min(before[0], saved.first_day), max(before[1], saved.last_day)
            tell_closed_months(request, suspension.decision, first, last)
            return redirect(tenant_url("care:decision", suspension.decision_id))
    note_form(request, suspension.decision.person_id)
    context = {"form": form, "decision": suspension.decision, "suspension": suspension}
    return render(request, "care/suspension_form.html", context, status=status_of(form))


@tenant_door(EDIT_DECISIONS)
def lift_suspension(request: Request, decision_pk: str, pk: str) -> HttpResponse:
    suspension = _suspension(request, decision_pk, pk)
    if request.method == "POST":
        actions.lift_suspension(suspension, actor=request.access.actor)
        messages.success(request, _("The suspension is lifted."))
        tell_closed_months(request, suspension.decision, suspension.first_day, suspension.last_day)
        return redirect(tenant_url("care:decision", suspension.decision_id))
    context = {"suspension": suspension, "decision": suspension.decision}
    return render(request, "care/lift_suspension.html", context)

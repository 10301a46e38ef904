"""Corrections of visits of an accepted month: asked for with their reason, withdrawn with one."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from kernel.periods import Month
from reporting.compliance.views.pages import FROZEN
from reporting.settlement import actions
from reporting.settlement.forms import CorrectionForm, LateVisitForm, TakeBackForm
from reporting.settlement.models import AcceptedLine, Adjustment
from reporting.settlement.permissions import ADJUST
from reporting.settlement.queries import accepted_lines_of, carriers_of
from reporting.settlement.rules.lines import Line
from reporting.settlement.views.pages import Shown, shown_month, typed
from tenants.addresses import tenant_url
from ui.formatting import format_month
from ui.refusals import attempt, status_of


@tenant_door(ADJUST)
def correct(request: Request, contract_pk: UUID, month: str, visit_pk: UUID) -> HttpResponse:
    """Correct a visit of an accepted month in a later one."""
    shown = shown_month(request, contract_pk, month)
    if shown.close.state not in FROZEN:
        raise Http404
    line = next((one for one in accepted_lines_of(shown.close) if one.visit == visit_pk), None)
    line = line or _late_line(shown, visit_pk)
    if line is None:
        raise Http404
    months = carriers_of(shown.contract, shown.month)
    form = CorrectionForm(typed(request), months=months)
    if request.method == "POST" and form.is_valid():
        asked = form.correction(visit_pk)
        made = attempt(
            form,
            lambda: actions.add_adjustment(shown.contract, shown.month, asked, actor=request.access.actor),
        )
        if made is not None:
            carried = format_month(Month.of(made.carried_in))
            messages.success(request, _("The correction is carried by %(month)s.") % {"month": carried})
            return _back(shown, line.decision)
    context = {
        "contract": shown.contract,
        "month": shown.month,
        "line": line,
        "form": form,
        "months": months,
    }
    return render(request, "settlement/correct.html", context, status=status_of(form))


def _late_line(shown: Shown, visit_pk: UUID) -> Line | None:
    """A late visit of the month with what is counted of it; None where nothing is."""
    late = AcceptedLine.objects.filter(
        contract=shown.contract, month=shown.month.first, visit_id=visit_pk, is_late=True
    )
    values = ("visit_id", "decision_id", "date", "start", "worker", "adjusted_minutes")
    found = late.filter(adjusted_minutes__gt=0).values_list(*values).first()
    return Line(*found) if found else None


@tenant_door(ADJUST)
def add_late_visit(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    """Add a visit that nobody had entered when the month was accepted; `?decision=` names whose."""
    shown = shown_month(request, contract_pk, month)
    if shown.close.state not in FROZEN:
        raise Http404
    months = carriers_of(shown.contract, shown.month)
    form = LateVisitForm(
        typed(request),
        contract=shown.contract,
        month=shown.month,
        months=months,
        initial={"decision": request.GET.get("decision", "")},
    )
    if request.method == "POST" and form.is_valid():
        late = form.late_visit()
        made = attempt(
            form,
            lambda: actions.add_late_visit(shown.contract, shown.month, late, actor=request.access.actor),
        )
        if made is not None:
            carried = format_month(Month.of(made.carried_in))
            messages.success(request, _("The visit is carried by %(month)s.") % {"month": carried})
            return _back(shown, made.line.decision_id)
    context = {"contract": shown.contract, "month": shown.month, "form": form, "months": months}
    return render(request, "settlement/late_visit.html", context, status=status_of(form))


@tenant_door(ADJUST)
def withdraw(request: Request, contract_pk: UUID, month: str, pk: UUID) -> HttpResponse:
    """Withdraw a correction while the month that carries it is not accepted."""
    shown = shown_month(request, contract_pk, month)
    adjustment: Adjustment = get_object_or_404(
        Adjustment.objects.select_related("line"),
        pk=pk,
        line__contract=shown.contract,
        line__month=shown.month.first,
    )
    form = TakeBackForm(typed(request))
    if request.method == "POST" and form.is_valid():
        gone = attempt(
            form,
            lambda: actions.withdraw_adjustment(
                adjustment, reason=form.cleaned_data["reason"], actor=request.access.actor
            ),
        )
        if gone is not None:
            messages.success(request, _("The correction is withdrawn."))
            return _back(shown, adjustment.line.decision_id)
    context = {
        "contract": shown.contract,
        "month": shown.month,
        "adjustment": adjustment,
        "form": form,
    }
    return render(request, "settlement/withdraw.html", context, status=status_of(form))


def _back(shown: Shown, decision: UUID) -> HttpResponse:
    return redirect(tenant_url("settlement:visits", shown.contract.pk, str(shown.month), decision))

"""The director's words on what is sent: that it is sent at all, that it stops, that a doubtful figure is right."""

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from reporting.statistics.actions.consenting import approve_pushing, stop_pushing
from reporting.statistics.actions.pushing import collected
from reporting.statistics.actions.reviewing import confirm_held
from reporting.statistics.batches.figures import Collected
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.consents import agreed_edition
from reporting.statistics.dictionary import dictionary
from reporting.statistics.forms import ApprovalForm, ConfirmForm, StopForm
from reporting.statistics.models import HeldFact, PeriodKind
from reporting.statistics.periods import Period
from reporting.statistics.permissions import APPROVE_SENDING
from reporting.statistics.previews import newest_accepted_month
from reporting.statistics.queries.confirmed import confirmed_before
from reporting.statistics.receipts import lines_of, period_of, topics_of
from reporting.statistics.words import value_text
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of


@tenant_door(APPROVE_SENDING)
def approve(request: Request) -> HttpResponse:
    """The preview: what would leave of the newest month and quarter, and the word that it may."""
    edition = dictionary().edition
    form = ApprovalForm(request.POST or None, initial={"edition": edition})
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["edition"]
        if attempt(form, lambda: approve_pushing(edition=seen, actor=request.access.actor)):
            messages.success(
                request, _("Approved: the figures of accepted months are sent, also from now on.")
            )
            return redirect(tenant_url("sending:overview"))
    agreed = agreed_edition(request.tenant)
    if agreed >= edition and request.method == "GET":
        return redirect(tenant_url("sending:overview"))
    context = {
        "form": form,
        "agreed": agreed,
        "parts": [(period, topics_of(_new_in(period, agreed))) for period in _previewed()],
        "voivodeship": request.tenant.voivodeship,
    }
    return render(request, "statistics/approve.html", context, status=status_of(form))


def _previewed() -> list[Period]:
    """The newest accepted month, if there is one, and the last quarter that is over."""
    month = newest_accepted_month()
    quarter = Quarter.of(timezone.localdate()).previous()
    months = [Period(PeriodKind.MONTH, month.first)] if month else []
    return [*months, Period(PeriodKind.QUARTER, quarter.first)]


def _new_in(period: Period, agreed: int) -> Collected:
    """What would leave of the period beyond what the tenant agreed to before."""
    content = collected(period.kind, period.first, dictionary().edition)
    if not agreed:
        return content
    known = {(one.code, one.version) for one in dictionary().indicators if one.edition <= agreed}
    return Collected(tuple(one for one in content.figures if (one.indicator, one.version) not in known))


@tenant_door(APPROVE_SENDING)
def stop(request: Request) -> HttpResponse:
    """End the sending, with a reason."""
    form = StopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]

        def verb() -> bool:
            stop_pushing(reason=reason, actor=request.access.actor)
            return True

        if attempt(form, verb):
            messages.success(request, _("Stopped: no figures leave any more."))
            return redirect(tenant_url("sending:overview"))
    return render(request, "statistics/stop.html", {"form": form}, status=status_of(form))


@tenant_door(APPROVE_SENDING)
def confirm(request: Request, pk: UUID) -> HttpResponse:
    """Say of a figure that waits that it is right, with a reason."""
    held = get_object_or_404(HeldFact.objects.select_related("batch"), pk=pk, tenant=request.tenant.pk)
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        if attempt(form, lambda: confirm_held(held.pk, note=note, actor=request.access.actor)):
            messages.success(request, _("The figure is confirmed and sent with its batch."))
            return redirect(tenant_url("sending:receipt", held.batch_id))
    (line,) = lines_of(held.batch, [held], confirmed_before([held.batch]))
    context = {
        "form": form,
        "held": held,
        "line": line,
        "bound": value_text(line.indicator, Decimal(held.bound)) if held.bound else "",
        "period": period_of(held.batch),
    }
    return render(request, "statistics/confirm.html", context, status=status_of(form))

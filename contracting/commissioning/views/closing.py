"""The end of a cycle: closing it with what the next one takes over, or abandoning it."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from contracting.commissioning import actions, steps
from contracting.commissioning.contributions import contribution_to
from contracting.commissioning.forms.cycles import ClosingForm, ReasonForm
from contracting.commissioning.models import Cycle
from contracting.commissioning.permissions import EDIT_CYCLES, PASS_STEPS
from contracting.commissioning.queries import unmet_needs
from contracting.commissioning.views.frame import cycle_of, step_frame
from kernel.doors import Request, tenant_door
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of


def _year_later(day: date) -> date:
    return day.replace(year=day.year + 1, day=min(day.day, monthrange(day.year + 1, day.month)[1]))


@tenant_door(PASS_STEPS)
def close_cycle(request: Request, pk: str) -> HttpResponse:
    cycle = cycle_of(request, pk)
    successor = Cycle.objects.filter(predecessor=cycle).first()
    begins = cycle.period_to + timedelta(days=1)
    told = contribution_to(steps.EVALUATION, cycle, request.access)
    initial = {
        "lessons": "\n".join(map(str, told.lessons)),
        "unmet": unmet_needs(cycle),
        "period_from": begins,
        "period_to": _year_later(begins) - timedelta(days=1),
    }
    form = ClosingForm(request.POST or None, cycle=cycle, successor=successor, initial=initial)
    if request.method == "POST" and form.is_valid():
        closed = attempt(form, lambda: _close(request, cycle, successor, form.cleaned_data))
        if closed is not None:
            messages.success(request, _("The cycle “%(title)s” is closed.") % {"title": cycle.title})
            following = Cycle.objects.filter(predecessor=cycle).first()
            return redirect(tenant_url("cycles:cycle", following.pk if following else cycle.pk))
    context = {**step_frame(request, cycle, steps.EVALUATION), "form": form, "successor": successor}
    return render(request, "commissioning/close_cycle.html", context, status=status_of(form))


def _close(request: Request, cycle: Cycle, successor: Cycle | None, chosen: dict[str, Any]) -> bool:
    unmet = [need.pk for need in chosen["unmet"]]
    following = None
    if successor is not None:
        following = actions.NextCycle(
            successor.title, successor.period_from, successor.period_to, unmet=unmet
        )
    elif chosen["open_next"]:
        following = actions.NextCycle(
            chosen["title"], chosen["period_from"], chosen["period_to"], unmet=unmet
        )
    actions.close_cycle(
        cycle,
        lessons=chosen["lessons"],
        note=chosen["note"],
        following=following,
        actor=request.access.actor,
    )
    return True


@tenant_door(EDIT_CYCLES)
def abandon_cycle(request: Request, pk: str) -> HttpResponse:
    cycle = cycle_of(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        ended = attempt(form, lambda: actions.abandon_cycle(cycle, reason=reason, actor=request.access.actor))
        if ended is not None:
            messages.success(request, _("The cycle “%(title)s” is abandoned.") % {"title": cycle.title})
            return redirect(tenant_url("cycles:list"))
    context = {"form": form, "cycle": cycle}
    return render(request, "commissioning/abandon_cycle.html", context, status=status_of(form))

"""Pages of cycles: the list, the track of one, and its frame."""

from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contracting.commissioning import actions, steps
from contracting.commissioning.contributions import contribution_to
from contracting.commissioning.forms.cycles import CycleFilter, CycleForm, CycleTermsForm
from contracting.commissioning.models import Cycle, Step
from contracting.commissioning.people import unit_people
from contracting.commissioning.permissions import EDIT_CYCLES, PASS_STEPS, READ_CYCLES
from contracting.commissioning.views.frame import cycle_of, ticks_of, track_of
from kernel.doors import Request, tenant_door
from kernel.polish import in_order
from tenants.addresses import tenant_url
from ui.lists import Column, order_of, page_of
from ui.refusals import attempt, status_of

_COLUMNS: dict[str, Column] = {
    "title": [in_order("title")],
    "service": [in_order("service__name"), in_order("title")],
    "period": ["period_from", in_order("title")],
    "due": ["due_on", in_order("title")],
}


@tenant_door(READ_CYCLES)
def list_cycles(request: Request) -> HttpResponse:
    form = CycleFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    at_hand = Step.objects.filter(cycle=OuterRef("pk")).exclude(state=Step.State.PASSED).order_by("position")
    cycles = (
        Cycle.objects.visible_to(request.access)
        .select_related("service")
        .annotate(
            step_kind=Subquery(at_hand.values("kind")[:1]),
            step_state=Subquery(at_hand.values("state")[:1]),
            step_position=Subquery(at_hand.values("position")[:1]),
            due_on=Subquery(at_hand.values("due_on")[:1]),
            owner_id=Subquery(at_hand.values("owner_id")[:1]),
        )
    )
    state = chosen.get("state") or Cycle.State.RUNNING
    if state != "all":
        cycles = cycles.filter(state=state)
    if chosen.get("service"):
        cycles = cycles.filter(service=chosen["service"])
    page = page_of(cycles.order_by(*order_of(request, _COLUMNS, "-period")), request)
    names, kinds = dict(unit_people()), dict(Step.Kind.choices)
    for cycle in page:
        cycle.owner_name = names.get(cycle.owner_id, "")
        cycle.step_name = kinds.get(cycle.step_kind, "")
    context = {
        "form": form,
        "page": page,
        "filtered": any(chosen.values()) or not form.is_valid(),
        "today": timezone.localdate(),
    }
    return render(request, "commissioning/cycles.html", context)


@tenant_door(READ_CYCLES)
def show_cycle(request: Request, pk: str) -> HttpResponse:
    cycle = cycle_of(request, pk)
    track = track_of(cycle, dict(unit_people()), timezone.localdate())
    states = [place.step.state for place in track]
    at_hand = steps.current(states)
    told = {place.step.kind: contribution_to(place.step.kind, cycle, request.access) for place in track}
    now = track[at_hand] if at_hand is not None else None
    context: dict[str, Any] = {
        "cycle": cycle,
        "track": track,
        "now": now,
        "checks": told[now.step.kind].items if now else (),
        "unmet": told[now.step.kind].unmet if now else (),
        "ticks": ticks_of(now.step) if now else (),
        "chain": [link for kind in steps.ORDER for link in told[kind].links],
        "successor": Cycle.objects.filter(predecessor=cycle).first(),
        "may_edit": cycle.is_running and request.access.may(EDIT_CYCLES),
        "may_pass": cycle.is_running and request.access.may(PASS_STEPS),
        "is_last": now is not None and now.step.kind == steps.EVALUATION,
    }
    return render(request, "commissioning/cycle.html", context)


@tenant_door(EDIT_CYCLES)
def create_cycle(request: Request) -> HttpResponse:
    form = CycleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        fields = {name: value for name, value in form.cleaned_data.items() if name != "seen"}
        saved = attempt(form, lambda: actions.create_cycle(**fields, actor=request.access.actor))
        if saved is not None:
            messages.success(request, _("The cycle “%(title)s” has begun.") % {"title": saved.title})
            return redirect(tenant_url("cycles:cycle", saved.pk))
    context = {"form": form, "cycle": None}
    return render(request, "commissioning/cycle_form.html", context, status=status_of(form))


@tenant_door(EDIT_CYCLES)
def edit_cycle(request: Request, pk: str) -> HttpResponse:
    cycle = cycle_of(request, pk)
    if request.method == "POST":
        form = CycleTermsForm(request.POST, service=cycle.service)
        if form.is_valid():
            fields = {**form.cleaned_data, "seen": form.cleaned_data["seen"] or None}
            saved = attempt(form, lambda: actions.edit_cycle(cycle, **fields, actor=request.access.actor))
            if saved is not None:
                messages.success(request, _("The cycle is saved."))
                return redirect(tenant_url("cycles:cycle", saved.pk))
    else:
        names = ("title", "period_from", "period_to", "strategy_goal")
        initial = {name: getattr(cycle, name) for name in names}
        initial |= {"standard": cycle.standard_id, "seen": actions.cycle_stamp(cycle)}
        form = CycleTermsForm(initial=initial, service=cycle.service)
    context = {"form": form, "cycle": cycle}
    return render(request, "commissioning/cycle_form.html", context, status=status_of(form))

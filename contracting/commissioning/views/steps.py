"""Pages of a step: what its gate waits for, its plan, passing it and opening it again."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from contracting.commissioning import actions, steps
from contracting.commissioning.forms.cycles import GateForm, ReasonForm, StepPlanForm
from contracting.commissioning.models import Cycle, Step
from contracting.commissioning.permissions import EDIT_CYCLES, PASS_STEPS, READ_CYCLES
from contracting.commissioning.plans import chosen_form
from contracting.commissioning.rules.forms import RECORDED
from contracting.commissioning.views.frame import cycle_of, step_frame
from contracting.commissioning.views.pages import step_address
from kernel.doors import Request, tenant_door
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of


def _step(cycle: Cycle, kind: str) -> Step:
    if kind not in steps.ORDER:
        raise Http404
    step: Step = Step.objects.get(cycle=cycle, kind=kind)
    step.cycle = cycle
    return step


@tenant_door(READ_CYCLES)
def show_step(request: Request, pk: str, kind: str) -> HttpResponse:
    """The page of a step that has no page of its own; the others lead there."""
    cycle = cycle_of(request, pk)
    frame = step_frame(request, cycle, kind)
    address = step_address(cycle, kind)
    if address != request.path:
        return redirect(address)
    recorded = kind == steps.CONTRACTOR_CHOICE and chosen_form(cycle) in RECORDED
    return render(request, "commissioning/step.html", {**frame, "recorded_form": recorded})


@tenant_door(EDIT_CYCLES)
def plan_step(request: Request, pk: str, kind: str) -> HttpResponse:
    cycle = cycle_of(request, pk)
    step = _step(cycle, kind)
    if request.method == "POST":
        form = StepPlanForm(request.POST, kind=kind)
        if form.is_valid():
            fields = {**form.cleaned_data, "seen": form.cleaned_data["seen"] or None}
            saved = attempt(form, lambda: actions.plan_step(step, **fields, actor=request.access.actor))
            if saved is not None:
                messages.success(request, _("The plan of the step is saved."))
                return redirect(step_address(cycle, kind))
    else:
        initial: dict[str, Any] = {name: getattr(step, name) for name in ("owner_id", "starts_on", "due_on")}
        initial |= {"ticks": sorted(step.checklist), "seen": actions.step_stamp(step)}
        form = StepPlanForm(initial=initial, kind=kind)
    context = {"form": form, "cycle": cycle, "step": step, "back": step_address(cycle, kind)}
    return render(request, "commissioning/plan_step.html", context, status=status_of(form))


@tenant_door(PASS_STEPS)
def pass_step(request: Request, pk: str, kind: str) -> HttpResponse:
    """Ask once, with the decision note; the evaluation is passed by closing the cycle."""
    cycle = cycle_of(request, pk)
    step = _step(cycle, kind)
    if kind == steps.EVALUATION:
        return redirect(tenant_url("cycles:close_cycle", cycle.pk))
    form = GateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        passed = attempt(form, lambda: actions.pass_step(step, note=note, actor=request.access.actor))
        if passed is not None:
            messages.success(request, _("The step “%(step)s” is passed.") % {"step": step.get_kind_display()})
            return redirect(tenant_url("cycles:cycle", cycle.pk))
    context = {**step_frame(request, cycle, kind), "form": form, "back": step_address(cycle, kind)}
    return render(request, "commissioning/pass_step.html", context, status=status_of(form))


@tenant_door(PASS_STEPS)
def reopen_step(request: Request, pk: str, kind: str) -> HttpResponse:
    cycle = cycle_of(request, pk)
    step = _step(cycle, kind)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        opened = attempt(form, lambda: actions.reopen_step(step, reason=reason, actor=request.access.actor))
        if opened is not None:
            messages.success(
                request, _("The step “%(step)s” is open again.") % {"step": step.get_kind_display()}
            )
            return redirect(step_address(cycle, kind))
    frame = step_frame(request, cycle, kind)
    later = [place for place in frame["track"] if place.step.position > step.position]
    context = {
        **frame,
        "form": form,
        "back": step_address(cycle, kind),
        "to_review": [place for place in later if place.step.state == Step.State.PASSED],
        "to_wait": [place for place in later if place.step.state == Step.State.OPEN],
    }
    return render(request, "commissioning/reopen_step.html", context, status=status_of(form))

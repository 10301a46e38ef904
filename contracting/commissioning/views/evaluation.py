"""Pages of step 7: what the indicators of the scope came to, and the lessons."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from contracting.commissioning import actions, steps
from contracting.commissioning.actions.evaluation import results_stamp
from contracting.commissioning.contributions import contribution_to
from contracting.commissioning.forms.evaluation import ResultsForm
from contracting.commissioning.models import Cycle, QualityIndicator, TargetGroup
from contracting.commissioning.permissions import EDIT_CYCLES, READ_CYCLES
from contracting.commissioning.queries import needs_table
from contracting.commissioning.rules.targets import difference, is_reached
from contracting.commissioning.views.frame import cycle_of, step_frame
from contracting.commissioning.views.pages import step_address
from kernel.doors import Request, tenant_door
from ui.refusals import attempt, status_of


def _indicators(cycle: Cycle) -> list[QualityIndicator]:
    return list(QualityIndicator.objects.filter(cycle=cycle))


@tenant_door(READ_CYCLES)
def show_evaluation(request: Request, pk: str) -> HttpResponse:
    cycle = cycle_of(request, pk)
    lines = [
        {
            "indicator": one,
            "reached": is_reached(one.direction, one.target, one.result),
            "difference": difference(one.target, one.result),
        }
        for one in _indicators(cycle)
    ]
    table = needs_table(cycle)
    served = {line.need.group_id for line in table.lines if line.planned}
    context = {
        **step_frame(request, cycle, steps.EVALUATION),
        "lines": lines,
        "unmet_needs": [line for line in table.lines if line.unmet],
        "unserved_groups": [
            group for group in TargetGroup.objects.filter(cycle=cycle) if group.pk not in served
        ],
        "successor": Cycle.objects.filter(predecessor=cycle).first(),
    }
    return render(request, "commissioning/evaluation.html", context)


@tenant_door(EDIT_CYCLES)
def record_results(request: Request, pk: str) -> HttpResponse:
    cycle = cycle_of(request, pk)
    indicators = _indicators(cycle)
    back = step_address(cycle, steps.EVALUATION)
    if request.method == "POST":
        form = ResultsForm(request.POST, indicators=indicators)
        if form.is_valid() and attempt(form, lambda: _record(request, cycle, form)):
            messages.success(request, _("The results are saved."))
            return redirect(back)
    else:
        form = ResultsForm(indicators=indicators, initial={"seen": results_stamp(indicators)})
    links = contribution_to(steps.EVALUATION, cycle, request.access).links
    context = {"form": form, "cycle": cycle, "lines": form.lines(), "links": links, "back": back}
    return render(request, "commissioning/results_form.html", context, status=status_of(form))


def _record(request: Request, cycle: Cycle, form: ResultsForm) -> bool:
    seen = form.cleaned_data["seen"] or None
    actions.record_results(cycle, form.results(), seen=seen, actor=request.access.actor)
    return True

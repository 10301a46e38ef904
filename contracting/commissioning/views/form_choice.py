"""Pages of step 3: forms of realisation compared on criteria, what the law says of each, the choice."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contracting.commissioning import steps
from contracting.commissioning.actions import forms as verbs
from contracting.commissioning.form_words import NEXT_STEP
from contracting.commissioning.forms.form_choice import (
    SUGGESTED,
    ChoiceForm,
    ComparisonForm,
    CriterionRows,
    ScoresForm,
    stored_scores,
)
from contracting.commissioning.law import (
    TITLES,
    Basis,
    Limit,
    ThresholdNotice,
    bases_on,
    limits_on,
    threshold_notice,
    value_text,
)
from contracting.commissioning.models import Cycle, FormOption
from contracting.commissioning.permissions import CHOOSE_FORM, EDIT_CYCLES, READ_CYCLES
from contracting.commissioning.plans import Estimate, cost_estimate
from contracting.commissioning.rules.forms import (
    PROCUREMENT,
    Criterion,
    FormRules,
    Hint,
    Plan,
    hints_for,
    result_of,
    rules_of,
    years_between,
)
from contracting.commissioning.views.frame import cycle_of, step_frame
from contracting.commissioning.views.pages import step_address, step_crumbs
from kernel.doors import Request, tenant_door
from kernel.errors import Sentence
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of
from ui.whole_forms import WholeForm


@dataclass(frozen=True)
class LegalHint:
    """A limit of the law under a form: its name and value, and what it says of the plan."""

    hint: Hint
    title: Sentence
    limit: Limit | None
    value: str


@dataclass(frozen=True)
class Option:
    """A compared form on the page: its points, the result, what the law says, what step 5 will be."""

    option: FormOption
    result: Decimal | None
    best: bool
    hints: list[LegalHint]
    broken: bool
    next_step: Sentence
    rules: FormRules
    basis: Basis | None
    threshold: ThresholdNotice | None


def _options(cycle: Cycle, criteria: list[Criterion], estimate: Estimate) -> list[Option]:
    stored = list(FormOption.objects.filter(cycle=cycle))
    order = list(FormOption.Form.values)
    stored.sort(key=lambda option: order.index(option.form))
    # The law of the day on which the procedure would begin.
    today = timezone.localdate()
    limits, bases = limits_on(today), bases_on(today)
    results = {
        option.pk: result_of(criteria, {code: score.get("points") for code, score in option.scores.items()})
        for option in stored
    }
    most = max((result for result in results.values() if result is not None), default=None)
    plan = _plan(cycle, estimate)
    values = {code: limit.value for code, limit in limits.items()}
    made = []
    for option in stored:
        hints = [
            LegalHint(
                hint, TITLES[hint.code], limits.get(hint.code),
                value_text(limits[hint.code]) if hint.code in limits else "",
            )
            for hint in hints_for(option.form, plan, values)
        ]  # fmt: skip
        result = results[option.pk]
        made.append(
            Option(
                option=option,
                result=result,
                best=result is not None and result == most,
                hints=hints,
                broken=any(one.hint.verdict == "breaks" for one in hints),
                next_step=NEXT_STEP[option.form],
                rules=rules_of(option.form),
                basis=bases.get(option.form),
                threshold=threshold_notice(estimate.whole, limits) if option.form == PROCUREMENT else None,
            )
        )
    return made


def _plan(cycle: Cycle, estimate: Estimate) -> Plan:
    return Plan(
        days=(cycle.period_to - cycle.period_from).days + 1,
        years=years_between(cycle.period_from, cycle.period_to),
        cost=estimate.whole,
        cost_of_dearest_year=estimate.dearest_year,
    )


@tenant_door(READ_CYCLES)
def show_form(request: Request, pk: str) -> HttpResponse:
    """The comparison on one page, with what the law says of each form, and the choice."""
    cycle = cycle_of(request, pk)
    criteria, estimate = verbs.criteria_of(cycle), cost_estimate(cycle)
    options = _options(cycle, criteria, estimate)
    frame = step_frame(request, cycle, steps.FORM)
    context = {
        **frame,
        "criteria": criteria,
        "options": options,
        "chosen": next((one for one in options if one.option.chosen), None),
        "matrix": [
            (criterion, [(one, one.option.scores.get(criterion.code, {})) for one in options])
            for criterion in criteria
        ],
        "estimate": estimate,
        "may_choose": frame["in_work"] and request.access.may(CHOOSE_FORM),
    }
    return render(request, "commissioning/form_choice.html", context)


@tenant_door(EDIT_CYCLES)
def edit_comparison(request: Request, pk: str) -> HttpResponse:
    """Which forms are compared, and on which criteria."""
    cycle = cycle_of(request, pk)
    if request.method == "POST":
        form = ComparisonForm(request.POST)
        rows: Any = CriterionRows(request.POST, prefix="criteria")
        if WholeForm(form, rows).is_valid():
            chosen, seen = form.cleaned_data["compared"], form.cleaned_data["seen"] or None
            actor = request.access.actor
            if attempt(
                form, lambda: verbs.edit_comparison(cycle, rows.lines(), chosen, seen=seen, actor=actor)
            ):
                messages.success(request, _("Forms and criteria are saved."))
                return redirect(step_address(cycle, steps.FORM))
    else:
        form, rows = _unbound(cycle)
    whole = WholeForm(form, rows)
    context = {
        "cycle": cycle,
        "form": form,
        "rows": rows,
        "whole": whole,
        "crumbs": step_crumbs(cycle, steps.FORM),
        "back": step_address(cycle, steps.FORM),
    }
    return render(request, "commissioning/form_criteria.html", context, status=status_of(whole))


def _unbound(cycle: Cycle) -> tuple[ComparisonForm, Any]:
    compared = list(FormOption.objects.filter(cycle=cycle).values_list("form", flat=True))
    form = ComparisonForm(initial={"compared": compared, "seen": verbs.comparison_stamp(cycle)})
    lines: list[dict[str, Any]] = [
        {"name": one.name, "weight": one.weight, "code": one.code} for one in verbs.criteria_of(cycle)
    ] or [{"name": str(name), "weight": weight, "code": ""} for name, weight in SUGGESTED]
    for place, line in enumerate(lines, start=1):
        line["ORDER"] = place
    return form, CriterionRows(prefix="criteria", initial=lines)


@tenant_door(EDIT_CYCLES)
def score_forms(request: Request, pk: str) -> HttpResponse:
    """The matrix of points and reasons, made for the keyboard."""
    cycle = cycle_of(request, pk)
    criteria = verbs.criteria_of(cycle)
    order = list(FormOption.Form.values)
    options = sorted(FormOption.objects.filter(cycle=cycle), key=lambda option: order.index(option.form))
    if not criteria or not options:
        return redirect(tenant_url("form_choice:edit_comparison", cycle.pk))
    if request.method == "POST":
        form = ScoresForm(request.POST, criteria=criteria, options=options)
        if form.is_valid():
            seen = form.cleaned_data["seen"] or None

            def save() -> bool:
                verbs.score_forms(cycle, form.scores(), seen=seen, actor=request.access.actor)
                return True

            if attempt(form, save):
                messages.success(request, _("The comparison is saved."))
                return redirect(step_address(cycle, steps.FORM))
    else:
        initial = {**stored_scores(options), "seen": verbs.comparison_stamp(cycle)}
        form = ScoresForm(initial=initial, criteria=criteria, options=options)
    context = {
        "cycle": cycle,
        "form": form,
        "options": options,
        "crumbs": step_crumbs(cycle, steps.FORM),
        "back": step_address(cycle, steps.FORM),
    }
    return render(request, "commissioning/form_scores.html", context, status=status_of(form))


@tenant_door(CHOOSE_FORM)
def choose_form(request: Request, pk: str, chosen: str) -> HttpResponse:
    """Choose a compared form, with reasons, seeing what follows."""
    cycle = cycle_of(request, pk)
    options = _options(cycle, verbs.criteria_of(cycle), cost_estimate(cycle))
    one = next((one for one in options if one.option.form == chosen), None)
    if one is None:
        raise Http404
    if request.method == "POST":
        form = ChoiceForm(request.POST)
        if form.is_valid():
            reason, seen = form.cleaned_data["reason"], form.cleaned_data["seen"] or None
            actor = request.access.actor
            if attempt(form, lambda: verbs.choose_form(cycle, chosen, reason=reason, seen=seen, actor=actor)):
                told = {"form": one.option.get_form_display()}
                messages.success(request, _("Chosen: %(form)s.") % told)
                return redirect(step_address(cycle, steps.FORM))
    else:
        initial = {"reason": one.option.reason, "seen": verbs.comparison_stamp(cycle)}
        form = ChoiceForm(initial=initial)
    context = {
        "cycle": cycle,
        "one": one,
        "better": [other for other in options if other.best and _is_better(other, one)],
        "form": form,
        "crumbs": step_crumbs(cycle, steps.FORM),
        "back": step_address(cycle, steps.FORM),
    }
    return render(request, "commissioning/form_choose.html", context, status=status_of(form))


def _is_better(other: Option, one: Option) -> bool:
    return other.result is not None and (one.result is None or other.result > one.result)

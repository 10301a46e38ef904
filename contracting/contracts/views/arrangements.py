"""Pages of step 5 where the contractor is chosen elsewhere: what was recorded, and the form that records it."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from contracting.commissioning import steps
from contracting.commissioning.form_words import NEXT_STEP
from contracting.commissioning.law import ThresholdNotice, bases_on, limits_on, threshold_notice
from contracting.commissioning.models import Cycle, Step
from contracting.commissioning.permissions import EDIT_CYCLES, READ_CYCLES
from contracting.commissioning.plans import chosen_form
from contracting.commissioning.rules.forms import PROCUREMENT, RECORDED
from contracting.commissioning.views.frame import cycle_of
from contracting.commissioning.views.pages import step_address, step_crumbs
from contracting.contracts.actions.arrangements import arrangement_stamp, record_arrangement, sentence_of
from contracting.contracts.arranged import arrangement_of, contracts_of, gaps_in
from contracting.contracts.forms.arrangements import ArrangementForm, initial_of
from contracting.contracts.models import Arrangement
from contracting.contracts.permissions import READ_CONTRACTS
from kernel.doors import Request, tenant_door
from tenants.addresses import tenant_url
from ui.refusals import attempt, status_of


def _is_in_work(cycle: Cycle) -> bool:
    step = Step.objects.get(cycle=cycle, kind=steps.CONTRACTOR_CHOICE)
    return cycle.is_running and step.state in steps.IN_WORK


def _context(request: Request, cycle: Cycle, form: str) -> dict[str, Any]:
    return {
        "cycle": cycle,
        "form_code": form,
        "form_label": Arrangement.Form(form).label,
        "rules": NEXT_STEP[form],
        "basis": bases_on(cycle.period_from).get(form),
        "crumbs": step_crumbs(cycle, steps.CONTRACTOR_CHOICE),
        "back": step_address(cycle, steps.CONTRACTOR_CHOICE),
        "editable": _is_in_work(cycle) and request.access.may(EDIT_CYCLES),
    }


def _threshold(row: Arrangement) -> ThresholdNotice | None:
    """What the thresholds say of the value, as they stood on the day of the choice; warns where the mode is too low."""
    notice = threshold_notice(row.worth, limits_on(row.decided_on or row.cycle.period_from))
    if row.mode == Arrangement.Mode.OWN_RULES and notice is not None and notice.band in ("act", "social"):
        return replace(notice, kind="warn")
    return notice


@tenant_door(READ_CYCLES)
def show_arrangement(request: Request, pk: str) -> HttpResponse:
    """What was recorded under the chosen form; step 5 itself where the form chooses by a call or a small grant."""
    cycle = cycle_of(request, pk)
    form = chosen_form(cycle)
    if form is None or form not in RECORDED:
        return redirect(step_address(cycle, steps.CONTRACTOR_CHOICE))
    row = arrangement_of(cycle, form)
    context = {
        **_context(request, cycle, form),
        "row": row,
        "gaps": [sentence_of(one) for one in gaps_in(row)] if row else [],
        "threshold": _threshold(row) if row and form == PROCUREMENT else None,
        "contracts": contracts_of(cycle) if request.access.may(READ_CONTRACTS) else [],
    }
    return render(request, "contracts/arrangement.html", context)


@tenant_door(EDIT_CYCLES)
def edit_arrangement(request: Request, pk: str) -> HttpResponse:
    """Record it, or correct it while step 5 is in work."""
    cycle = cycle_of(request, pk)
    form_code = chosen_form(cycle)
    if form_code is None or form_code not in RECORDED or not _is_in_work(cycle):
        messages.warning(request, _("Step 5 of this cycle records nothing now: see what it waits for."))
        return redirect(step_address(cycle, steps.CONTRACTOR_CHOICE))
    given: dict[str, Any] = {"form": form_code, "cycle": cycle, "access": request.access}
    if request.method == "POST":
        form = ArrangementForm(request.POST, **given)
        if form.is_valid():
            seen, actor = form.cleaned_data["seen"] or None, request.access.actor
            saved = attempt(
                form, lambda: record_arrangement(cycle, form_code, form.terms(), seen=seen, actor=actor)
            )
            if saved is not None:
                messages.success(request, _("It is recorded how the service is arranged."))
                return redirect(tenant_url("arrangement:show", cycle.pk))
    else:
        row = arrangement_of(cycle, form_code)
        form = ArrangementForm(initial={**initial_of(row), "seen": arrangement_stamp(row)}, **given)
    context = {**_context(request, cycle, form_code), "form": form}
    return render(request, "contracts/arrangement_form.html", context, status=status_of(form))

"""Pages of step 2: what is done, by whom, how often, where and when, and by what quality is told."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from contracting.commissioning import steps
from contracting.commissioning.actions import scope as verbs
from contracting.commissioning.forms import scope as forms
from contracting.commissioning.models import Activity, Cycle, Need, QualityIndicator, ScopeItem
from contracting.commissioning.permissions import EDIT_CYCLES, READ_CYCLES
from contracting.commissioning.plans import ScopeTable, scope_table
from contracting.commissioning.queries import needs_table
from contracting.commissioning.rules.scope import SHARES, Share, availability_of
from contracting.commissioning.views.frame import cycle_of, step_frame
from contracting.commissioning.views.pages import step_address, step_crumbs
from contracting.commissioning.views.rows import answer_rows, rows_page
from kernel.doors import Request, tenant_door
from kernel.errors import Sentence
from ui.refusals import attempt, status_of
from ui.whole_forms import WholeForm


@dataclass(frozen=True)
class MatrixRow:
    """An activity in the matrix of responsibility: minutes a month by performer, None where they do not do it."""

    activity: Activity
    cells: list[int | None]


def _matrix(table: ScopeTable) -> tuple[list[Sentence], list[MatrixRow]]:
    """The performers that the scope names, in the order of their list, and a row for each activity."""
    named = {line.item.performer for line in table.lines}
    performers = [one for one in ScopeItem.Performer if one.value in named]
    sums: dict[Activity, dict[str, int]] = {}
    for line in table.lines:
        row = sums.setdefault(line.item.activity, {})
        row[line.item.performer] = row.get(line.item.performer, 0) + line.work.minutes_month
    rows = [MatrixRow(activity, [row.get(one.value) for one in performers]) for activity, row in sums.items()]
    return [one.label for one in performers], rows


def _share_names() -> dict[Share, Sentence]:
    return {
        "service": _("the service"),
        "unit": _("the unit's own people"),
        "network": _("the support network"),
    }


@tenant_door(READ_CYCLES)
def show_scope(request: Request, pk: str) -> HttpResponse:
    """The scope on one page: items with their arithmetic, who does what, needs against plan, terms, indicators."""
    cycle = cycle_of(request, pk)
    table, needs = scope_table(cycle), needs_table(cycle)
    performers, matrix = _matrix(table)
    names = _share_names()
    context = {
        **step_frame(request, cycle, steps.SCOPE),
        "table": table,
        "shares": [(share, names[share], table.minutes[share]) for share in SHARES],
        "without_need": sum(1 for line in table.lines if line.without_need),
        "performers": performers,
        "matrix": matrix,
        "needs": needs,
        "scale": max(
            [line.planned for line in needs.lines] + [line.gap.open_minutes for line in needs.lines],
            default=1,
        ),
        "hours": [
            (", ".join(str(dict(forms.WEEKDAYS)[day]) for day in one.weekdays), one.start, one.end)
            for one in map(availability_of, cycle.availability)
        ],
        "indicators": QualityIndicator.objects.filter(cycle=cycle),
    }
    return render(request, "commissioning/scope.html", context)


@tenant_door(EDIT_CYCLES)
def edit_scope(request: Request, pk: str) -> HttpResponse:
    cycle, actor = cycle_of(request, pk), request.access.actor
    needs = list(Need.objects.filter(cycle=cycle))
    used = ScopeItem.objects.filter(cycle=cycle).values("activity_id")
    activities = Activity.objects.filter(
        models.Q(offered=True) | models.Q(pk__in=used), service=cycle.service
    )
    page = rows_page(
        cycle,
        steps.SCOPE,
        _("Activities of the scope"),
        forms.ScopeRows,
        ScopeItem,
        verbs.SCOPE_FIELDS,
        save=lambda lines, seen: verbs.edit_scope(cycle, lines, seen=seen, actor=actor),
        lead=_(
            "What is done for an average person, how often and how long, by whom, and for how many persons."
        ),
        hint=_(
            "Times a week may be a fraction: 0,5 is every second week. “Each time” as you say it: “45 min”, "
            "“1 h 30 min”. What family, neighbours and volunteers do stands here too, and counts beside the hours "
            "of the service. An empty scope begins with a row for each need of the diagnosis: complete it, or "
            "remove it."
        ),
        offers={
            "activity": [(one.pk, one, one.name) for one in activities],
            "need": [(need.pk, need, need.name) for need in needs],
        },
        suggested=[
            {
                "activity": need.activity_id,
                "need": need.pk,
                "performer": ScopeItem.Performer.CARER,
                "mode": ScopeItem.Mode.TOGETHER,
                "persons": need.persons or None,
            }
            for need in needs
            if need.activity_id
        ],
    )
    return answer_rows(request, page)


@tenant_door(EDIT_CYCLES)
def edit_indicators(request: Request, pk: str) -> HttpResponse:
    cycle, actor = cycle_of(request, pk), request.access.actor
    page = rows_page(
        cycle,
        steps.SCOPE,
        _("Indicators of quality"),
        forms.IndicatorRows,
        QualityIndicator,
        verbs.INDICATOR_FIELDS,
        save=lambda lines, seen: verbs.edit_indicators(cycle, lines, seen=seen, actor=actor),
        lead=_("How anybody will tell whether the service was good: their results are entered in step 7."),
        hint=_("An indicator is a number with a target. Say who measures it, from what, and how often."),
    )
    return answer_rows(request, page)


@tenant_door(EDIT_CYCLES)
def edit_terms(request: Request, pk: str) -> HttpResponse:
    """Places, hours of availability, support network."""
    cycle = cycle_of(request, pk)
    if request.method == "POST":
        form = forms.TermsForm(request.POST)
        rows: Any = forms.HoursRows(request.POST, prefix="hours")
        if WholeForm(form, rows).is_valid() and _saved_terms(request, cycle, form, rows):
            messages.success(request, _("Places, hours and support network are saved."))
            return redirect(step_address(cycle, steps.SCOPE))
    else:
        initial = {"places": cycle.places, "support_network": cycle.support_network}
        form = forms.TermsForm(initial={**initial, "seen": verbs.terms_stamp(cycle)})
        rows = forms.HoursRows(prefix="hours", initial=forms.rows_of_hours(cycle.availability))
    whole = WholeForm(form, rows)
    context = {
        "cycle": cycle,
        "form": form,
        "rows": rows,
        "whole": whole,
        "crumbs": step_crumbs(cycle, steps.SCOPE),
        "back": step_address(cycle, steps.SCOPE),
    }
    return render(request, "commissioning/scope_terms.html", context, status=status_of(whole))


def _saved_terms(request: Request, cycle: Cycle, form: forms.TermsForm, rows: Any) -> bool:
    def save() -> Cycle:
        return verbs.edit_terms(
            cycle,
            places=form.cleaned_data["places"],
            support_network=form.cleaned_data["support_network"],
            hours=rows.hours(),
            seen=form.cleaned_data["seen"] or None,
            actor=request.access.actor,
        )

    return attempt(form, save) is not None

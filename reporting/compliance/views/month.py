"""A contract's month: is it well, where not, which visit; and what is to be answered."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from contracting.contracts.models import Contract
from kernel.doors import Request, tenant_door
from kernel.periods import Month
from kernel.polish import fold
from reporting.compliance.answers import Answered, refused_minutes
from reporting.compliance.forms.months import MonthFilter
from reporting.compliance.models import ContractMonth
from reporting.compliance.permissions import READ_MONTHS
from reporting.compliance.queries import compare_month, thresholds_at_hand
from reporting.compliance.queries.days import days_of, visits_by_day
from reporting.compliance.queries.deadlines import due_and_grace_of
from reporting.compliance.queries.handing_in import lines_handed_in, lines_to_correct
from reporting.compliance.queries.kinds import has_close
from reporting.compliance.queries.papers import decisions_by_id
from reporting.compliance.queries.telling import workers_told_to
from reporting.compliance.rules import DecisionFacts, MonthComparison
from reporting.compliance.snapshots import FrozenFigures, figures_of, shows_the_same
from reporting.compliance.tables.calendar import Row, cells_of, days_in, rows_of, sorted_rows
from reporting.compliance.tables.day import day_of
from reporting.compliance.tables.points import MOST_GROUPS, groups_of
from reporting.compliance.views.pages import (
    FROZEN,
    activity_names,
    answer_forms,
    answers_of,
    close_of,
    contract_of,
    month_of,
    names_of,
    verbs_now,
)
from ui.formatting import percent_of
from ui.lists import page_of


@tenant_door(READ_MONTHS)
def month(request: Request, contract_pk: UUID, month: str) -> HttpResponse:
    contract = contract_of(request, contract_pk)
    return render(request, "compliance/month.html", month_context(request, contract, month_of(month)))


def month_context(request: Request, contract: Contract, month: Month) -> dict[str, Any]:
    """All that the page shows; also after a refused answer."""
    comparison = compare_month(month, contracts=[contract.pk]).so_far(timezone.localdate())
    answered = answers_of(comparison)
    names = names_of(request, [one.key for one in comparison.decisions], "compliance.month")
    rows = rows_of(comparison.decisions, answered, names)
    form = MonthFilter(request.GET)
    kept = _filtered(rows, form)
    page = page_of(sorted_rows(kept, request.GET.get("sort", "number")), request)
    shown = {row.pk for row in kept}
    of_rows = [one for one in answered if one.decision_id is None or one.decision_id in shown]
    if code := form["code"].value():
        of_rows = [one for one in of_rows if one.code == code]
    close = close_of(contract, month)
    facts = decisions_by_id({str(row.pk) for row in page})
    deadline, grace = due_and_grace_of([month])[month]
    return {
        "contract": contract,
        "month": month,
        "previous": month.previous(),
        "next": month.next(),
        "close": close,
        "deadline": deadline,
        "grace": grace,
        "returned_lines": lines_to_correct(close),
        "lines_handed_in": lines_handed_in(close),
        "is_over": timezone.localdate() > month.last,
        "by_dossier": close.state == ContractMonth.State.OPEN and not has_close(contract, month),
        "verbs": verbs_now(request, close),
        "form": form,
        "filtered": _is_filtered(form),
        "page": page,
        "days": days_in(month),
        "sort_by_person": request.GET.get("sort", "").removeprefix("-") == "person",
        "calendar": _calendar(list(page), facts, comparison, month),
        "totals": totals_of(rows, answered),
        "shown_totals": totals_of(kept, of_rows),
        "shows_names": bool(names),
        **answer_forms(request, close),
        "refused": close.refused_minutes if close.state in FROZEN else refused_minutes(answered),
        "accepted_otherwise": _accepted_otherwise(close, comparison),
        **_points(request, contract, comparison, of_rows, names),
        **_chosen_day(request, contract, month, comparison, answered, names),
    }


def _is_filtered(form: MonthFilter) -> bool:
    return form.is_valid() and any(form.cleaned_data.values())


def _filtered(rows: Sequence[Row], form: MonthFilter) -> list[Row]:
    chosen = form.cleaned_data if form.is_valid() else {}
    kept = list(rows)
    if words := fold(chosen.get("q", "")).split():
        kept = [row for row in kept if all(word in fold(f"{row.number} {row.name}") for word in words)]
    if code := chosen.get("code"):
        kept = [row for row in kept if any(mark.code == code for mark in row.marks)]
    if chosen.get("open"):
        kept = [row for row in kept if row.open_must or row.open_note]
    return kept


def _calendar(
    rows: Sequence[Row], facts: dict[str, DecisionFacts], comparison: MonthComparison, month: Month
) -> list[tuple[Row, Any]]:
    compared = {one.key: one for one in comparison.decisions}
    sums = days_of(month, [row.pk for row in rows])
    today, threshold = timezone.localdate(), thresholds_at_hand().under_threshold_percent
    return [
        (
            row,
            cells_of(
                facts[str(row.pk)],
                compared[str(row.pk)],
                month,
                sums,
                today=today,
                threshold_percent=threshold,
            ),
        )
        for row in rows
    ]


def totals_of(rows: Sequence[Row], answered: Sequence[Answered]) -> dict[str, Any]:
    """Minutes of the rows and counts of the deviations, all and open, by severity."""
    granted = sum(row.granted for row in rows)
    delivered = sum(row.delivered for row in rows)
    must = [one for one in answered if one.is_must]
    notes = [one for one in answered if not one.is_must]
    return {
        "decisions": len(rows),
        "granted": granted,
        "delivered": delivered,
        "percent": percent_of(delivered, granted),
        "must": len(must),
        "note": len(notes),
        "open_must": sum(one.is_open for one in must),
        "open_note": sum(one.is_open for one in notes),
    }


def _points(
    request: Request,
    contract: Contract,
    comparison: MonthComparison,
    answered: Sequence[Answered],
    names: Any,
) -> dict[str, Any]:
    workers = workers_told_to(request.access)
    activities = activity_names(contract)
    must = groups_of(answered, names, activities, workers=workers, is_must=True)
    notes = groups_of(answered, names, activities, workers=workers, is_must=False)
    return {
        "must_groups": must[:MOST_GROUPS],
        "note_groups": notes[:MOST_GROUPS],
        "groups_left_out": max(0, len(must) - MOST_GROUPS) + max(0, len(notes) - MOST_GROUPS),
    }


def _chosen_day(
    request: Request,
    contract: Contract,
    month: Month,
    comparison: MonthComparison,
    answered: Sequence[Answered],
    names: Any,
) -> dict[str, Any]:
    """The day that `?decision=…&day=…` opens, where there is such a one."""
    try:
        pk, day = UUID(request.GET.get("decision", "")), date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return {"opened": None}
    compared = next((one for one in comparison.decisions if one.key == str(pk)), None)
    if compared is None or not month.contains(day):
        return {"opened": None}
    facts = decisions_by_id({str(pk)})[str(pk)]
    visits = visits_by_day(request.access, pk, day, day).get(day, [])
    points = [one for one in answered if one.decision_id == pk]
    opened = day_of(
        facts,
        day,
        visits,
        points,
        activity_names(contract),
        thresholds_at_hand().slot_tolerance_minutes,
        workers_told_to(request.access),
    )
    return {"opened": opened, "opened_name": names.get(pk, "")}


def _accepted_otherwise(close: ContractMonth, comparison: MonthComparison) -> FrozenFigures | None:
    """What was accepted, where counting anew gives something else: decisions, staff, thresholds changed since."""
    if close.state not in FROZEN:
        return None
    snapshot = ContractMonth.objects.values_list("snapshot", flat=True).get(pk=close.pk) or {}
    return None if not snapshot or shows_the_same(snapshot, comparison) else figures_of(snapshot)

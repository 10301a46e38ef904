"""One decision in one month: its ledger, every day with its visits, its deviations."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from kernel.doors import Request, tenant_door
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.compliance.permissions import READ_MONTHS
from reporting.compliance.queries import compare_month, thresholds_at_hand
from reporting.compliance.queries.days import days_of, visits_by_day
from reporting.compliance.queries.papers import decisions_by_id
from reporting.compliance.queries.telling import workers_told_to
from reporting.compliance.tables.calendar import cells_of, days_in, is_day_off
from reporting.compliance.tables.day import day_of
from reporting.compliance.tables.ledger import activity_lines, ledger_of
from reporting.compliance.tables.points import groups_of
from reporting.compliance.views.month import totals_of
from reporting.compliance.views.pages import (
    activity_names,
    answer_forms,
    answers_of,
    close_of,
    month_of,
    names_of,
)


@tenant_door(READ_MONTHS)
def decision_month(request: Request, decision_pk: UUID, month: str) -> HttpResponse:
    found: Decision = get_object_or_404(
        Decision.objects.visible_to(request.access).select_related(
            "contract__service", "contract__organisation", "service"
        ),
        pk=decision_pk,
    )
    context = decision_context(request, found, month_of(month))
    return render(request, "compliance/decision_month.html", context)


def decision_context(request: Request, found: Decision, when: Month) -> dict[str, Any]:
    """All that the page shows; also after a refused answer. The decision knows its contract and both services."""
    key = str(found.pk)
    comparison = compare_month(when, contracts=[found.contract_id]).so_far(timezone.localdate())
    answered = [one for one in answers_of(comparison) if one.decision_id == found.pk]
    names = names_of(request, [key], "compliance.decision_month")
    workers, activities = workers_told_to(request.access), activity_names(found.contract)
    facts = decisions_by_id({key})[key]
    visits = visits_by_day(request.access, found.pk, when.first, when.last)
    thresholds = thresholds_at_hand()
    tolerance = thresholds.slot_tolerance_minutes
    days = [
        day_of(facts, day, visits.get(day, []), answered, activities, tolerance, workers)
        for day in when.days()
    ]
    compared = next((one for one in comparison.decisions if one.key == key), None)
    close = close_of(found.contract, when)
    return {
        "decision": found,
        "contract": found.contract,
        "month": when,
        "previous": when.previous(),
        "next": when.next(),
        "name": names.get(found.pk, ""),
        "close": close,
        "appears": compared is not None,
        "ledger": ledger_of(facts, compared, when, days),
        "days": [(day, is_day_off(day.date)) for day in days if day.lines or day.missed or day.rests],
        "columns": days_in(when),
        "cells": compared
        and cells_of(
            facts,
            compared,
            when,
            days_of(when, [found.pk]),
            today=timezone.localdate(),
            threshold_percent=thresholds.under_threshold_percent,
        ),
        "scope": activity_lines(facts, [visit for day in visits.values() for visit in day], activities),
        "must_groups": groups_of(answered, names, activities, workers=workers, is_must=True),
        "note_groups": groups_of(answered, names, activities, workers=workers, is_must=False),
        "shown_totals": totals_of([], answered),
        "of_decision": True,
        **answer_forms(request, close),
    }

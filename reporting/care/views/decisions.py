"""Pages of decisions: the list, one decision with its timeline, week and chain."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from audit.actions import record_reading
from contracting.commissioning.models import Activity
from kernel.doors import Request, tenant_door
from kernel.periods import Month
from kernel.polish import by_name, in_order
from reporting.care.forms.decisions import WEEKDAYS, DecisionFilter
from reporting.care.models import Decision
from reporting.care.permissions import READ_DECISIONS
from reporting.care.rules import minutes_a_week
from reporting.care.tables import timeline_of, urgent_start, week_of
from ui.lists import Column, order_of, page_of

_NAME = by_name("person__surname", "person__given_name")
_COLUMNS: dict[str, Column] = {
    "number": ["number"],
    "person": [*_NAME, "number"],
    "contract": ["contract__number", "number"],
    "organisation": [in_order("contract__organisation__name"), "number"],
    "valid_from": ["valid_from", "number"],
    "valid_to": ["valid_to", "number"],
}
_LONGEST_CHAIN = 50


def visible_decision(request: Request, pk: Any) -> Decision:
    """The decision, if the person may see it; otherwise it is not there (404)."""
    decisions = Decision.objects.visible_to(request.access).select_related(
        "person", "service", "contract__organisation"
    )
    found: Decision = get_object_or_404(decisions, pk=pk)
    return found


@tenant_door(READ_DECISIONS)
def list_decisions(request: Request) -> HttpResponse:
    form = DecisionFilter(request.GET, access=request.access)
    chosen = form.cleaned_data if form.is_valid() else {}
    day = chosen.get("day") or timezone.localdate()
    decisions = Decision.objects.visible_to(request.access).select_related("person", "contract__organisation")
    if chosen.get("number"):
        decisions = decisions.filter(number__icontains=chosen["number"])
    if chosen.get("contract"):
        decisions = decisions.filter(contract=chosen["contract"])
    if chosen.get("state"):
        decisions = decisions.in_state(chosen["state"], day)
    ordered = decisions.telling_rest_on(day).order_by(*order_of(request, _COLUMNS, "number"))
    page = page_of(ordered, request)
    actor = request.access.actor
    shown = {decision.person_id for decision in page}
    record_reading("care.decisions", actor=actor, subject_type="person", subject_ids=shown)
    context = {
        "form": form,
        "page": page,
        "rows": [(decision, decision.state_on(day)) for decision in page],
        "day": day,
        "filtered": any(chosen.values()) or not form.is_valid(),
    }
    return render(request, "care/decisions.html", context)


def note_form(request: Request, person_id: UUID) -> None:
    """Note that a form about a decision showed its person."""
    actor = request.access.actor
    record_reading("care.decision_form", actor=actor, subject_type="person", subject_ids=[person_id])


@tenant_door(READ_DECISIONS)
def show_decision(request: Request, pk: str) -> HttpResponse:
    decision = visible_decision(request, pk)
    today = timezone.localdate()
    names = dict(Activity.objects.filter(service=decision.service).values_list("code", "name"))
    slots = list(decision.slots.all())
    chain = chain_of(request, decision)
    actor = request.access.actor
    record_reading("care.decision", actor=actor, subject_type="person", subject_ids=[decision.person_id])
    context = {
        "decision": decision,
        "state": decision.state_on(today),
        "month": Month.of(min(max(today, decision.valid_from), decision.valid_to)),
        "scope": [names.get(code, code) for code in decision.activities],
        "week": week_of(slots),
        "weekdays": [label for _number, label in WEEKDAYS],
        "week_minutes": minutes_a_week(slots),
        "suspensions": decision.suspensions.all(),
        "chain": [(each, each.state_on(today)) for each in chain] if len(chain) > 1 else [],
        "timeline": timeline_of(chain, decision, today),
        "today": today,
        "urgent": urgent_start(decision),
        "amended_by": next((each for each in chain if each.amends_id == decision.pk), None),
        "outlasts_contract": decision.term.last_day and decision.term.last_day > decision.contract.valid_to,
    }
    return render(request, "care/decision.html", context)


def chain_of(request: Request, decision: Decision) -> list[Decision]:
    """The decision with those it amends and those that amend it, as far as the person may see them; earliest first."""
    siblings = (
        Decision.objects.visible_to(request.access)
        .filter(person_id=decision.person_id, service_id=decision.service_id)
        .prefetch_related("suspensions", "slots")
    )
    by_id = {each.pk: each for each in siblings}
    by_amended = {each.amends_id: each for each in siblings if each.amends_id}
    chain = [by_id[decision.pk]]
    while (earlier := by_id.get(chain[0].amends_id)) and len(chain) < _LONGEST_CHAIN:
        chain.insert(0, earlier)
    while (later := by_amended.get(chain[-1].pk)) and len(chain) < _LONGEST_CHAIN:
        chain.append(later)
    return chain

"""What every page of a step shows around its own work: the track, the gate, owner, dates, decisions."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from contracting.commissioning import steps
from contracting.commissioning.contributions import Check, Contribution, contribution_to
from contracting.commissioning.models import Cycle, Step
from contracting.commissioning.people import unit_people
from contracting.commissioning.permissions import EDIT_CYCLES, PASS_STEPS
from contracting.commissioning.ticks import TICK_LABELS
from contracting.commissioning.views.pages import step_address
from kernel.doors import Request

_TRACK = {Step.State.PASSED: "done", Step.State.OPEN: "now", Step.State.TO_REVIEW: "review"}


@dataclass(frozen=True)
class Place:
    """A step on the track of a cycle."""

    step: Step
    href: str
    track: str
    owner: str
    overdue: bool


def cycle_of(request: Request, pk: Any) -> Cycle:
    """The cycle in the address, as the person may see it; 404 otherwise."""
    found: Cycle = get_object_or_404(
        Cycle.objects.visible_to(request.access).select_related("service", "standard", "predecessor"), pk=pk
    )
    return found


def track_of(cycle: Cycle, names: dict[UUID, str], today: date) -> list[Place]:
    """The seven steps in order; the first that is not passed is the one at hand."""
    own = list(Step.objects.filter(cycle=cycle).order_by("position"))
    at_hand = steps.current([step.state for step in own])
    places = []
    for place, step in enumerate(own):
        step.cycle = cycle
        track = _TRACK.get(Step.State(step.state), "todo")
        if track == "now" and place != at_hand:
            track = "todo"
        owner = names.get(step.owner_id, "") if step.owner_id else ""
        overdue = cycle.is_running and steps.is_overdue(step.state, step.due_on, today)
        places.append(Place(step, step_address(cycle, step.kind), track, owner, overdue))
    return places


def step_frame(request: Request, cycle: Cycle, kind: str) -> dict[str, Any]:
    """The context of `commissioning/step_base.html` for a step of the cycle; a page adds its own to it.

    `editable` says whether what the step holds may be changed now, by this person as a rule of EDIT_CYCLES; `in_work`
    says it of the step alone.
    """
    if kind not in steps.ORDER:
        raise Http404
    names = dict(unit_people())
    track = track_of(cycle, names, timezone.localdate())
    place = track[steps.ORDER.index(kind)]
    contribution: Contribution = contribution_to(kind, cycle, request.access)
    states = [one.step.state for one in track]
    in_work = cycle.is_running and place.step.state in steps.IN_WORK
    refusal = steps.why_not_pass(states, steps.ORDER.index(kind))
    may_pass = cycle.is_running and request.access.may(PASS_STEPS)
    return {
        "cycle": cycle,
        "track": track,
        "place": place,
        "step": place.step,
        "checks": contribution.items,
        "links": contribution.links,
        "notes": contribution.notes,
        "unmet": contribution.unmet,
        "ticks": ticks_of(place.step),
        "in_work": in_work,
        "editable": in_work and request.access.may(EDIT_CYCLES),
        "may_plan": cycle.is_running and request.access.may(EDIT_CYCLES),
        "may_pass": may_pass and refusal is None,
        "may_reopen": may_pass and place.step.state == Step.State.PASSED,
        "waits_for": track[refusal.step] if refusal and refusal.step is not None else None,
        "decisions": place.step.decisions.order_by("-at", "-id"),
    }


def ticks_of(step: Step) -> list[Check]:
    """The ticks that people make by hand in this step."""
    return [
        Check(TICK_LABELS[code], done=code in step.checklist, must=False) for code in steps.TICKS[step.kind]
    ]

"""The start page of every role: what needs the person, and how the month goes."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from audit.actions import record_reading
from contracting.commissioning.waiting import Wait, told_by_apps
from contracting.contracts.models import Contract
from contracting.contracts.waiting import waiting_for
from kernel.doors import Request, tenant_door
from reporting.compliance.permissions import READ_MONTHS
from reporting.compliance.today import (
    Matter,
    matters_of,
    months_waiting,
    pace_of,
    planning_matters,
    round_of,
)
from reporting.delivery.knowing import known_to
from tenants.permissions import ENTER
from tenants.roles import Role


@tenant_door(ENTER)
def today(request: Request) -> HttpResponse:
    day = timezone.localdate()
    context: dict[str, Any] = {"day": day}
    waits = [
        *(wait for part in request.access.parts() for wait in waiting_for(part, day)),
        *told_by_apps(request.access, day),
    ]
    if request.access.may(READ_MONTHS):
        context |= _work(request, waits)
    elif waits:
        matters = planning_matters(waits)
        context |= _sorted(matters)
    if Role.WORKER in request.access.roles:
        context |= _round(request)
    return render(request, "compliance/today.html", context)


def _work(request: Request, waits: list[Wait]) -> dict[str, Any]:
    """The months and hours that the person answers for: of the unit, or of their organisation."""
    day, access = timezone.localdate(), request.access.within(READ_MONTHS)
    contracts = list(Contract.objects.visible_to(access).select_related("organisation").order_by("number"))
    pace = pace_of(contracts, day)
    matters = matters_of(access, day, months_waiting(contracts, day), pace.caps, waits)
    return {
        "has_contracts": bool(contracts),
        **_sorted(matters),
        "pace": pace,
    }


def _sorted(matters: list[Matter]) -> dict[str, Any]:
    """The matters as the page lists them: those that wait for the person, then those that are only good to know."""
    own = [matter for matter in matters if matter.is_mine]
    known = [matter for matter in matters if not matter.is_mine]
    return {"matters": matters, "mine": len(own), "own": own, "known": known}


def _round(request: Request) -> dict[str, Any]:
    """The visits of a carer's day, with the names of the persons whom they serve."""
    stops = round_of(request.access, timezone.localdate())
    known = known_to(request.access, {stop.decision.pk for stop in stops})
    persons = {stop.person_id for stop in stops if stop.decision.pk in known}
    if persons:
        record_reading("today", actor=request.access.actor, subject_type="person", subject_ids=persons)
    return {"stops": stops, "known": known, "is_worker": True}

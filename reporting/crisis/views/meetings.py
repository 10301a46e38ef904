"""Pages of the team: its meetings, and debriefings after field interventions."""

from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.doors import Request, tenant_door
from kernel.periods import local_date, resolve_wall_time
from reporting.crisis import actions
from reporting.crisis.forms.duty import DebriefingForm, MeetingForm
from reporting.crisis.models import TeamMeeting
from reporting.crisis.people import interventionists
from reporting.crisis.permissions import (
    READ_CASES,
    READ_DUTY,
    WORK_ON_CASES,
    cases_for,
    debriefings_for,
    may_settle_debriefing,
)
from reporting.crisis.queries.duty import of_centre
from reporting.crisis.queries.terms import terms_at
from reporting.crisis.rules import monday_of, weeks_short
from reporting.crisis.views.centre import Centre, centre_of
from reporting.crisis.views.pages import form_page
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt

_WEEKS_LOOKED_AT = 12
_OWED_SHOWN = 10


@tenant_door(READ_DUTY)
def meetings(request: Request) -> HttpResponse:
    """Meetings of a centre with the weeks that had too few, and debriefings that are owed."""
    centre, today = centre_of(request), timezone.localdate()
    of_team = TeamMeeting.objects.filter(of_centre(centre.organisation_id))
    minimum = terms_at(today).meetings_per_week
    owed = _debriefings(request, centre).filter(held_on__isnull=True)
    shown = list(owed.order_by("due_on", "pk")[: _OWED_SHOWN + 1])
    context = {
        "centre": centre,
        "page": page_of(of_team.order_by("-held_at", "pk"), request),
        "short": _weeks_short(of_team, today, minimum),
        "minimum": minimum,
        "owed": shown[:_OWED_SHOWN],
        "more": len(shown) > _OWED_SHOWN,
        "linked": _linked(request, shown),
        "today": today,
        "enters": request.access.may(WORK_ON_CASES) and centre.is_own,
    }
    return render(request, "crisis/meetings.html", context)


def _weeks_short(of_team: Any, today: date, minimum: int) -> list[tuple[date, int]]:
    """Of the last weeks those with too few meetings, the latest first; the weeks before the register began say
    nothing."""
    since = monday_of(today - timedelta(weeks=_WEEKS_LOOKED_AT))
    began = of_team.order_by("held_at").values_list("held_at", flat=True).first()
    if began is None:
        return []
    held = of_team.filter(held_at__gte=resolve_wall_time(since, time.min)).values_list("held_at", flat=True)
    first = max(since, monday_of(local_date(began)))
    return weeks_short([local_date(at) for at in held], first, today, minimum)[::-1]


def _debriefings(request: Request, centre: Centre) -> Any:
    of_here = of_centre(centre.organisation_id, "case__organisation")
    return debriefings_for(request.access).filter(of_here).select_related("case")


def _linked(request: Request, tasks: Iterable[Any]) -> set[Any]:
    """Cases of these debriefings whose pages the person may open; one query."""
    pks = {task.case_id for task in tasks}
    return set(cases_for(request.access).filter(pk__in=pks).values_list("pk", flat=True))


@tenant_door(READ_CASES)
def debriefings(request: Request) -> HttpResponse:
    """Every debriefing of a centre that the person may know of: those that are owed first, then the latest."""
    centre, today = centre_of(request), timezone.localdate()
    order = (F("held_on").desc(nulls_first=True), "due_on", "pk")
    page = page_of(_debriefings(request, centre).order_by(*order), request)
    context = {"centre": centre, "page": page, "linked": _linked(request, page), "today": today}
    return render(request, "crisis/debriefings.html", context)


@tenant_door(WORK_ON_CASES)
def record_meeting(request: Request) -> HttpResponse:
    centre = centre_of(request)
    if not centre.is_own:
        raise Http404
    people = interventionists(centre.organisation_id)
    initial = {"day": timezone.localdate(), "minutes": 60, "cases": 0}
    form = MeetingForm(request.POST or None, people=people, initial=initial)
    if request.method == "POST" and form.is_valid():
        entry, actor = form.entry(centre.organisation_id), request.access.actor
        if attempt(form, lambda: actions.record_meeting(entry, actor=actor)) is not None:
            messages.success(request, _("The meeting is in the register."))
            return redirect(tenant_url("crisis:meetings"))
    return form_page(
        request,
        form,
        title=_("Enter a meeting of the team"),
        verb=_("Enter the meeting"),
        back=(tenant_url("crisis:meetings"), pgettext("crisis", "Team")),
        text=_(
            "The register holds when, how long and who. What was said belongs into the work plans of the cases."
        ),
    )


@tenant_door(READ_CASES)
def hold_debriefing(request: Request, pk: str) -> HttpResponse:
    found = debriefings_for(request.access).select_related("case")
    task: Any = get_object_or_404(found, pk=pk)
    verdict = may_settle_debriefing(request.access, task)
    if not verdict:
        messages.warning(request, str(verdict.reason))
        return redirect(tenant_url("crisis:case", task.case_id))
    form = DebriefingForm(request.POST or None, initial={"held_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.hold_debriefing(task, **form.cleaned_data, actor=actor))
        if saved is not None:
            messages.success(request, _("The debriefing is noted."))
            return redirect(tenant_url("crisis:meetings"))
    return form_page(
        request,
        form,
        title=_("Debriefing after the intervention in case %(number)s") % {"number": task.case.number},
        verb=_("Note the debriefing"),
        back=(tenant_url("crisis:meetings"), pgettext("crisis", "Team")),
        text=_("Only the day is kept. What was said stays among those who were there."),
    )

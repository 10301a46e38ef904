"""Teams of the unit: how often each is to meet, its meetings, and the periods in which it met too rarely."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.doors import Request, tenant_door
from reporting.casework import actions
from reporting.casework.forms import TeamForm, TeamMeetingForm
from reporting.casework.models import Team, TeamMeeting
from reporting.casework.permissions import KEEP_LOADS, READ_LOADS
from reporting.casework.queries import states_of
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt, status_of


@tenant_door(READ_LOADS)
def teams(request: Request) -> HttpResponse:
    page = page_of(Team.objects.all(), request)
    context = {
        "page": page,
        "rows": states_of(page, timezone.localdate()),
        "may_keep": request.access.may(KEEP_LOADS),
    }
    return render(request, "casework/teams.html", context)


@tenant_door(READ_LOADS)
def team(request: Request, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Team, pk=pk)
    context = {
        "team": found,
        "state": states_of([found], timezone.localdate())[0],
        "page": page_of(found.held.order_by("-held_at", "pk"), request),
        "may_keep": request.access.may(KEEP_LOADS),
    }
    return render(request, "casework/team.html", context)


def _edit(
    request: Request, row: Team | TeamMeeting, form: Any, told: str, context: dict[str, Any]
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        seen, actor = form.cleaned_data["seen"] or None, request.access.actor
        saved = attempt(form, lambda: actions.save_row(row, form.values(), seen=seen, actor=actor))
        if saved is not None:
            messages.success(request, told)
            of = saved.team_id if isinstance(saved, TeamMeeting) else saved.pk
            return redirect(tenant_url("casework:team", of))
    return render(request, "casework/edit_row.html", {"form": form, **context}, status=status_of(form))


def _back(team: Team | None = None) -> dict[str, str]:
    if team is None:
        return {"back": tenant_url("casework:teams"), "back_name": pgettext("casework", "Teams")}
    return {"back": tenant_url("casework:team", team.pk), "back_name": team.name}


@tenant_door(KEEP_LOADS)
def add_team(request: Request) -> HttpResponse:
    form = TeamForm(request.POST or None, initial={"valid_from": timezone.localdate()})
    return _edit(request, Team(), form, _("The team is kept."), {"title": _("A new team"), **_back()})


@tenant_door(KEEP_LOADS)
def edit_team(request: Request, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Team, pk=pk)
    fields = {name: getattr(found, name) for name in TeamForm.base_fields if name != "seen"}
    form = TeamForm(request.POST or None, initial={**fields, "seen": actions.row_stamp(found)})
    context = {"title": _("Change the team"), **_back(found)}
    return _edit(request, found, form, _("The team is kept."), context)


@tenant_door(KEEP_LOADS)
def add_meeting(request: Request, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Team, pk=pk)
    form = TeamMeetingForm(request.POST or None, initial={"day": timezone.localdate()})
    context = {"title": _("Enter a meeting"), **_back(found)}
    return _edit(request, TeamMeeting(team=found), form, _("The meeting is kept."), context)


@tenant_door(KEEP_LOADS)
def edit_meeting(request: Request, pk: UUID) -> HttpResponse:
    row = get_object_or_404(TeamMeeting.objects.select_related("team"), pk=pk)
    shown = {**TeamMeetingForm.shown(row), "seen": actions.row_stamp(row)}
    form = TeamMeetingForm(request.POST or None, initial=shown)
    context = {"title": _("Change the meeting"), **_back(row.team)}
    return _edit(request, row, form, _("The meeting is kept."), context)

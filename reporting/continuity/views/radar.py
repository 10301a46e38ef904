"""Pages of the radar: who is not visited, what was found out, and when a person counts as silent."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record_reading
from kernel.doors import Request, tenant_door
from reporting.care.models import Decision
from reporting.care.permissions import EDIT_DECISIONS
from reporting.continuity import actions
from reporting.continuity.forms.radar import CheckForm, RadarSettingsForm
from reporting.continuity.models import RadarCheck
from reporting.continuity.permissions import CHECK_SILENCE, CONFIGURE_RADAR, READ_RADAR
from reporting.continuity.queries import radar as radar_of
from reporting.continuity.queries import settings_at_hand
from reporting.continuity.radar import lines_of
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt, status_of

# A check is proposed to be looked at again after so many days.
_USUAL_PAUSE = timedelta(days=7)


@tenant_door(READ_RADAR)
def radar(request: Request) -> HttpResponse:
    """The silent persons; `?show=quiet` those that somebody has looked into."""
    today, access = timezone.localdate(), request.access
    found = radar_of(access, today)
    shows_quiet = request.GET.get("show") == "quiet"
    page = page_of(found.quiet if shows_quiet else found.open, request)
    persons = {one.person_id for one in page}
    record_reading("continuity.radar", actor=access.actor, subject_type="person", subject_ids=persons)
    context = {
        "page": page,
        "lines": lines_of(list(page), access, today),
        "shows_quiet": shows_quiet,
        "open_count": len(found.open),
        "quiet_count": len(found.quiet),
        "settings": settings_at_hand(),
        "today": today,
    }
    return render(request, "continuity/radar.html", context)


@tenant_door(CHECK_SILENCE)
def check(request: Request, decision_pk: UUID) -> HttpResponse:
    """Note what was found out about one person; a stay in hospital leads on to the suspension."""
    today, access = timezone.localdate(), request.access
    decisions = Decision.objects.visible_to(access).select_related(
        "person", "service", "contract__organisation"
    )
    decision: Decision = get_object_or_404(decisions, pk=decision_pk)
    form = CheckForm(request.POST or None, initial={"quiet_until": today + _USUAL_PAUSE})
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form,
            lambda: actions.check_silence(decision, **form.cleaned_data, access=access, actor=access.actor),
        )
        if saved is not None:
            return _noted(request, saved)
    record_reading(
        "continuity.check", actor=access.actor, subject_type="person", subject_ids=[decision.person_id]
    )
    context = {"form": form, "decision": decision}
    return render(request, "continuity/check.html", context, status=status_of(form))


def _noted(request: Request, saved: RadarCheck) -> HttpResponse:
    messages.success(
        request, _("It is noted what you found out about %(number)s.") % {"number": saved.decision}
    )
    if saved.reason == RadarCheck.Reason.HOSPITAL:
        if request.access.may(EDIT_DECISIONS):
            messages.info(
                request, _("Enter the stay in hospital as a suspension: those days are not granted.")
            )
            return redirect(tenant_url("care:suspend_decision", saved.decision_id))
        messages.info(request, _("The social unit enters the stay in hospital as a suspension: let it know."))
    return redirect(tenant_url("continuity:radar"))


@tenant_door(CONFIGURE_RADAR)
def radar_settings(request: Request) -> HttpResponse:
    settings = settings_at_hand()
    form = RadarSettingsForm(request.POST or None, initial=_initial(settings))
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in actions.RADAR_FIELDS}
        seen, actor = form.cleaned_data["seen"] or None, request.access.actor
        saved = attempt(form, lambda: actions.change_radar(values, seen=seen, actor=actor))
        if saved is not None:
            messages.success(request, _("The settings of the radar are saved."))
            return redirect(tenant_url("continuity:radar"))
    return render(request, "continuity/settings.html", {"form": form}, status=status_of(form))


def _initial(settings: Any) -> dict[str, Any]:
    values = {name: getattr(settings, name) for name in actions.RADAR_FIELDS}
    return {**values, "seen": actions.radar_stamp(settings)}

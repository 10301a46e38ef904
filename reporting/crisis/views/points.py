"""Pages of contact points and opening hours: how people find the centre, and when it is to be answered."""

from typing import Any

from django.contrib import messages
from django.db.models import F, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from reporting.crisis import actions
from reporting.crisis.actions.points import POINT_FIELDS
from reporting.crisis.forms.points import EndHoursForm, HoursForm, PointForm
from reporting.crisis.models import ContactPoint, OpeningHours
from reporting.crisis.permissions import PLAN_DUTY, READ_DUTY
from reporting.crisis.queries.duty import of_centre
from reporting.crisis.queries.terms import terms_at
from reporting.crisis.tables.hours import hours_rows
from reporting.crisis.views.centre import UNIT, Centre, centre_of
from reporting.crisis.views.pages import form_page
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt


@tenant_door(READ_DUTY)
def points(request: Request) -> HttpResponse:
    """The points of a centre with their marking and accessibility, and the hours that hold or are to come."""
    centre, today = centre_of(request), timezone.localdate()
    here = of_centre(centre.organisation_id)
    found = ContactPoint.objects.filter(here).order_by(
        F("valid_to").desc(nulls_first=True), "-is_first", "name", "pk"
    )
    hours = OpeningHours.objects.filter(here).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))
    context = {
        "centre": centre,
        "page": page_of(found, request),
        "hours": hours_rows(
            hours.select_related("point").order_by("point__name", "valid_from", "opens", "pk")
        ),
        "minimum": terms_at(today).duty_minimum,
        "plans": request.access.may(PLAN_DUTY) and centre.is_own,
        "today": today,
    }
    return render(request, "crisis/points.html", context)


def _own_centre(request: Request) -> Centre:
    centre = centre_of(request)
    if not centre.is_own:
        raise Http404
    return centre


def _back(organisation_id: Any) -> tuple[str, str]:
    return f"{tenant_url('crisis:points')}?centre={organisation_id or UNIT}", _("Points and hours")


def _turned_away(request: Request, row: Any) -> HttpResponse | None:
    """The way back for the unit's people from what an organisation keeps itself; else None."""
    if not request.access.sees_all_organisations or row.organisation_id is None:
        return None
    messages.warning(
        request, _("The points and hours of an organisation are kept by the organisation itself.")
    )
    return redirect(_back(row.organisation_id)[0])


@tenant_door(PLAN_DUTY)
def add_point(request: Request) -> HttpResponse:
    centre = _own_centre(request)
    form = PointForm(request.POST or None, initial={"valid_from": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        organisation_id, actor = centre.organisation_id, request.access.actor
        saved = attempt(form, lambda: actions.add_point(organisation_id, form.values(), actor=actor))
        if saved is not None:
            messages.success(request, _("The point “%(point)s” is saved.") % {"point": saved})
            return redirect(_back(centre.organisation_id)[0])
    back = _back(centre.organisation_id)
    return form_page(request, form, title=_("Add a point"), verb=_("Save the point"), back=back)


@tenant_door(PLAN_DUTY)
def change_point(request: Request, pk: str) -> HttpResponse:
    point: Any = get_object_or_404(ContactPoint.objects.visible_to(request.access), pk=pk)
    if away := _turned_away(request, point):
        return away
    shown = {name: getattr(point, name) for name in POINT_FIELDS}
    form = PointForm(request.POST or None, initial={**shown, "seen": actions.point_stamp(point)})
    if request.method == "POST" and form.is_valid():
        seen, actor = form.cleaned_data["seen"] or None, request.access.actor
        saved = attempt(form, lambda: actions.change_point(point, form.values(), seen=seen, actor=actor))
        if saved is not None:
            messages.success(request, _("The point “%(point)s” is saved.") % {"point": saved})
            return redirect(_back(point.organisation_id)[0])
    title = _("Change the point “%(point)s”") % {"point": point}
    return form_page(request, form, title=title, verb=_("Save the point"), back=_back(point.organisation_id))


@tenant_door(PLAN_DUTY)
def add_hours(request: Request) -> HttpResponse:
    centre = _own_centre(request)
    organisation_id = centre.organisation_id
    initial = {"valid_from": timezone.localdate(), "people": terms_at(timezone.localdate()).duty_minimum}
    form = HoursForm(request.POST or None, organisation_id=organisation_id, initial=initial)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.add_hours(organisation_id, form.values(), actor=actor))
        if saved is not None:
            messages.success(request, _("The hours are saved. The duty roster is checked against them."))
            return redirect(_back(organisation_id)[0])
    return form_page(
        request,
        form,
        title=_("Add opening hours"),
        verb=_("Save the hours"),
        back=_back(organisation_id),
        text=_(
            "Hours add up: a telephone around the clock with one person and a point with two ask for three people "
            "while the point is open."
        ),
    )


@tenant_door(PLAN_DUTY)
def end_hours(request: Request, pk: str) -> HttpResponse:
    hours: Any = get_object_or_404(OpeningHours.objects.visible_to(request.access), pk=pk)
    if away := _turned_away(request, hours):
        return away
    form = EndHoursForm(request.POST or None, initial={"valid_to": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.end_hours(hours, **form.cleaned_data, actor=actor))
        if saved is not None:
            messages.success(request, _("The hours have their last day."))
            return redirect(_back(hours.organisation_id)[0])
    return form_page(
        request,
        form,
        title=_("Last day of the opening hours"),
        verb=_("Save the last day"),
        back=_back(hours.organisation_id),
        text=_(
            "Other hours are entered anew. On days without any hours the standard holds: around the clock."
        ),
    )

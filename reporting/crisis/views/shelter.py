"""Pages of the shelter: occupancy, places, stays of a case."""

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contracting.commissioning.law import find_limit
from kernel.doors import Request, tenant_door
from reporting.crisis import actions
from reporting.crisis.forms.shelter import (
    BeginStayForm,
    ChangeStayForm,
    EndPlaceForm,
    EndStayForm,
    PlaceForm,
    ShelterFilter,
)
from reporting.crisis.models import CrisisCase, ShelterPlace, ShelterStay
from reporting.crisis.permissions import PLAN_DUTY, READ_CASES, READ_EVERY_CASE, WORK_ON_CASES, stays_for
from reporting.crisis.queries.duty import of_centre
from reporting.crisis.queries.shelter import SHELTER_MONTHS, limited
from reporting.crisis.queries.terms import terms_at
from reporting.crisis.tables.shelter import occupancy_of
from reporting.crisis.views.centre import centre_of, month_of, months_around
from reporting.crisis.views.pages import back_to, case_form, case_of, form_page, turned_away
from tenants.addresses import tenant_url
from ui.lists import page_of
from ui.refusals import attempt


@tenant_door(READ_CASES)
def shelter(request: Request) -> HttpResponse:
    """A month of a centre's shelter, and the stays that go on: of the cases that the person may know of.

    Whoever works in the centre sees how many places are taken, as they give them away, but not for which cases.
    """
    centre, month, today = centre_of(request), month_of(request), timezone.localdate()
    form = ShelterFilter(initial={"month": str(month), "centre": centre.value})
    form.fields["month"].offer(months_around(month))  # type: ignore[attr-defined]
    form.fields["centre"].choices = centre.choices  # type: ignore[attr-defined]
    of_here = ShelterPlace.objects.filter(of_centre(centre.organisation_id))
    places = list(of_here.there_between(month.first, month.last))
    touching = ShelterStay.objects.filter(
        of_centre(centre.organisation_id, "place__organisation"),
        from_day__lte=month.last,
        to_day__gt=month.first,
    )
    days = terms_at(today).stay_warning_days
    going_on = stays_for(request.access).filter(
        of_centre(centre.organisation_id, "place__organisation"), ended=False
    )
    page = page_of(going_on.select_related("case", "place").order_by("to_day", "pk"), request)
    context = {
        "centre": centre,
        "month": month,
        "previous": month.previous(),
        "next": month.next(),
        "form": form,
        "any": bool(places) or of_here.exists(),
        "occupancy": occupancy_of(month, places, touching),
        "page": page,
        "rows": [(one, one.warns_on(today, days), one.is_late(today)) for one in limited(page)],
        "sees_others": request.access.may(READ_EVERY_CASE),
        "plans": request.access.may(PLAN_DUTY) and centre.is_own,
        "limit": find_limit(SHELTER_MONTHS, on=today),
        "today": today,
    }
    return render(request, "crisis/shelter.html", context)


@tenant_door(READ_CASES)
def places(request: Request) -> HttpResponse:
    """The places of a centre's shelter, those that are still there first."""
    centre, today = centre_of(request), timezone.localdate()
    found = ShelterPlace.objects.filter(of_centre(centre.organisation_id))
    context = {
        "centre": centre,
        "page": page_of(found.order_by(F("valid_to").desc(nulls_first=True), "name", "pk"), request),
        "plans": request.access.may(PLAN_DUTY) and centre.is_own,
        "today": today,
    }
    return render(request, "crisis/places.html", context)


@tenant_door(PLAN_DUTY)
def add_place(request: Request) -> HttpResponse:
    centre = centre_of(request)
    if not centre.is_own:
        raise Http404
    form = PlaceForm(request.POST or None, initial={"valid_from": timezone.localdate()})
    back = f"{tenant_url('crisis:places')}?centre={centre.value}"
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(
            form, lambda: actions.add_place(centre.organisation_id, **form.cleaned_data, actor=actor)
        )
        if saved is not None:
            messages.success(request, _("The place “%(place)s” is added.") % {"place": saved})
            return redirect(back)
    return form_page(
        request,
        form,
        title=_("Add a place of shelter"),
        verb=_("Add the place"),
        back=(back, _("Places of the shelter")),
    )


@tenant_door(PLAN_DUTY)
def end_place(request: Request, pk: str) -> HttpResponse:
    place: Any = get_object_or_404(ShelterPlace.objects.visible_to(request.access), pk=pk)
    back = f"{tenant_url('crisis:places')}?centre={place.organisation_id or 'unit'}"
    if request.access.sees_all_organisations and place.organisation_id is not None:
        messages.warning(request, _("The places of an organisation are kept by the organisation itself."))
        return redirect(back)
    form = EndPlaceForm(request.POST or None, initial={"valid_to": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        if attempt(form, lambda: actions.end_place(place, **form.cleaned_data, actor=actor)) is not None:
            messages.success(request, _("The place “%(place)s” has its last day.") % {"place": place})
            return redirect(back)
    return form_page(
        request,
        form,
        title=_("Last day of the place “%(place)s”") % {"place": place},
        verb=_("Save the last day"),
        back=(back, _("Places of the shelter")),
    )


@tenant_door(WORK_ON_CASES)
def begin_stay(request: Request, pk: str) -> HttpResponse:
    case = case_of(request, pk)
    if away := turned_away(request, case):
        return away
    form = BeginStayForm(request.POST or None, case=case, initial={"from_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        if attempt(form, lambda: actions.begin_stay(case, **form.cleaned_data, actor=actor)) is not None:
            messages.success(request, _("The place is given."))
            return back_to(case, "stays")
    return case_form(request, case, form, title=_("Give a place in the shelter"), verb=_("Give the place"))


def _stay(case: CrisisCase, pk: str) -> Any:
    found = get_object_or_404(ShelterStay.objects.filter(case=case).select_related("place"), pk=pk)
    found.case = case
    return found


@tenant_door(WORK_ON_CASES)
def change_stay(request: Request, case_pk: str, pk: str) -> HttpResponse:
    case = case_of(request, case_pk)
    stay = _stay(case, pk)
    if away := turned_away(request, case):
        return away
    form = ChangeStayForm(request.POST or None, initial={"to_day": stay.to_day, "ground": stay.ground})
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        if attempt(form, lambda: actions.change_stay(stay, **form.cleaned_data, actor=actor)) is not None:
            messages.success(request, _("The stay is saved."))
            return back_to(case, "stays")
    title = _("Change the stay on “%(place)s”") % {"place": stay.place}
    return case_form(request, case, form, title=title, verb=_("Save the stay"))


@tenant_door(WORK_ON_CASES)
def end_stay(request: Request, case_pk: str, pk: str) -> HttpResponse:
    case = case_of(request, case_pk)
    stay = _stay(case, pk)
    if away := turned_away(request, case):
        return away
    form = EndStayForm(request.POST or None, initial={"to_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        if attempt(form, lambda: actions.end_stay(stay, **form.cleaned_data, actor=actor)) is not None:
            messages.success(request, _("The stay has ended, the place is free."))
            return back_to(case, "stays")
    title = _("End the stay on “%(place)s”") % {"place": stay.place}
    return case_form(request, case, form, title=title, verb=_("End the stay"))

"""Pages of the duty roster."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from kernel.errors import DomainError
from kernel.periods import Month
from reporting.crisis import actions
from reporting.crisis.forms.duty import CopyWeekForm, DutyForm, RosterFilter
from reporting.crisis.models import Duty
from reporting.crisis.people import interventionists
from reporting.crisis.permissions import PLAN_DUTY, READ_DUTY
from reporting.crisis.queries.duty import duties_between, openings_between
from reporting.crisis.queries.terms import terms_at
from reporting.crisis.tables.roster import roster_of
from reporting.crisis.views.centre import Centre, centre_of, month_of, months_around
from reporting.crisis.views.pages import form_page
from tenants.addresses import tenant_url
from ui.refusals import attempt


@tenant_door(READ_DUTY)
def roster(request: Request) -> HttpResponse:
    """A month of a centre: who is on duty, and when nobody or too few are."""
    centre, month = centre_of(request), month_of(request)
    form = RosterFilter(initial={"month": str(month), "centre": centre.value})
    form.fields["month"].offer(months_around(month))  # type: ignore[attr-defined]
    form.fields["centre"].choices = centre.choices  # type: ignore[attr-defined]
    minimum = terms_at(month.last).duty_minimum
    duties = duties_between(centre.organisation_id, *month.bounds())
    hours = openings_between(centre.organisation_id, month.first, month.last)
    context = {
        "centre": centre,
        "month": month,
        "previous": month.previous(),
        "next": month.next(),
        "form": form,
        "roster": roster_of(month, duties, hours, minimum),
        "hours": hours,
        "minimum": minimum,
        "plans": request.access.may(PLAN_DUTY) and centre.is_own,
        "now": timezone.now(),
        "any": bool(duties),
    }
    return render(request, "crisis/roster.html", context)


def _own_centre(request: Request) -> Centre:
    """The centre for which the person plans; another one is an address that does not exist."""
    centre = centre_of(request)
    if not centre.is_own:
        raise Http404
    return centre


def _back(centre: Centre, month: Month) -> str:
    return f"{tenant_url('crisis:roster')}?month={month}&centre={centre.value}"


@tenant_door(PLAN_DUTY)
def add_duty(request: Request) -> HttpResponse:
    centre = _own_centre(request)
    people = interventionists(centre.organisation_id)
    initial = {"day": timezone.localdate(), "start": "08:00", "end": "20:00"}
    form = DutyForm(request.POST or None, people=people, initial=initial)
    if request.method == "POST" and form.is_valid():
        actor = request.access.actor
        saved = attempt(form, lambda: actions.add_duty(form.entry(centre.organisation_id), actor=actor))
        if saved is not None:
            messages.success(request, _("%(name)s is on duty.") % {"name": saved.name})
            return redirect(_back(centre, Month.of(form.cleaned_data["day"])))
    back = (_back(centre, Month.of(timezone.localdate())), _("Duty roster"))
    return form_page(request, form, title=_("Put somebody on duty"), verb=_("Put on duty"), back=back)


@tenant_door(PLAN_DUTY)
def copy_week(request: Request) -> HttpResponse:
    centre = _own_centre(request)
    form = CopyWeekForm(request.POST or None, initial={"week": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        actor, weeks = request.access.actor, form.cleaned_data["weeks"]
        added = attempt(
            form,
            lambda: actions.copy_week(centre.organisation_id, form.monday, weeks, actor=actor),
        )
        if added is not None:
            messages.success(request, _("Duties added: %(count)s.") % {"count": added})
            return redirect(_back(centre, Month.of(form.monday)))
    return form_page(
        request,
        form,
        title=_("Copy a week"),
        verb=_("Copy the week"),
        back=(_back(centre, Month.of(timezone.localdate())), _("Duty roster")),
        text=_(
            "Duties keep their times by the clock, also over a clock change. If anybody would be on duty twice at "
            "once, nothing is copied."
        ),
    )


@tenant_door(PLAN_DUTY)
def remove_duty(request: Request, pk: str) -> HttpResponse:
    duty: Any = get_object_or_404(Duty.objects.visible_to(request.access), pk=pk)
    own = request.access.organisation_ids
    back = f"{tenant_url('crisis:roster')}?month={Month.of(timezone.localdate(duty.starts_at))}"
    if own is None and duty.organisation_id is not None:
        messages.warning(request, _("The roster of an organisation is planned by the organisation itself."))
        return redirect(f"{back}&centre={duty.organisation_id}")
    if request.method == "POST":
        try:
            actions.remove_duty(duty, actor=request.access.actor)
        except DomainError as error:
            messages.error(request, str(error.message))
        else:
            messages.success(request, _("The duty is taken off the roster."))
        return redirect(back)
    return render(request, "crisis/remove_duty.html", {"duty": duty, "back": back})

"""Time cards: one's own day, and a month's sums by class of activity."""

from datetime import date, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from kernel.periods import elapsed_minutes, resolve_wall_time
from reporting.casework import actions
from reporting.casework.forms import DayForm, MonthChoice
from reporting.casework.models import DAY_MINUTES, TimeEntry
from reporting.casework.permissions import KEEP_TIME, READ_TIME
from reporting.casework.queries import time_of_day, time_of_month
from reporting.casework.views.loads import month_asked, months_back
from tenants.addresses import tenant_url
from tenants.models import Organisation
from ui.asked import say_instead
from ui.formatting import format_date_text, format_minutes_text, format_month
from ui.refusals import attempt, status_of


def _organisations(request: Request) -> list[Organisation]:
    """Those that the person works for, by name; none for the unit's people."""
    return list(Organisation.objects.filter(pk__in=request.access.organisation_ids or ()).order_by("name"))


def _chosen(request: Request, organisations: list[Organisation]) -> Organisation | None:
    """The one whose card is asked for, the first by itself; another's is not there (404)."""
    asked = request.GET.get("organisation")
    if asked is None:
        return organisations[0] if organisations else None
    found = next((one for one in organisations if str(one.pk) == asked), None)
    if found is None:
        raise Http404
    return found


def _day(text: str) -> date:
    """The day named; today where none, one long ago or one to come is."""
    today = timezone.localdate()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if date(2000, 1, 1) <= day <= today else today


def _minutes_passed(day: date) -> int:
    """Minutes of the day that have passed by now."""
    return min(elapsed_minutes(resolve_wall_time(day, time.min), timezone.now()), DAY_MINUTES)


@tenant_door(KEEP_TIME)
def my_day(request: Request) -> HttpResponse:
    """The person's own time on a day, by class of activity."""
    day = _day(request.GET.get("day", ""))
    say_instead(request, "day", day, format_date_text(day))
    worker: Any = request.user.pk
    organisations = _organisations(request)
    organisation = _chosen(request, organisations)
    of = organisation.pk if organisation else None
    here = f"&organisation={of}" if len(organisations) > 1 else ""
    minutes = time_of_day(worker, day, of)
    sent = request.POST if request.method == "POST" else None
    # What is kept is kept of the day that the page shows: another day holds other hours.
    if sent is not None and request.GET.get("day", str(day)) != str(day):
        raise Http404
    form = DayForm(sent, minutes=minutes, initial={"seen": actions.day_stamp(day, worker, of)})
    if sent is not None and form.is_valid():
        actor, seen = request.access.actor, form.cleaned_data["seen"] or None
        kept = attempt(
            form,
            lambda: actions.keep_day(
                day, form.spent(), worker_id=worker, organisation_id=of, seen=seen, actor=actor
            ),
        )
        if kept is not None:
            messages.success(request, _("Your time of %(day)s is kept.") % {"day": format_date_text(day)})
            passed = _minutes_passed(day)
            if kept > passed:
                told = {"kept": format_minutes_text(kept), "passed": format_minutes_text(passed)}
                sentence = _(
                    "The card says %(kept)s, and only %(passed)s of the day have passed. Check it in the evening."
                )
                messages.warning(request, sentence % told)
            return redirect(tenant_url("casework:my_day") + f"?day={day}{here}")
    context = {
        "form": form,
        "day": day,
        "previous": day - timedelta(days=1),
        "next": day + timedelta(days=1) if day < timezone.localdate() else None,
        "total": sum(minutes.values()),
        "organisations": organisations if len(organisations) > 1 else [],
        "organisation": organisation,
        "here": here,
    }
    return render(request, "casework/my_day.html", context, status=status_of(form))


@tenant_door(READ_TIME)
def time_sums(request: Request) -> HttpResponse:
    """Hours of a month by class of activity: of the team, and of each worker."""
    month = month_asked(request.GET.get("month", ""))
    say_instead(request, "month", month, format_month(month))
    known = time_of_month(month, request.access.organisation_ids)
    classes = TimeEntry.Activity.choices
    sums = [sum(one.minutes.get(activity, 0) for one in known) for activity, _label in classes]
    total = sum(sums)
    context = {
        "month": month,
        "form": MonthChoice(month, months_back(month)),
        "classes": [label for _activity, label in classes],
        "rows": [
            (one.name, [one.minutes.get(activity, 0) for activity, _label in classes], one.together)
            for one in known
        ],
        "shares": [
            (label, minutes) for (_activity, label), minutes in zip(classes, sums, strict=True) if minutes
        ],
        "sums": sums,
        "total": total,
    }
    return render(request, "casework/time_sums.html", context)

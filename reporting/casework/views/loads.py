"""Loads of social workers: the month as it is kept, and entering it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from kernel.periods import Month
from reporting.casework import actions
from reporting.casework.forms import LoadsForm, MonthChoice
from reporting.casework.permissions import KEEP_LOADS, READ_LOADS
from reporting.casework.queries import load_limits, loads_by_month, loads_of, statutory_ratio
from tenants.addresses import tenant_url
from ui.asked import say_instead
from ui.charts import Chart, Series, Unit, line_chart
from ui.formatting import format_month, format_month_short
from ui.refusals import attempt, status_of

_FIRST = Month(2000, 1)
_OFFERED = 24


def month_asked(text: str) -> Month:
    """The month named, the present one where none or one to come is."""
    present = Month.of(timezone.localdate())
    try:
        month = Month.parse(text)
    except ValueError:
        return present
    return month if _FIRST <= month <= present else present


def months_back(chosen: Month) -> list[Month]:
    """The months to choose from, newest first, the chosen one among them."""
    month, found = Month.of(timezone.localdate()), []
    for _step in range(_OFFERED):
        found.append(month)
        month = month.previous()
    return found if chosen in found else [*found, chosen]


@tenant_door(READ_LOADS)
def loads(request: Request) -> HttpResponse:
    month = month_asked(request.GET.get("month", ""))
    say_instead(request, "month", month, format_month(month))
    rows = loads_of(month)
    environments = sum(row.kept.environments for row in rows if row.kept)
    context = {
        "month": month,
        "form": MonthChoice(month, months_back(month)),
        "rows": rows,
        "kept": any(row.kept for row in rows),
        "environments": environments,
        "blue_cards": sum(row.kept.with_blue_card for row in rows if row.kept),
        "workers": sum(row.is_here for row in rows),
        "over": sum(row.is_over for row in rows),
        "limits": load_limits(month.last),
        "ratio": statutory_ratio(month, environments),
        "chart": _chart(month),
        "may_keep": request.access.may(KEEP_LOADS),
    }
    return render(request, "casework/loads.html", context)


def _chart(last: Month) -> Chart | None:
    known = loads_by_month(last)
    if sum(value is not None for _month, value in known) < 2:
        return None
    return line_chart(
        title=_("Households in care, month by month"),
        description=_("All social workers together, twelve months"),
        head=_("Month"),
        labels=[format_month_short(month) for month, _value in known],
        series=[Series(_("households"), [value for _month, value in known])],
        unit=Unit.COUNT,
    )


@tenant_door(KEEP_LOADS)
def keep_loads(request: Request, month: str) -> HttpResponse:
    """Enter the loads of all social workers of a month at once."""
    try:
        when = Month.parse(month)
    except ValueError:
        raise Http404 from None
    if when < _FIRST or when > Month.of(timezone.localdate()):
        raise Http404
    rows = loads_of(when)
    form = LoadsForm(request.POST or None, loads=rows, initial={"seen": actions.loads_stamp(when)})
    if request.method == "POST" and form.is_valid():
        seen, actor = form.cleaned_data["seen"] or None, request.access.actor
        saved = attempt(form, lambda: actions.keep_loads(when, form.kept(), seen=seen, actor=actor))
        if saved is not None:
            messages.success(request, _("The loads of %(month)s are kept.") % {"month": format_month(when)})
            return redirect(tenant_url("casework:loads") + f"?month={when}")
    context = {"month": when, "form": form, "limits": load_limits(when.last)}
    return render(request, "casework/keep_loads.html", context, status=status_of(form))

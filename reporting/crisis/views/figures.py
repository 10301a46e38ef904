"""Pages of the figures: twelve months of problems, institutions, cases and sessions."""

from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.doors import Request, tenant_door
from kernel.periods import Month
from reporting.crisis.exports import figures_xlsx
from reporting.crisis.figures import Figures, Line, figures_for
from reporting.crisis.forms.shelter import ShelterFilter
from reporting.crisis.permissions import READ_FIGURES
from reporting.crisis.queries.centres import centres_for
from reporting.crisis.queries.duty import of_centre
from reporting.crisis.views.centre import UNIT, month_of, months_around
from ui.charts import Chart, Series, Unit, line_chart
from ui.downloads import download
from ui.formatting import format_month_short

_MOST_LINES = 4
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _chosen(request: Request) -> tuple[Month, str, list[tuple[str, str]], Figures]:
    month = month_of(request)
    found = centres_for(request.access)
    choices = [("", _("all centres")), *((str(key or UNIT), name) for key, name in found)]
    asked = request.GET.get("centre", "")
    value = asked if asked in dict(choices) else ""
    centre = Q() if not value else of_centre(None if value == UNIT else UUID(value))
    return month, value, choices, figures_for(request.access, month, centre)


def _chart(title: str, figures: Figures, lines: list[Line]) -> Chart:
    return line_chart(
        title=title,
        description=_("By month; the most frequent ones. The table below the charts holds all."),
        head=_("Month"),
        labels=[format_month_short(month) for month in figures.months],
        series=[Series(line.name, line.values) for line in lines[:_MOST_LINES]],
        unit=Unit.COUNT,
    )


Group = tuple[str, str, str, Chart, list[Line]]


def _group(title: str, anchor: str, chart_title: str, figures: Figures, lines: list[Line]) -> Group:
    return title, anchor, chart_title, _chart(chart_title, figures, lines), lines


@tenant_door(READ_FIGURES)
def figures(request: Request) -> HttpResponse:
    """Figures alone: no person, no case."""
    month, centre, choices, told = _chosen(request)
    form = ShelterFilter(initial={"month": str(month), "centre": centre})
    form.fields["month"].offer(months_around(month))  # type: ignore[attr-defined]
    form.fields["centre"].choices = choices  # type: ignore[attr-defined]
    sessions = [
        Line(_("cases opened"), told.cases),
        Line(_("sessions done"), told.done),
        Line(pgettext("sessions", "missed"), told.no_show),
        Line(pgettext("sessions", "cancelled"), told.cancelled),
    ]
    context = {
        "form": form,
        "figures": told,
        "month": month,
        "centre": centre,
        "groups": [
            _group(_("Problems"), "problems", _("Problems by month"), told, told.categories),
            _group(
                _("Institutions that help"),
                "institutions",
                _("Institutions by month"),
                told,
                told.institutions,
            ),
            _group(_("Cases and sessions"), "sessions", _("Cases and sessions by month"), told, sessions),
        ],
        "choices": choices,
    }
    return render(request, "crisis/figures.html", context)


@tenant_door(READ_FIGURES)
def figures_file(request: Request) -> HttpResponse:
    month, _centre, _choices, told = _chosen(request)
    return download(figures_xlsx(told), name=f"interwencja-{month}.xlsx", content_type=_XLSX)

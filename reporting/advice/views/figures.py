"""The page of figures, and its exports."""

from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kernel.doors import Request, tenant_door
from reporting.advice.exports import band_name, figures_csv, figures_xlsx
from reporting.advice.figures import Figures, figures_of, period_of_all
from reporting.advice.forms.planning import PeriodForm
from reporting.advice.models import Appointment
from reporting.advice.models.wording import Kind, Place
from reporting.advice.permissions import READ_FIGURES
from tenants.addresses import tenant_url
from ui.charts import Chart, Series, Unit, bar_pair, line_chart
from ui.downloads import download
from ui.formatting import format_month
from ui.refusals import status_of

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_YEARS = 30


def _period(request: Request) -> tuple[PeriodForm, date, date]:
    """The period asked for; everything there is where none is asked for or it is wrong."""
    first, last = period_of_all(request.access)
    if "first" not in request.GET and "last" not in request.GET:
        return PeriodForm(initial={"first": first, "last": last}), first, last
    form = PeriodForm(request.GET)
    if not form.is_valid():
        return form, first, last
    asked_first, asked_last = form.cleaned_data["first"], form.cleaned_data["last"]
    if asked_last.year - asked_first.year > _MOST_YEARS:
        form.add_error("first", _("Choose a period of at most %(years)s years.") % {"years": _MOST_YEARS})
        return form, first, last
    return form, asked_first, asked_last


@tenant_door(READ_FIGURES)
def show_figures(request: Request) -> HttpResponse:
    """Counts, no-shows by lead time and waiting time of a period, each total a link to what it sums."""
    form, first, last = _period(request)
    figures = figures_of(request.access, first, last)
    link = _links(first, last)
    counts = figures.counts
    context = {
        "form": form,
        "figures": figures,
        "total_link": link(state=Appointment.State.DONE),
        "no_show_link": link(state=Appointment.State.NO_SHOW),
        "kinds": [
            (Kind(kind).label, count, link(kind=kind, state=Appointment.State.DONE))
            for kind, count in counts.by_kind.items()
        ],
        "depths": [
            (Appointment.Depth(depth).label, count, link(depth=depth, state=Appointment.State.DONE))
            for depth, count in counts.by_depth.items()
        ],
        "places": [
            (Place(place).label, count, link(place=place, state=Appointment.State.DONE))
            for place, count in counts.by_place.items()
        ],
        "lead": [
            (band_name(band), rate) for band, rate in figures.lead.items() if band is not None or rate.due
        ],
        "disability": sum(counts.disability.values()),
        "months_chart": _months_chart(figures),
        "lead_chart": _lead_chart(figures),
        "query": urlencode({"first": first.isoformat(), "last": last.isoformat()}),
    }
    return render(request, "advice/figures.html", context, status=status_of(form))


def _links(first: date, last: date) -> Callable[..., str]:
    """Addresses of the list behind a count: whoever reads the figures may read it."""

    def link(**asked: str) -> str:
        query = urlencode({"first": first.isoformat(), "last": last.isoformat(), **asked})
        return f"{tenant_url('advice:list')}?{query}"

    return link


def _months_chart(figures: Figures) -> Chart:
    return line_chart(
        title=_("Advice given by month"),
        description=_("Advice held in each month, by type."),
        head=_("Month"),
        labels=[format_month(month) for month, _kinds in figures.months],
        series=[
            Series(str(Kind(kind).label), [kinds[kind] for _month, kinds in figures.months])
            for kind in Kind.values
        ],
        unit=Unit.COUNT,
    )


def _lead_chart(figures: Figures) -> Chart:
    bands = [(band, rate) for band, rate in figures.lead.items() if band is not None]
    return bar_pair(
        title=_("Appointments and no-shows by lead time"),
        description=_(
            "Appointments that came up, and of these those to which nobody came, by days from booking."
        ),
        head=_("Booked before"),
        labels=[band_name(band) for band, _rate in bands],
        granted=Series(_("appointments"), [rate.due for _band, rate in bands]),
        delivered=Series(_("did not come"), [rate.no_show for _band, rate in bands]),
        unit=Unit.COUNT,
    )


@tenant_door(READ_FIGURES)
def export_xlsx(request: Request) -> HttpResponse:
    """The figures as a workbook."""
    _form, first, last = _period(request)
    figures = figures_of(request.access, first, last)
    content = figures_xlsx(figures, company=request.tenant.unit_name)
    return download(content, name=_name(first, last, "xlsx"), content_type=_XLSX)


@tenant_door(READ_FIGURES)
def export_csv(request: Request) -> HttpResponse:
    """The figures as CSV."""
    _form, first, last = _period(request)
    content = figures_csv(figures_of(request.access, first, last))
    return download(content, name=_name(first, last, "csv"), content_type="text/csv; charset=utf-8")


def _name(first: date, last: date, ending: str) -> str:
    return f"{_('figures of advice')} {first.isoformat()} {last.isoformat()}.{ending}"

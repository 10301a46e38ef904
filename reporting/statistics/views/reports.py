"""The region's own reports: saved questions of the desk, when they are made, and the files made of them."""

from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from kernel.doors import Request, region_door
from kernel.errors import DomainError
from reporting.statistics.actions.reporting import end_report, make_report, save_report
from reporting.statistics.desk.asking import Asked
from reporting.statistics.desk.naming import span_text
from reporting.statistics.desk.saved import canonical
from reporting.statistics.desk.spans import Span
from reporting.statistics.forms import ReportForm
from reporting.statistics.models import MadeReport, SavedReport
from reporting.statistics.permissions import READ_REGION, SAVE_REPORTS
from reporting.statistics.queries.reports import reports_of
from reporting.statistics.reports import write_report
from reporting.statistics.tables import title_of
from tenants.models import Territory
from ui.downloads import download
from ui.lists import page_of
from ui.refusals import attempt, status_of


def _named(asked: Asked) -> str:
    """What is asked, without the period, which is another each time."""
    return title_of(replace(asked, span=None))


@region_door(READ_REGION)
def reports(request: Request, voivodeship: str) -> HttpResponse:
    """The reports of the voivodeship, with the newest file of each."""
    page = page_of(reports_of(voivodeship), request)
    return render(request, "statistics/reports.html", {"page": page, "voivodeship": voivodeship})


@region_door(SAVE_REPORTS)
def save(request: Request, voivodeship: str) -> HttpResponse:
    """Save the question of the address's query under a name."""
    get_object_or_404(Territory, pk=voivodeship, level=Territory.Level.VOIVODESHIP)
    asked = canonical(request.GET.urlencode(), voivodeship)
    form = ReportForm(request.POST or None, initial={"name": _named(asked), "schedule": "never"})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        report = attempt(
            form,
            lambda: save_report(
                voivodeship=voivodeship,
                name=said["name"],
                query=request.GET.urlencode(),
                schedule=said["schedule"],
                form=said["form"],
                actor=request.access.actor,
            ),
        )
        if report:
            messages.success(request, _("The report is saved."))
            return redirect("region:report", voivodeship, report.pk)
    context = {"form": form, "voivodeship": voivodeship, "asked": asked, "title": _named(asked)}
    return render(request, "statistics/save_report.html", context, status=status_of(form))


def _found(voivodeship: str, pk: UUID) -> SavedReport:
    return get_object_or_404(
        SavedReport.objects.of_region(voivodeship).select_related("author").defer("author__password"), pk=pk
    )


@region_door(READ_REGION)
def report(request: Request, voivodeship: str, pk: UUID) -> HttpResponse:
    """What a report asks, and its files, newest first; it is made now on POST."""
    found = _found(voivodeship, pk)
    may_save = request.access.may(SAVE_REPORTS) and found.ended_at is None
    if request.method == "POST" and may_save:
        made = make_report(found, write_report, tell=False, actor=request.access.actor)
        said = _("The file is made.") if made else _("There is nothing new since the newest file.")
        messages.success(request, said)
        return redirect("region:report", voivodeship, pk)
    page = page_of(MadeReport.objects.filter(report=found).defer("content"), request)
    context = {
        "report": found,
        "voivodeship": voivodeship,
        "title": _named(canonical(found.query, voivodeship)),
        "page": page,
        "rows": [(one, span_text(Span.parse(one.period))) for one in page.object_list],
        "may_save": may_save,
    }
    return render(request, "statistics/report.html", context)


@region_door(SAVE_REPORTS)
def end(request: Request, voivodeship: str, pk: UUID) -> HttpResponse:
    """End a report, after a question."""
    found = _found(voivodeship, pk)
    if request.method == "POST":
        try:
            end_report(found, actor=request.access.actor)
            messages.success(request, _("The report is ended; its files stay."))
        except DomainError as error:
            messages.error(request, str(error.message))
        return redirect("region:report", voivodeship, pk)
    return render(request, "statistics/end_report.html", {"report": found, "voivodeship": voivodeship})


@region_door(READ_REGION)
def file(request: Request, voivodeship: str, pk: UUID, made: UUID) -> HttpResponse:
    """One file of a report."""
    found = get_object_or_404(MadeReport, pk=made, report=_found(voivodeship, pk))
    return download(bytes(found.content), name=found.name, content_type=found.content_type)

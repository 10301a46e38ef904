"""The region's desk: figures of every released indicator, and everything that is released of one tenant."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from kernel.doors import Request, region_door
from reporting.statistics import permissions
from reporting.statistics.desk.naming import span_text
from reporting.statistics.desk.places import periods_of, read_place
from reporting.statistics.desk.sheets import place_sheet
from reporting.statistics.desk.spans import Kind, Span
from reporting.statistics.exports import FORMATS, file_of
from reporting.statistics.models import ReleasedCell
from reporting.statistics.periods_due import rule_of
from reporting.statistics.tables import shown, why_text
from reporting.statistics.views.asked import Desk, hand_over, show_figures
from tenants.models import Tenant, Territory
from ui.asked import say_instead
from ui.downloads import download


def _desk(voivodeship: str) -> Desk:
    get_object_or_404(Territory, pk=voivodeship, level=Territory.Level.VOIVODESHIP)
    return Desk(
        voivodeship,
        is_public=False,
        page=reverse("statistics:figures", args=[voivodeship]),
        file=lambda form: reverse("statistics:figures_file", args=[voivodeship, form]),
        place=lambda pk: reverse("statistics:place", args=[voivodeship, pk]),
    )


@region_door(permissions.READ_REGION)
def figures(request: Request, voivodeship: str) -> HttpResponse:
    """One indicator over places or through time."""
    return show_figures(request, _desk(voivodeship), "statistics/figures.html")


@region_door(permissions.READ_REGION)
def figures_file(request: Request, voivodeship: str, form: str) -> HttpResponse:
    """The table of that page to take along."""
    return hand_over(request, _desk(voivodeship), form)


@region_door(permissions.READ_REGION)
def place(request: Request, voivodeship: str, pk: UUID) -> HttpResponse:
    """What is released of one tenant in a month or quarter in which it lay in the voivodeship."""
    tenant = _released_tenant(voivodeship, pk)
    kind, periods, span = _asked(request, voivodeship, pk)
    if span is not None:
        say_instead(request, "period", span, span_text(span))
    context: dict[str, Any] = {
        "tenant_name": tenant.name,
        "voivodeship": voivodeship,
        "kind": kind.value,
        "kinds": [Kind.MONTH.value, Kind.QUARTER.value],
        "periods": [(str(one), span_text(one)) for one in periods],
        "span": span,
        "pk": pk,
    }
    if span is not None:
        rule = rule_of(kind, span.first)
        context |= {
            "period": span_text(span),
            "topics": [
                (
                    topic.name,
                    [(line, shown(line.figure, line.indicator, rule, line.part)) for line in topic.lines],
                )
                for topic in read_place(str(pk), span, voivodeship=voivodeship)
            ],
            "at": span.first,
            "files": [
                (
                    form.upper(),
                    f"{reverse('statistics:place_file', args=[voivodeship, pk, form])}?kind={kind}&period={span}",
                )
                for form in FORMATS
            ],
        }
    return render(request, "statistics/place.html", context)


@region_door(permissions.READ_REGION)
def place_file(request: Request, voivodeship: str, pk: UUID, form: str) -> HttpResponse:
    """The tables of that page as one file."""
    tenant = _released_tenant(voivodeship, pk)
    kind, _periods, span = _asked(request, voivodeship, pk)
    if form not in FORMATS or span is None or request.GET.get("period", str(span)) != str(span):
        raise Http404
    rule = rule_of(kind, span.first)
    sheet = place_sheet(
        tenant.name,
        span,
        read_place(str(pk), span, voivodeship=voivodeship),
        lambda why, line: why_text(why, line.indicator, rule, line.part),
    )
    content, name, content_type = file_of(sheet, form)
    return download(content, name=name, content_type=content_type)


def _released_tenant(voivodeship: str, pk: UUID) -> Tenant:
    cells = ReleasedCell.objects.current().filter(
        place=str(pk), level=ReleasedCell.Level.TENANT, voivodeship=voivodeship
    )
    tenant = Tenant.objects.filter(pk=pk).defer("data_key").first() if cells.exists() else None
    if tenant is None:
        raise Http404
    return tenant


def _asked(request: Request, voivodeship: str, pk: UUID) -> tuple[Kind, list[Span], Span | None]:
    """The kind that is asked for, months by themselves; quarters where no month is released of the tenant."""
    asked = request.GET.get("kind", "")
    kind = Kind.QUARTER if asked == Kind.QUARTER else Kind.MONTH
    periods = periods_of(str(pk), kind, voivodeship=voivodeship)
    if not periods and asked != Kind.MONTH:
        kind = Kind.QUARTER
        periods = periods_of(str(pk), kind, voivodeship=voivodeship)
    return kind, periods, _chosen(request.GET.get("period", ""), periods)


def _chosen(text: str, periods: list[Span]) -> Span | None:
    return next((one for one in periods if str(one) == text), periods[0] if periods else None)

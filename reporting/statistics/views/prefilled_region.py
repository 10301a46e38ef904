"""The region's tables under the headings of official reports, from released figures alone."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.doors import Request, region_door
from reporting.statistics.desk.cuts import newest_version
from reporting.statistics.exports.prefilled import TYPE, workbook_of
from reporting.statistics.periods_due import rule_of
from reporting.statistics.permissions import READ_REGION
from reporting.statistics.prefilled.asking import Asked, asked_table
from reporting.statistics.prefilled.filling import Filled, fill, periods_of
from reporting.statistics.prefilled.layout import Known
from reporting.statistics.prefilled.released import ReleasedFigures
from reporting.statistics.prefilled.stretches import Year
from reporting.statistics.tables import why_text
from reporting.statistics.views.asked import say_which
from tenants.models import Territory
from ui.downloads import download


def _why_hidden(why: str, known: Known, at: Year) -> str:
    indicator = newest_version(known.indicator)
    rule = rule_of(indicator.period, at.spans[-1].parts(indicator.period)[-1])
    return why_text(why, indicator, rule, *known.parts[:1])


def _filled(request: Request, place: Territory) -> tuple[Asked, Filled]:
    asked = asked_table(request.GET, timezone.localdate())
    released = ReleasedFigures(asked.form, periods_of(asked.form, asked.period), place.code)
    return asked, fill(asked.form, asked.period, released.value, _why_hidden)


def _remarks() -> tuple[str, ...]:
    return (
        _(
            "Figures are sums of what tenants that use the platform told and the region released, not of all communes."
        ),
        _("What is hidden to protect persons or providers is never computed from other figures."),
    )


def _place(voivodeship: str) -> Territory:
    return get_object_or_404(Territory, pk=voivodeship, level=Territory.Level.VOIVODESHIP)


@region_door(READ_REGION)
def tables(request: Request, voivodeship: str) -> HttpResponse:
    """A form of a period (`?form=&period=`) over the voivodeship."""
    place = _place(voivodeship)
    asked, filled = _filled(request, place)
    say_which(request, asked)
    context = {
        "asked": asked,
        "filled": filled,
        "remarks": _remarks(),
        "place": place,
        "voivodeship": voivodeship,
    }
    return render(request, "statistics/prefilled_region.html", context)


@region_door(READ_REGION)
def tables_file(request: Request, voivodeship: str) -> HttpResponse:
    """The same as a workbook."""
    place = _place(voivodeship)
    asked, filled = _filled(request, place)
    whose = _("voivodeship %(name)s") % {"name": place.name.lower()}
    content = workbook_of(filled, whose=whose, made_on=timezone.localdate(), remarks=_remarks())
    name = f"{asked.form.code}-{voivodeship}-{asked.period}.xlsx"
    return download(content, name=name, content_type=TYPE)

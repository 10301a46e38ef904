"""The region's page: map, line and table of the tenants' accepted months, never a person."""

from contextlib import suppress
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.doors import Request, region_door
from kernel.periods import Month
from reporting.statistics import permissions
from reporting.statistics.dictionary import dictionary
from reporting.statistics.figures import (
    LINES,
    Cell,
    RegionFigures,
    coming_month,
    newest_month,
    region_figures,
)
from reporting.statistics.tables import short_name
from reporting.statistics.words import words_of
from tenants.models import Territory
from ui import charts, formatting
from ui.asked import say_instead
from ui.formatting import format_month

# No tenant can have pushed anything before.
_FIRST_MONTH = Month(2010, 1)
_SORTS = {
    "name": lambda cell: cell.label,
    "persons": lambda cell: cell.persons,
    "granted": lambda cell: cell.granted,
    "delivered": lambda cell: cell.delivered,
    "fulfilment": lambda cell: cell.fulfilment or 0,
}


def _chosen_month(request: Request, fallback: Month) -> Month:
    month = fallback
    with suppress(ValueError):
        month = Month.parse(request.GET.get("month", ""))
    month = month if _FIRST_MONTH <= month <= fallback else fallback
    say_instead(request, "month", month, format_month(month))
    return month


def _sorted(cells: tuple[Cell, ...], order: str) -> list[Cell]:
    key = _SORTS.get(order.removeprefix("-"), _SORTS["name"])
    shown = sorted((c for c in cells if not c.hidden), key=key, reverse=order.startswith("-"))
    # Hidden cells stand last, by name: their place among the others would tell their figure.
    return shown + sorted((c for c in cells if c.hidden), key=lambda cell: cell.label)


def _lines(figures: RegionFigures, address: str) -> charts.Chart:
    by_month = {cell.key: cell for cell in figures.months}
    first = Month.parse(figures.months[0].key) if figures.months else figures.month
    keys = [first]
    while keys[-1] < figures.month:
        keys.append(keys[-1].next())

    def values(name: str) -> list[charts.Value]:
        cells = [by_month.get(str(key)) for key in keys]
        return [None if c is None else charts.HIDDEN if c.hidden else getattr(c, name) for c in cells]

    links: list[str | None] = [f"{address}?month={key}" for key in keys]
    return charts.line_chart(
        title=_("Hours granted and delivered"),
        description=_(
            "Hours of care granted by decisions and delivered, by month, in the tenants of the voivodeship"
        ),
        head=_("Month"),
        labels=[formatting.format_month_short(key.first) for key in keys],
        series=[
            charts.Series(_("granted"), values("granted"), links, "granted"),
            charts.Series(_("delivered"), values("delivered"), links, "delivered"),
        ],
        unit=charts.Unit.MINUTES,
    )


def changed_since(figures: RegionFigures) -> list[tuple[Month, str]]:
    """Months of the line from which on one of its indicators is counted otherwise, with what it means since then."""
    shown = [Month.parse(cell.key) for cell in figures.months]
    return [
        (one.valid_from, words_of(one).definition)
        for code in LINES
        for one in dictionary().versions(code)
        if one.version > 1 and shown and shown[0] < one.valid_from <= shown[-1]
    ]


def _fulfilment(cell: Cell) -> charts.Value:
    return charts.HIDDEN if cell.hidden else cell.fulfilment


def _map(figures: RegionFigures, own: str, address: str) -> charts.Chart:
    values = {
        cell.key: charts.RegionValue(_fulfilment(cell), address if cell.key == own else None)
        for cell in figures.country
    }
    return charts.choropleth(
        title=_("Fulfilment by voivodeship"),
        description=_(
            "Hours delivered of hours granted, in percent, in each voivodeship with accepted months"
        ),
        column=_("Fulfilment"),
        values=values,
        unit=charts.Unit.PERCENT,
        beside=[_fulfilment(cell) for cell in figures.counties],
    )


def _counties(figures: RegionFigures, address: str) -> charts.Chart:
    """The voivodeship's counties as tiles in the order of the register, each leading to its figures through time."""
    return charts.tile_map(
        title=_("Fulfilment by county"),
        description=_("Tiles in the order of the register of territories: %(what)s")
        % {"what": _("hours delivered of hours granted, in percent")},
        head=_("County"),
        column=_("Fulfilment"),
        tiles=[
            charts.Tile(
                short_name(cell.label),
                cell.label,
                charts.RegionValue(
                    _fulfilment(cell),
                    f"{address}?indicator=care_fulfilment&view=time&place={cell.key}",
                ),
            )
            for cell in sorted(figures.counties, key=lambda one: one.key)
        ],
        unit=charts.Unit.PERCENT,
        beside=[_fulfilment(cell) for cell in figures.country],
    )


@region_door(permissions.READ_REGION)
def region(request: Request, voivodeship: str) -> HttpResponse:
    """Map of the country, line over the months and table of the tenants for one month."""
    place = get_object_or_404(Territory, pk=voivodeship, level=Territory.Level.VOIVODESHIP)
    context: dict[str, Any] = {
        "place": place,
        "name": place.name.lower(),
        "coming": coming_month(voivodeship),
    }
    newest = newest_month(voivodeship)
    if newest is not None:
        figures = region_figures(voivodeship, _chosen_month(request, newest))
        address = reverse("statistics:region", args=[voivodeship])
        context |= {
            "figures": figures,
            "cells": _sorted(figures.tenants, request.GET.get("sort", "name")),
            "lines": _lines(figures, address),
            "changes": changed_since(figures),
            "map": _map(figures, voivodeship, f"{address}?month={figures.month}"),
            "county_map": _counties(figures, reverse("statistics:figures", args=[voivodeship])),
            "previous": figures.month.previous(),
            "following": figures.month.next() if figures.month < newest else None,
            "month_value": str(figures.month),
        }
    return render(request, "statistics/region.html", context)

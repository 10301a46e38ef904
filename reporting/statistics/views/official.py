"""Tables in the order of OZPS and MRiPS-03, filled as far as released figures reach."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from kernel.doors import Request, region_door
from reporting.statistics.desk.official import Value
from reporting.statistics.exports import file_of
from reporting.statistics.official import (
    MRIPS,
    NAMES,
    OZPS,
    Official,
    official,
    sheet_of_official,
    symbols,
    warning,
)
from reporting.statistics.permissions import READ_REGION
from reporting.statistics.words import number_text
from tenants.models import Territory
from ui.downloads import download

_YEARS_OFFERED = 5


def _asked(request: Request, voivodeship: str) -> tuple[str, int, int, list[int], Official]:
    place = get_object_or_404(Territory, pk=voivodeship, level=Territory.Level.VOIVODESHIP)
    this_year = timezone.localdate().year
    years = list(range(this_year, this_year - _YEARS_OFFERED, -1))
    form = MRIPS if request.GET.get("form") == MRIPS else OZPS
    year = next((one for one in years if str(one) == request.GET.get("year")), this_year - 1)
    half = {"1": 1, "2": 2}.get(request.GET.get("half", ""), 0) if form == MRIPS else 0
    return form, year, half, years, official(form, voivodeship, place.display_name, year, half)


def _text(cell: Value) -> str:
    return cell if isinstance(cell, str) else number_text(cell)


@region_door(READ_REGION)
def tables(request: Request, voivodeship: str) -> HttpResponse:
    """One form of one year, on the page."""
    form, year, half, years, table = _asked(request, voivodeship)
    context: dict[str, Any] = {
        "voivodeship": voivodeship,
        "form": form,
        "forms": NAMES.items(),
        "year": year,
        "years": years,
        "half": half,
        "table": table,
        "rows": [
            (name, definition, [(head, _text(cell)) for head, cell in zip(table.heads, cells, strict=True)])
            for name, definition, cells in table.rows
        ],
        "symbols": symbols(),
        "warning": warning(),
    }
    return render(request, "statistics/official.html", context)


@region_door(READ_REGION)
def tables_file(request: Request, voivodeship: str, form: str) -> HttpResponse:
    """The same as a workbook."""
    if form != "xlsx":
        raise Http404
    name, _year, _half, _years, table = _asked(request, voivodeship)
    content, file, kind = file_of(sheet_of_official(table, name), form)
    return download(content, name=file, content_type=kind)

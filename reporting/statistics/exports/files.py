"""A sheet as a file in one of three forms; the same release gives the same bytes."""

import csv
import io
from decimal import Decimal
from pathlib import Path

from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from documents.pdf import render_pdf
from documents.workbook import Minutes, write_workbook
from kernel.cells import escape_cell
from reporting.statistics.desk.sheets import Sheet, Value
from ui.formatting import format_decimal, format_minutes_clock, format_whole

_TEMPLATE = Path(__file__).parent / "figures.typ"
_COMPANY = "Siedem"
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}


def file_of(sheet: Sheet, form: str) -> tuple[bytes, str, str]:
    """The file's content, name and type; raises KeyError for a form that is not in FORMATS."""
    kind = FORMATS[form]
    content = {"xlsx": _workbook, "csv": _csv, "pdf": _pdf}[form](sheet)
    return content, f"{sheet.name}.{form}", kind


def _workbook(sheet: Sheet) -> bytes:
    made_for = timezone.localdate(sheet.made_at) if sheet.made_at else timezone.localdate()
    broken = _broken(sheet)
    return write_workbook(
        sheet.title,
        company=_COMPANY,
        made_for=made_for,
        sheets=[
            (
                pgettext("desk", "Figures"),
                sheet.columns,
                [_typed(number, row, sheet, broken) for number, row in enumerate(sheet.rows)],
            ),
            (_("About the figures"), ((_("What"), 26), (_("Says"), 90)), sheet.notes),
        ],
    )


def _broken(sheet: Sheet) -> frozenset[int]:
    """The places of columns in which some number is not whole: all of theirs are written with places."""
    return frozenset(
        place
        for row in sheet.rows
        for place, value in enumerate(row)
        if isinstance(value, Decimal) and value != value.to_integral_value()
    )


def _typed(number: int, row: tuple[Value, ...], sheet: Sheet, broken: frozenset[int]) -> list[object]:
    """Values as a workbook types them; whole numbers without places, for a count of persons is no amount of money."""
    found: list[object] = []
    for place, value in enumerate(row):
        if isinstance(value, Decimal) and (number, place) in sheet.times:
            found.append(Minutes(value))
        elif isinstance(value, Decimal) and place not in broken:
            found.append(int(value))
        else:
            found.append(value)
    return found


def _csv(sheet: Sheet) -> bytes:
    """Semicolons and a mark of the encoding, as spreadsheets of offices open it; in Polish with decimal commas."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow([escape_cell(title) for title, _width in sheet.columns])
    for row in sheet.rows:
        writer.writerow([_plain(value) for value in row])
    writer.writerow([])
    for note in ((_("Table"), sheet.title), *sheet.notes):
        writer.writerow([escape_cell(one) for one in note])
    return written.getvalue().encode("utf-8-sig")


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", "," if get_language() == "pl" else ".")
    return escape_cell(value) if isinstance(value, str) else str(value)


def _pdf(sheet: Sheet) -> bytes:
    broken = _broken(sheet)
    facts = {
        "lang": (get_language() or "pl")[:2],
        "title": sheet.title,
        # The code of a place and its period stand in files for machines; a reader of paper needs neither.
        "columns": [title for title, _width in sheet.columns[1:]],
        "numbers": [place - 1 for place in sorted(sheet.numbers)],
        "rows": [
            [
                _printed(value, (number, place) in sheet.times, place in broken)
                for place, value in enumerate(row)
                if place
            ]
            for number, row in enumerate(sheet.rows)
        ],
        "notes": [list(note) for note in sheet.notes],
        "texts": {
            "about": _("About the figures"),
            "page": _("page {page} of {pages}"),
            "empty": _("There are no figures."),
        },
    }
    return render_pdf(_TEMPLATE, facts)


def _printed(value: Value, is_time: bool, has_places: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if is_time:
        return format_minutes_clock(int(value))
    return format_decimal(Decimal(value), 2) if has_places else format_whole(int(value))

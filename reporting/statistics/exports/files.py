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
    return write_workbook(
        sheet.title,
        company=_COMPANY,
        made_for=made_for,
        sheets=[
            (pgettext("desk", "Figures"), sheet.columns, [_typed(row, sheet) for row in sheet.rows]),
            (_("About the figures"), ((_("What"), 26), (_("Says"), 90)), sheet.notes),
        ],
    )


def _typed(row: tuple[Value, ...], sheet: Sheet) -> list[object]:
    return [
        Minutes(value) if place in sheet.minutes and value is not None else _number(value)
        for place, value in enumerate(row)
    ]


def _number(value: Value) -> object:
    """Whole numbers without places: a count of persons is no amount of money."""
    return int(value) if isinstance(value, Decimal) and value == int(value) else value


def _csv(sheet: Sheet) -> bytes:
    """Semicolons and a mark of the encoding, as spreadsheets of Polish offices open it; numbers with a point."""
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
    return (
        escape_cell(value)
        if isinstance(value, str)
        else f"{value:f}"
        if isinstance(value, Decimal)
        else str(value)
    )


def _pdf(sheet: Sheet) -> bytes:
    facts = {
        "lang": (get_language() or "pl")[:2],
        "title": sheet.title,
        # The code of a place and its period stand in files for machines; a reader of paper needs neither.
        "columns": [title for title, _width in sheet.columns[1:]],
        "numbers": [place - 1 for place in sorted(sheet.numbers)],
        "rows": [
            [_printed(value, place in sheet.minutes) for place, value in enumerate(row) if place]
            for row in sheet.rows
        ],
        "notes": [list(note) for note in sheet.notes],
        "texts": {
            "about": _("About the figures"),
            "page": _("page {page} of {pages}"),
            "empty": _("There are no figures."),
        },
    }
    return render_pdf(_TEMPLATE, facts)


def _printed(value: Value, is_time: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if is_time:
        return format_minutes_clock(int(value))
    whole = value == int(value)
    return format_whole(int(value)) if whole else format_decimal(Decimal(value), 2)

"""The commitments of a contract as a workbook: one row a commitment and month, with real numbers and dates."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from kernel.cells import escape_cell

_WIDTHS = (44, 12, 12, 12, 14, 18, 14, 34, 48, 30, 30)


def commitments_xlsx(number: str, year: int, rows: Sequence[Sequence[object]]) -> bytes:
    """The workbook of one year of a contract; text that a spreadsheet would run is escaped.

    Each row has a value for each title below: instants are months, other numbers have two places, None stays empty.
    """
    written = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as workbook:
        workbook.set_properties(
            {"title": f"{number} {year}", "created": datetime(year, 1, 1)}  # noqa: DTZ001 - no moment
        )
        sheet = workbook.add_worksheet(_("Commitments"))
        head = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        month_format = workbook.add_format({"num_format": "mm.yyyy"})
        places = workbook.add_format({"num_format": "0.00"})
        titles = (
            _("Commitment"),
            _("Month"),
            _("At least or at most"),
            _("Promised"),
            _("Delivered"),
            _("Unit"),
            _("Outcome"),
            _("Computed from"),
            _("Why it is not measured"),
            _("Evidence"),
            _("Stated by"),
        )
        for place, (title, width) in enumerate(zip(titles, _WIDTHS, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, title, head)
        for at, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                _write(sheet, at, place, value, month_format, places)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(len(rows), 1), len(titles) - 1)
    return written.getvalue()


def _write(sheet: Any, row: int, column: int, value: object, month_format: Any, places: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value, month_format)
    elif isinstance(value, str):
        sheet.write_string(row, column, escape_cell(value))
    else:
        sheet.write_number(row, column, float(value), places)  # type: ignore[arg-type]

"""Workbooks of one look: sheets with a header that stays and a filter, cells by the type of their value."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

import xlsxwriter

from kernel.cells import escape_cell

_MINUTES_A_DAY = 1440
_SHEET_NAME = 31

# The title of a column and its width in characters.
Column = tuple[str, int]
Rows = Iterable[Sequence[object]]


@dataclass(frozen=True)
class Link:
    """Text that opens an address (a whole one, with its host)."""

    url: str
    text: str


class Minutes(int):
    """Whole minutes, shown as hours and minutes."""


def write_workbook(
    title: str, *, company: str, made_for: date, sheets: Iterable[tuple[str, Sequence[Column], Rows]]
) -> bytes:
    """The workbook with these sheets (name, columns, rows); the same content gives the same bytes.

    Durations are fractions of a day in the format `[h]:mm`, those below zero text, for spreadsheets show none; None
    stays empty; text that a spreadsheet would run is escaped. `made_for` is written as the day of making.
    """
    written = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as workbook:
        workbook.set_properties(
            {"title": title, "company": company, "created": datetime.combine(made_for, time.min)}
        )
        writer = _Sheets(workbook)
        for name, columns, rows in sheets:
            writer.add(name, columns, rows)
    return written.getvalue()


class _Sheets:
    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self._workbook = workbook
        self._head = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._date = workbook.add_format({"num_format": "dd.mm.yyyy"})
        self._time = workbook.add_format({"num_format": "hh:mm"})
        self._hours = workbook.add_format({"num_format": "[h]:mm"})
        self._whole = workbook.add_format({"num_format": "0"})
        self._percent = workbook.add_format({"num_format": "0.0"})
        self._money = workbook.add_format({"num_format": "#,##0.00"})

    def add(self, name: str, columns: Sequence[Column], rows: Rows) -> None:
        """A sheet with a header of (title, width) and a row for each sequence of values."""
        sheet = self._workbook.add_worksheet(name[:_SHEET_NAME])
        for place, (title, width) in enumerate(columns):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, title, self._head)
        last = 0
        for last, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                self._write(sheet, last, place, value)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, last, len(columns) - 1)

    def _write(self, sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: object) -> None:
        if value is None or value == "":
            return
        if isinstance(value, Minutes) and value < 0:
            sheet.write_string(row, column, f"−{-value // 60}:{-value % 60:02d}")
        elif isinstance(value, Link):
            sheet.write_url(row, column, value.url, string=escape_cell(value.text))
        elif isinstance(value, Minutes):
            sheet.write_number(row, column, value / _MINUTES_A_DAY, self._hours)
        elif isinstance(value, Decimal):
            sheet.write_number(row, column, value, self._money)
        elif isinstance(value, int):
            sheet.write_number(row, column, value, self._whole)
        elif isinstance(value, float):
            sheet.write_number(row, column, value, self._percent)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self._date)
        elif isinstance(value, time):
            sheet.write_datetime(row, column, value, self._time)
        else:
            sheet.write_string(row, column, escape_cell(str(value)))

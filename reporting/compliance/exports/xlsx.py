"""The report of a month as a workbook: decisions, deviations, visits, the month; real numbers, dates, durations."""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.cells import escape_cell
from reporting.compliance.exports.report import MonthReport

_MINUTES_A_DAY = 1440
_SHEET_NAME = 31


class Minutes(int):
    """Whole minutes, shown as hours and minutes."""


def month_xlsx(report: MonthReport) -> bytes:
    """The workbook in the active language; the same report gives the same bytes.

    Durations are fractions of a day in the format `[h]:mm`; text that a spreadsheet would run is escaped.
    """
    written = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as workbook:
        workbook.set_properties(
            {
                "title": f"{report.contract.number} {report.month}",
                "company": report.unit_name,
                "created": datetime.combine(report.month.first, time.min),
            }
        )
        sheets = _Sheets(workbook)
        sheets.add(_("Decisions"), *_decisions(report))
        sheets.add(_("Deviations"), *_deviations(report))
        sheets.add(_("Visits"), *_visits(report))
        (name, value), *rest = report.head()
        sheets.add(_("About the month"), [(name, 16), (escape_cell(value), 80)], rest)
    return written.getvalue()


Column = tuple[str, int]
Rows = Iterable[Sequence[object]]


def _decisions(report: MonthReport) -> tuple[list[Column], Rows]:
    columns = [
        (_("Decision"), 16),
        *([(_("Person"), 26)] if report.has_names else []),
        (_("granted, h"), 12),
        (_("delivered, h"), 12),
        (_("fulfilment, %"), 12),
        (_("Deviations"), 24),
    ]
    rows = [
        [
            line.number,
            *([line.person_name] if report.has_names else []),
            Minutes(line.granted_minutes),
            Minutes(line.delivered_minutes),
            line.percent,
            ", ".join(line.codes),
        ]
        for line in report.decisions
    ]
    return columns, rows


def _deviations(report: MonthReport) -> tuple[list[Column], Rows]:
    columns = [
        (_("Decision or contract"), 18),
        (_("Code"), 7),
        (_("Deviation"), 32),
        (_("Weight"), 16),
        (_("Date"), 12),
        (_("Visits, activities, minutes"), 46),
        (_("Difference, h"), 12),
        (_("Answer"), 50),
    ]
    rows = [
        [
            line.where,
            line.code,
            line.name,
            line.severity,
            line.day,
            line.about,
            None if line.minutes is None else Minutes(line.minutes),
            line.answer,
        ]
        for line in report.deviations
    ]
    return columns, rows


def _visits(report: MonthReport) -> tuple[list[Column], Rows]:
    columns = [
        (_("Decision"), 16),
        (_("Date"), 12),
        (_("Start"), 8),
        (pgettext("time of a visit", "End"), 8),
        (_("Length, h"), 10),
        (_("Worker's code"), 14),
        (_("Worker"), 24),
        (_("Activities"), 40),
        (_("State"), 16),
        (_("Entered on"), 12),
    ]
    rows = [
        [
            line.decision,
            line.day,
            line.start,
            line.end.time(),
            Minutes(line.minutes),
            line.worker,
            line.worker_name,
            line.activities,
            line.state,
            line.entered_on,
        ]
        for line in report.visits
    ]
    return columns, rows


class _Sheets:
    """Writes sheets of one look: a header that stays, a filter, cells by the type of their value."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._head = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._date = workbook.add_format({"num_format": "dd.mm.yyyy"})
        self._time = workbook.add_format({"num_format": "hh:mm"})
        self._hours = workbook.add_format({"num_format": "[h]:mm"})
        self._percent = workbook.add_format({"num_format": "0.0"})

    def add(self, name: str, columns: Sequence[Column], rows: Rows) -> None:
        """A sheet with a header of (title, width) and a row for each sequence of values; None stays empty."""
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

    def _write(self, sheet: Any, row: int, column: int, value: object) -> None:
        if value is None or value == "":
            return
        if isinstance(value, Minutes):
            sheet.write_number(row, column, value / _MINUTES_A_DAY, self._hours)
        elif isinstance(value, (int, float)):
            sheet.write_number(row, column, value, self._percent)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self._date)
        elif isinstance(value, time):
            sheet.write_datetime(row, column, value, self._time)
        else:
            sheet.write_string(row, column, escape_cell(str(value)))

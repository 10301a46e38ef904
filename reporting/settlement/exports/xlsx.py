"""The account of a month as a workbook: lines, the visits behind them, corrections, sums; real numbers and dates."""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from kernel.cells import escape_cell
from reporting.settlement.exports.paper import Paper
from reporting.settlement.rules.billing import Charge
from reporting.settlement.terms import cap_rule, rounding_rule, sums_of

Column = tuple[str, int]
Rows = Iterable[Sequence[object]]


def paper_xlsx(paper: Paper) -> bytes:
    """The workbook in the active language; the same account gives the same bytes.

    Minutes are whole numbers, so that minutes × price / 60 can be counted anew; text that a spreadsheet would run is
    escaped.
    """
    written = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(written, options) as workbook:
        workbook.set_properties(
            {
                "title": f"{paper.contract.number} {paper.month}",
                "company": paper.unit_name,
                "created": datetime.combine(paper.month.first, time.min),
            }
        )
        sheets = _Sheets(workbook)
        sheets.add(_("Accepted care"), *_charges(paper, paper.account.care))
        sheets.add(_("Visits"), *_visits(paper))
        sheets.add(_("Corrections"), *_charges(paper, paper.account.corrections))
        (name, value), *rest = paper.head()
        sums = sums_of(paper.account, procured=paper.contract.procured)
        rules = [
            (_("How it is counted"), rule) for rule in (rounding_rule(), cap_rule(paper.account)) if rule
        ]
        sheets.add(_("What is due"), [(name, 44), (escape_cell(value), 60)], [*rest, *sums, *rules])
    return written.getvalue()


def _charges(paper: Paper, charges: list[Charge]) -> tuple[list[Column], Rows]:
    has_names = bool(paper.names)
    columns = [
        (_("Decision"), 16),
        *([(_("Person"), 26)] if has_names else []),
        (_("From"), 12),
        (_("To"), 12),
        (_("Accepted, min"), 14),
        (_("Above the cap, min"), 14),
        (_("Paid, min"), 12),
        (_("Price of an hour, zł"), 14),
        (_("Amount, zł"), 14),
    ]
    rows = [
        [
            paper.number_of(one.decision),
            *([paper.names.get(one.decision, "")] if has_names else []),
            one.first,
            one.last,
            one.accepted,
            one.over_cap,
            one.paid,
            one.price,
            one.amount,
        ]
        for one in paper.in_order(charges)
    ]
    return columns, rows


def _visits(paper: Paper) -> tuple[list[Column], Rows]:
    columns = [
        (_("Decision"), 16),
        (_("Date"), 12),
        (_("Start"), 8),
        (_("Worker's code"), 14),
        (_("Length, min"), 12),
        (_("Refused, min"), 12),
        (_("Above the cap, min"), 14),
        (_("Paid, min"), 12),
        (_("Price of an hour, zł"), 14),
    ]
    rows = [
        [
            paper.number_of(one.line.decision),
            one.line.date,
            one.line.start,
            one.line.worker,
            one.line.minutes,
            one.line.refused,
            one.over_cap,
            one.paid,
            one.price,
        ]
        for one in paper.account.visits
    ]
    return columns, rows


class _Sheets:
    """Writes sheets of one look: a header that stays, a filter, cells by the type of their value."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._head = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self._date = workbook.add_format({"num_format": "dd.mm.yyyy"})
        self._time = workbook.add_format({"num_format": "hh:mm"})
        self._money = workbook.add_format({"num_format": "#,##0.00"})

    def add(self, name: str, columns: Sequence[Column], rows: Rows) -> None:
        """A sheet with a header of (title, width) and a row for each sequence of values."""
        sheet = self._workbook.add_worksheet(name[:31])
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
        if isinstance(value, Decimal):
            sheet.write_number(row, column, value, self._money)
        elif isinstance(value, int):
            sheet.write_number(row, column, value)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self._date)
        elif isinstance(value, time):
            sheet.write_datetime(row, column, value, self._time)
        elif value:
            sheet.write_string(row, column, escape_cell(str(value)))

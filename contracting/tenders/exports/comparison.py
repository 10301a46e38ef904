"""The comparison as CSV and XLSX, with every member's points; text that a spreadsheet would run is escaped."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import xlsxwriter
from django.utils.translation import gettext as _

from contracting.tenders.models import Criterion
from contracting.tenders.queries.comparison import Comparison
from contracting.tenders.scoring import Line
from kernel.cells import escape_cell
from ui.formatting import format_decimal

Value = str | int | Decimal | None
_SHEET_NAME = 31


def comparison_csv(comparisons: Sequence[Comparison]) -> bytes:
    """UTF-8 with BOM, semicolons, decimals as the language writes them."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    for row in _table(comparisons):
        writer.writerow([_as_text(value) for value in row])
    return written.getvalue().encode("utf-8-sig")


def _as_text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format_decimal(value, 2).replace("\u00a0", "").replace("\u202f", "")
    return escape_cell(str(value))


def comparison_xlsx(comparisons: Sequence[Comparison]) -> bytes:
    """A sheet of offers with averages and members' points, and a sheet of reasons and joint notes."""
    written = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    call = comparisons[0].committee.call
    with xlsxwriter.Workbook(written, options) as workbook:
        moment = comparisons[0].committee.scoring_closed_at or datetime(2000, 1, 1)  # noqa: DTZ001
        workbook.set_properties({"title": str(call.number), "created": moment.replace(tzinfo=None)})
        _sheet(workbook, _("Offers"), list(_table(comparisons)))
        _sheet(workbook, _("Points and reasons"), list(_reasons(comparisons)))
    return written.getvalue()


def _sheet(workbook: Any, name: str, rows: Sequence[Sequence[Value]]) -> None:
    head = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    number = workbook.add_format({"num_format": "#,##0.00"})
    sheet = workbook.add_worksheet(name[:_SHEET_NAME])
    for place, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is None or value == "":
                continue
            if isinstance(value, Decimal):
                sheet.write_number(place, column, float(value), number)
            elif isinstance(value, int):
                sheet.write_number(place, column, value)
            else:
                sheet.write_string(place, column, escape_cell(value), head if place == 0 else None)
    sheet.set_column(0, len(rows[0]) - 1, 16)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows) - 1, len(rows[0]) - 1)


def _table(comparisons: Sequence[Comparison]) -> Iterator[list[Value]]:
    """The header, then a row for each offer of each lot by rank."""
    criteria, members = comparisons[0].criteria, _members(comparisons)
    yield [
        _("Part"),
        _("Place"),
        _("Offer"),
        _("Bidder"),
        _("Grant asked for"),
        _("All costs"),
        _("Price of an hour"),
        *[title for one in criteria for title in _titles(one, comparisons[0], members)],
        _("Points of 100"),
    ]
    for comparison in comparisons:
        for line in comparison.lines:
            yield _offer_row(comparison, line, members)


def _members(comparisons: Sequence[Comparison]) -> list[UUID]:
    """Seats whose points count anywhere, in one order for all rows."""
    found: dict[UUID, None] = {}
    for comparison in comparisons:
        for marks in comparison.marks.values():
            found.update((mark.seat_id, None) for mark in marks)
    return [seat for seat in comparisons[0].names if seat in found]


def _titles(criterion: Criterion, comparison: Comparison, members: Sequence[UUID]) -> Iterator[str]:
    yield _("%(criterion)s: average of %(most)s") % {
        "criterion": criterion.name,
        "most": criterion.max_points,
    }
    if criterion.kind == Criterion.Kind.MERIT:
        for seat in members:
            yield f"{criterion.name}: {comparison.names[seat]}"


def _offer_row(comparison: Comparison, line: Line, members: Sequence[UUID]) -> list[Value]:
    pk = UUID(line.bid.key)
    row: list[Value] = [
        comparison.lot.title,
        line.rank,
        line.bid.number,
        comparison.offers[pk].organisation.name,
        line.bid.asked,
        line.bid.total,
        line.bid.hour_price,
    ]
    for criterion, cell in zip(comparison.criteria, line.cells, strict=True):
        row.append(cell.average)
        if criterion.kind == Criterion.Kind.MERIT:
            given = {mark.seat_id: mark.points for mark in comparison.marks.get((pk, criterion.pk), [])}
            row += [given.get(seat) for seat in members]
    return [*row, line.total]


def _reasons(comparisons: Sequence[Comparison]) -> Iterator[list[Value]]:
    yield [_("Part"), _("Offer"), _("Bidder"), _("Criterion"), _("Member"), _("Points"), _("Reason")]
    for comparison in comparisons:
        for line in comparison.lines:
            pk = UUID(line.bid.key)
            head: list[Value] = [
                comparison.lot.title,
                line.bid.number,
                comparison.offers[pk].organisation.name,
            ]
            for criterion in comparison.criteria:
                for mark in comparison.marks.get((pk, criterion.pk), []):
                    yield [*head, criterion.name, comparison.names[mark.seat_id], mark.points, mark.reason]
                note = comparison.notes.get((pk, criterion.pk))
                if note is not None:
                    yield [*head, criterion.name, _("Joint note"), None, note.text]

"""Files that leave the product: cells made harmless, and copies of refused files with the reasons."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator

import xlsxwriter

from kernel.cells import escape_cell
from reporting.delivery.files.reasons import RowRefusal
from reporting.delivery.files.source import Cell, SourceTable, cell_text

REASONS_COLUMN = "refused_because"


def write_refusals_copy(table: SourceTable, refusals: Iterable[RowRefusal]) -> bytes:
    """The file as CSV (UTF-8 with BOM, semicolons) with a last column that says why each row was refused.

    Rows keep their numbers. Once corrected, the copy can be imported as it is: that column is not read.
    """
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    for cells in _copied_rows(table, refusals):
        writer.writerow(cells)
    return written.getvalue().encode("utf-8-sig")


def write_refusals_workbook(table: SourceTable, refusals: Iterable[RowRefusal]) -> bytes:
    """The same copy as XLSX, every cell as text."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        bold = workbook.add_format({"bold": True})
        for index, cells in enumerate(_copied_rows(table, refusals)):
            for column, text in enumerate(cells):
                if text:
                    sheet.write_string(index, column, text, bold if index == 0 else None)
        sheet.freeze_panes(1, 0)
    return written.getvalue()


def is_reasons_column(header: Cell) -> bool:
    """Whether the header names the column that the copies add."""
    return cell_text(header).strip().casefold() == REASONS_COLUMN


def _copied_rows(table: SourceTable, refusals: Iterable[RowRefusal]) -> Iterator[list[str]]:
    reasons: defaultdict[int, list[str]] = defaultdict(list)
    for refusal in refusals:
        if refusal.row_number is not None:
            reasons[refusal.row_number].append(f"{refusal.column}: {refusal.message}")
    kept = [index for index, header in enumerate(table.header) if not is_reasons_column(header)]
    width = max((len(cells) for _, cells in table.rows), default=0)
    kept += range(len(table.header), width)

    def copied(cells: list[Cell], last: str) -> list[str]:
        texts = [escape_cell(cell_text(cells[index])) if index < len(cells) else "" for index in kept]
        return [*texts, escape_cell(last)]

    yield copied(list(table.header), REASONS_COLUMN)
    expected = 2
    for number, cells in table.rows:
        for _ in range(expected, number):
            yield []
        yield copied(list(cells), " ".join(reasons[number]))
        expected = number + 1

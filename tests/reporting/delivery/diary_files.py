"""Diary files made for tests: CSV, XLSX and ODS with the same visits."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

HEADER = ("decision_number", "date", "start", "end", "worker", "activities", "status", "note")
GOOD = ("D/001/2026", "2026-10-05", "08:00", "10:00", "W01", "shopping|hygiene", "done", "")
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
SHEET = "xl/worksheets/sheet1.xml"
ODS_MANIFEST = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)


def row(**changed: Any) -> tuple[Any, ...]:
    """The good row with some of its cells changed."""
    return tuple(changed.get(name, good) for name, good in zip(HEADER, GOOD, strict=True))


def csv_file(
    rows: Iterable[Sequence[str]], header: Sequence[str] = HEADER, separator: str = ";", bom: bool = False
) -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=separator, lineterminator="\r\n").writerows([header, *rows])
    return written.getvalue().encode("utf-8-sig" if bom else "utf-8")


def xlsx_file(rows: Iterable[Sequence[Any]], header: Sequence[str] = HEADER, **options: Any) -> bytes:
    """Dates and times become typed cells, numbers stay bare numbers."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(
        written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, **options}
    ) as book:
        sheet = book.add_worksheet()
        day, clock = book.add_format({"num_format": "dd.mm.yyyy"}), book.add_format({"num_format": "hh:mm"})
        for number, row in enumerate([header, *rows]):
            for column, cell in enumerate(row):
                if isinstance(cell, date | time):
                    sheet.write_datetime(number, column, cell, clock if isinstance(cell, time) else day)
                elif isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                else:
                    sheet.write(number, column, cell)
    return written.getvalue()


def ods_cell(cell: Any) -> str:
    if isinstance(cell, time):
        return f'<table:table-cell office:value-type="time" office:time-value="PT{cell:%HH%MM%SS}"><text:p>x</text:p></table:table-cell>'
    if isinstance(cell, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}"><text:p>x</text:p></table:table-cell>'
    if isinstance(cell, float | int):
        return f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell}</text:p></table:table-cell>'
    if cell == "":
        return "<table:table-cell/>"
    return f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'


def ods_row(cells: Iterable[Any]) -> str:
    return "<table:table-row>" + "".join(map(ods_cell, cells)) + "</table:table-row>"


def ods_file(rows: Iterable[Sequence[Any]], header: Sequence[str] = HEADER) -> bytes:
    return ods_of_xml("".join(ods_row(row) for row in [header, *rows]))


def ods_of_xml(rows_xml: str, more_tables: str = "", manifest: str = ODS_MANIFEST) -> bytes:
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES}><office:body><office:spreadsheet>'
        f'<table:table table:name="Dziennik">{rows_xml}'
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
        f"</table:table>{more_tables}</office:spreadsheet></office:body></office:document-content>"
    )
    return zip_file({"mimetype": ODS_TYPE, "META-INF/manifest.xml": manifest, "content.xml": content})


def zip_file(members: Mapping[str, str | bytes], *, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def with_members(
    archive: bytes, members: Mapping[str, str | bytes], *, packing: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """The archive with members replaced or added."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        kept = {name: opened.read(name) for name in opened.namelist()}
    return zip_file({**kept, **members}, packing=packing)


def member(archive: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.read(name).decode()

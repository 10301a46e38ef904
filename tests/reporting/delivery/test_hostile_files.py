"""Files that are not what they seem: each is refused with its reason, and none fills the memory or breaks the reader."""

import io
import os
import struct
import tracemalloc
import zipfile
from typing import Any

import pytest
import xlsxwriter
from django.utils import translation

from reporting.delivery.files import DEFAULT_LIMITS, DiaryFile, FileLimits, FileRefusal, read_diary
from tests.reporting.delivery.diary_files import (
    GOOD,
    HEADER,
    ODS_MANIFEST,
    ODS_TYPE,
    SHEET,
    csv_file,
    member,
    ods_file,
    ods_of_xml,
    ods_row,
    with_members,
    xlsx_file,
    zip_file,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(content: bytes, limits: FileLimits = DEFAULT_LIMITS) -> DiaryFile:
    return read_diary(io.BytesIO(content), limits)


def refused(content: bytes, limits: FileLimits = DEFAULT_LIMITS) -> FileRefusal:
    with pytest.raises(FileRefusal) as caught:
        read(content, limits)
    return caught.value


def good_rows(count: int) -> list[tuple[str, ...]]:
    return [(f"D/{number}", *GOOD[1:]) for number in range(count)]


class CountingFile(io.RawIOBase):
    """A file of a given size that counts the bytes taken from it."""

    def __init__(self, size: int, seekable: bool) -> None:
        self.size, self.taken, self._seekable, self._at = size, 0, seekable, 0

    def seekable(self) -> bool:
        return self._seekable

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + (self.size if whence == os.SEEK_END else 0)
        return self._at

    def read(self, size: int = -1) -> bytes:
        given = self.size - self._at if size < 0 else min(size, self.size - self._at)
        self._at += given
        self.taken += given
        return b"x" * given


class TestSize:
    @pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n \n"])
    def test_an_empty_file(self, content: bytes) -> None:
        assert refused(content).code == "empty_file"

    def test_an_empty_sheet(self) -> None:
        assert refused(xlsx_file([], header=())).code == "empty_file"
        assert refused(ods_file([], header=())).code == "empty_file"

    def test_fifty_megabytes_are_refused_before_they_are_read(self) -> None:
        stream = CountingFile(50_000_000, seekable=True)
        with pytest.raises(FileRefusal) as caught:
            read_diary(stream)  # type: ignore[arg-type]
        assert (caught.value.code, stream.taken) == ("too_large", 0)
        with translation.override("en"):
            assert str(caught.value).startswith("The file has 50 MB and at most 20 MB can be read.")

    def test_of_a_stream_of_unknown_length_no_more_than_the_limit_is_read(self) -> None:
        stream = CountingFile(50_000_000, seekable=False)
        with pytest.raises(FileRefusal) as caught:
            read_diary(stream, FileLimits(max_bytes=1000))  # type: ignore[arg-type]
        assert (caught.value.code, stream.taken) == ("too_large", 1001)

    def test_200_000_rows_are_refused_with_the_remedy(self) -> None:
        line = ";".join(GOOD).encode()
        refusal = refused(b"\n".join([";".join(HEADER).encode(), *[line] * 200_000]))
        assert refusal.code == "too_many_rows"
        with translation.override("en"):
            assert "200000 rows" in str(refusal)
            assert "Split it by month or contract" in str(refusal)

    @pytest.mark.parametrize("make", [csv_file, xlsx_file, ods_file])
    def test_the_limit_of_rows_is_exact_in_every_format(self, make: Any) -> None:
        limits = FileLimits(max_rows=10)
        assert len(read(make(good_rows(10)), limits).rows) == 10
        refusal = refused(make(good_rows(11)), limits)
        assert (refusal.code, refusal.refusals[0].details) == (
            "too_many_rows",
            {"count": "11", "limit": "10"},
        )


class TestText:
    def test_windows_1250_is_recognised_and_the_row_named(self) -> None:
        rows = [GOOD, (*GOOD[:7], "two\nlines"), (*GOOD[:4], "Żak Łucja", *GOOD[5:])]
        refusal = refused(csv_file(rows).decode().encode("cp1250"))
        assert (refusal.code, refusal.refusals[0].row_number) == ("not_utf8", 4)
        with translation.override("pl"):
            assert str(refusal).startswith("Wiersz 4 nie jest zapisany w UTF-8")
            assert "„CSV UTF-8”" in str(refusal)

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
    def test_utf_16(self, encoding: str) -> None:
        code = refused(csv_file([GOOD]).decode().encode(encoding)).code
        assert code == ("utf16" if encoding == "utf-16" else "nul_bytes")

    def test_nul_bytes_name_their_row(self) -> None:
        refusal = refused(csv_file([GOOD, (*GOOD[:7], "a\0b")]))
        assert (refusal.code, refusal.refusals[0].row_number) == ("nul_bytes", 3)

    @pytest.mark.parametrize(
        "start", [b"%PDF-1.7\n\xff", b"\x89PNG\r\n\x1a\n", b"<html>", b"{\\rtf1", b"\x7fELF\x02\x01\x00\xff"]
    )
    def test_another_kind_of_file(self, start: bytes) -> None:
        assert refused(start + b" more").code == "not_a_table"

    @pytest.mark.parametrize("note", ['"open', '"a"b', '"a" '])
    def test_quotation_marks_that_do_not_match_name_their_row(self, note: str) -> None:
        content = csv_file([GOOD]) + ";".join([*GOOD[:7], note]).encode()
        refusal = refused(content)
        assert (refusal.code, refusal.refusals[0].row_number) == ("broken_quotes", 3)

    def test_a_cell_as_large_as_a_book(self) -> None:
        refusal = refused(csv_file([GOOD, (*GOOD[:7], "x" * 200_000)]))
        assert (refusal.code, refusal.refusals[0].row_number) == ("cell_too_large", 3)

    def test_columns_separated_by_tabs(self) -> None:
        assert refused("\t".join(HEADER).encode()).code == "separator"

    def test_prose(self) -> None:
        assert refused(b"To nie jest dziennik, tylko list.").code == "unknown_column"


class TestArchives:
    @pytest.mark.parametrize(
        "members",
        [
            {"photo.jpg": b"x"},
            {"word/document.xml": "<x/>", "[Content_Types].xml": "<x/>"},
            {"mimetype": "text/plain"},
        ],
    )
    def test_a_zip_that_is_no_spreadsheet(self, members: Any) -> None:
        assert refused(zip_file(members)).code == "renamed_archive"

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"PK\x03\x04 not really", "broken_workbook"),
            (xlsx_file([GOOD])[:-100], "broken_workbook"),
            (zip_file({"xl/workbook.bin": b"x", "[Content_Types].xml": b"x"}), "old_format"),
            (OLE + b"\0" * 600, "old_format"),
            (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
            (with_members(xlsx_file([GOOD]), {"xl/vbaProject.bin": b"x"}), "macros"),
            (with_members(xlsx_file([GOOD]), {"xl/macrosheets/sheet1.xml": b"x"}), "macros"),
            (with_members(ods_file([GOOD]), {"Basic/Standard/Module1.xml": b"x"}), "macros"),
            (with_members(xlsx_file([GOOD]), {SHEET: b"<worksheet><sheetData><row"}), "broken_workbook"),
            (with_members(xlsx_file([GOOD]), {"xl/workbook.xml": b"<workbook/>"}), "no_sheet"),
            (
                ods_of_xml(
                    "", manifest=ODS_MANIFEST[:-2] + "><manifest:encryption-data/></manifest:manifest>"
                ),
                "encrypted",
            ),
            (
                zip_file(
                    {"mimetype": ODS_TYPE, "META-INF/manifest.xml": ODS_MANIFEST, "content.xml": "<x/>"}
                ),
                "no_sheet",
            ),
            (zip_file({"mimetype": ODS_TYPE, "content.xml": "<x/>"}), "broken_workbook"),
        ],
    )
    def test_each_kind_of_archive_that_cannot_be_read(self, content: bytes, code: str) -> None:
        assert refused(content).code == code

    def test_macros_told_by_the_content_types_alone(self) -> None:
        plain = xlsx_file([GOOD])
        types = member(plain, "[Content_Types].xml").replace("sheet.main+xml", "sheet.macroEnabled.main+xml")
        assert refused(with_members(plain, {"[Content_Types].xml": types})).code == "macros"

    def test_a_member_under_a_password(self) -> None:
        content = bytearray(xlsx_file([GOOD]))
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = content.find(mark)
            while at >= 0:
                content[at + offset] |= 1
                at = content.find(mark, at + 4)
        assert refused(bytes(content)).code == "encrypted"

    def test_a_chart_as_the_first_sheet(self) -> None:
        written = io.BytesIO()
        with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
            chart = book.add_chart({"type": "line"})
            charts = book.add_chartsheet()
            book.add_worksheet("x").write_row(0, 0, HEADER)
            chart.add_series({"values": "=x!$A$1:$A$2"})
            charts.set_chart(chart)
        assert refused(written.getvalue()).code == "no_sheet"

    def test_only_the_first_sheet_is_read_and_the_others_cannot_harm(self) -> None:
        bomb = '<table:table table:name="2"><table:table-row table:number-rows-repeated="1000000000">' + (
            '<table:table-cell office:value-type="string" table:number-columns-repeated="1000"><text:p>x</text:p></table:table-cell>'
            "</table:table-row></table:table>"
        )
        content = ods_of_xml(ods_row(HEADER) + ods_row(GOOD), more_tables=bomb + bomb)
        assert len(read(content).rows) == 1

    def test_names_of_members_in_another_case(self) -> None:
        renamed = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(xlsx_file([GOOD]))) as old, zipfile.ZipFile(renamed, "w") as new:
            for name in old.namelist():
                new.writestr(
                    name.replace("sharedStrings", "SharedStrings").replace("/", "\\"), old.read(name)
                )
        assert read(renamed.getvalue()).rows == read(xlsx_file([GOOD])).rows


def sheet_xml(cells: str) -> str:
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"{cells}</sheetData></worksheet>"
    )


def text_cell(address: str, text: str = "x") -> str:
    return f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'


class TestBombs:
    """Small files that would unfold into gigabytes."""

    def refused_cheaply(self, content: bytes, limits: FileLimits = DEFAULT_LIMITS) -> FileRefusal:
        tracemalloc.start()
        try:
            refusal = refused(content, limits)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < limits.max_unpacked_bytes + 50_000_000
        return refusal

    @pytest.mark.parametrize(
        "name", [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "[Content_Types].xml"]
    )
    def test_a_member_that_unpacks_to_a_gigabyte(self, name: str) -> None:
        limits = FileLimits(max_unpacked_bytes=5_000_000)
        content = with_members(xlsx_file([GOOD]), {name: b" " * 50_000_000})
        assert len(content) < 100_000
        assert self.refused_cheaply(content, limits).code == "unpacks_too_large"

    def test_a_member_that_lies_about_its_size(self) -> None:
        content = bytearray(with_members(xlsx_file([GOOD]), {SHEET: b" " * 30_000_000}))
        size = struct.pack("<I", 30_000_000)
        assert content.count(size) >= 1
        content = content.replace(size, struct.pack("<I", 1000))
        assert self.refused_cheaply(bytes(content)).code == "broken_workbook"

    def test_a_member_too_many(self) -> None:
        content = zip_file({f"m{number}": b"" for number in range(6000)})
        assert refused(content).code == "unpacks_too_large"

    @pytest.mark.parametrize(
        ("cells", "code"),
        [
            (f'<row r="1048576">{text_cell("A1048576")}</row>', "too_many_rows"),
            (f'<row r="1">{text_cell("XFD1")}</row>', "too_wide"),
            (f'<row r="1">{text_cell("XFD1048576")}</row>', "too_wide"),
            (f'<row r="1">{text_cell("A99999999999")}</row>', "broken_workbook"),
            (f'<row r="x">{text_cell("A1")}</row>', "broken_workbook"),
            ('<row r="1"><c r="A1" t="s"><v>x</v></c></row>', "broken_workbook"),
        ],
    )
    def test_cells_far_away(self, cells: str, code: str) -> None:
        content = with_members(xlsx_file([GOOD]), {SHEET: sheet_xml(cells)})
        assert self.refused_cheaply(content).code == code

    def test_a_styled_but_empty_cell_far_away_does_no_harm(self) -> None:
        rows = f'<row r="1">{"".join(text_cell(f"{letter}1", name) for letter, name in zip("ABCDEFGH", HEADER, strict=True))}</row>'
        content = with_members(
            xlsx_file([GOOD]), {SHEET: sheet_xml(rows + '<row r="1048576"><c r="XFD1048576" s="0"/></row>')}
        )
        assert read(content).rows == []

    def test_one_long_text_named_by_many_cells(self) -> None:
        limits = FileLimits(max_unpacked_bytes=2_000_000)
        strings = f"<sst><si><t>{'x' * 30_000}</t></si></sst>"
        cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 1000))
        content = with_members(xlsx_file([GOOD]), {SHEET: sheet_xml(cells), "xl/sharedStrings.xml": strings})
        assert self.refused_cheaply(content, limits).code == "unpacks_too_large"

    @pytest.mark.parametrize(
        ("rows", "columns", "text", "code"),
        [
            (10**9, 1, "x", "too_many_rows"),
            (1, 10**9, "x", "too_wide"),
            (10**12, 10**12, "x", "too_wide"),
            (40_000, 60, "x" * 1000, "unpacks_too_large"),
        ],
    )
    def test_repeated_cells_of_ods(self, rows: int, columns: int, text: str, code: str) -> None:
        cell = f'<table:table-cell office:value-type="string" table:number-columns-repeated="{columns}"><text:p>{text}</text:p></table:table-cell>'
        content = ods_of_xml(f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>')
        assert self.refused_cheaply(content).code == code

    def test_entities_and_nested_tables_are_refused(self) -> None:
        laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>' + sheet_xml(
            f'<row r="1">{text_cell("A1", "&b;")}</row>'
        )
        assert refused(with_members(xlsx_file([GOOD]), {SHEET: laughs})).code == "broken_workbook"
        nested = "<table:table-row><table:table-cell><table:table></table:table></table:table-cell></table:table-row>"
        assert refused(ods_of_xml(nested)).code == "broken_workbook"


class TestFormulas:
    def test_each_formula_of_a_sheet_is_named_with_its_address_and_the_rest_is_read(self) -> None:
        written = io.BytesIO()
        with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate([HEADER, *good_rows(3)]):
                sheet.write_row(number, 0, row)
            sheet.write_formula("D3", '=TEXT(C3,"hh:mm")', None, "10:00")
            sheet.write_formula("H3", '="a"', None, "a")
            sheet.write_formula("A7", "=SUM(A1:A3)", None, "")
            sheet.write_array_formula("H10:H11", "{=A1:A2}", None, "")
        diary = read(written.getvalue())
        assert [visit.row_number for visit in diary.rows] == [2, 4]
        named = [
            (each.row_number, each.column, each.value, each.details["address"])
            for each in diary.refusals
            if each.code == "formula"
        ]
        assert named == [
            (3, "end", "10:00", "D3"),
            (3, "note", "a", "H3"),
            (7, "decision_number", "", "A7"),
            (10, "note", "", "H10"),
            (11, "note", "0", "H11"),
        ]

    def test_formulas_of_ods(self) -> None:
        formula = '<table:table-cell table:formula="of:=[.A1]" office:value-type="string"><text:p>D/9</text:p></table:table-cell>'
        computed = f"<table:table-row>{formula}{ods_row(GOOD[1:]).removeprefix('<table:table-row>')}"
        diary = read(ods_of_xml(ods_row(HEADER) + ods_row(GOOD) + computed))
        assert [(each.row_number, each.column, each.value, each.details) for each in diary.refusals] == [
            (3, "decision_number", "D/9", {"address": "A3"})
        ]
        assert len(diary.rows) == 1

    def test_a_formula_beside_the_columns_and_one_in_the_header(self) -> None:
        written = io.BytesIO()
        with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, HEADER)
            sheet.write_row(1, 0, GOOD)
            sheet.write_formula("K2", "=1", None, 1)
        diary = read(written.getvalue())
        assert [(each.column, each.code) for each in diary.refusals] == [("K2", "extra_cells")]
        assert diary.rows == []
        plain = member(xlsx_file([GOOD]), SHEET)
        header_formula = plain.replace('<c r="A1" t="s"><v>', '<c r="A1" t="str"><f>B1</f><v>')
        assert header_formula != plain
        assert refused(with_members(xlsx_file([GOOD]), {SHEET: header_formula})).code == "formula_in_header"

    @pytest.mark.parametrize("reference", ["A1:Z1000", "A1:XFD1048576"])
    def test_a_sheet_of_nothing_but_formulas(self, reference: str) -> None:
        cells = f'<row r="1"><c r="A1"><f t="array" ref="{reference}">1</f><v>1</v></c></row>'
        assert refused(with_members(xlsx_file([GOOD]), {SHEET: sheet_xml(cells)})).code == "too_many_formulas"

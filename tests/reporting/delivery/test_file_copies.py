"""Copies of refused files: escaped, numbered as the original, and importable again."""

import csv
import io
from datetime import date, time
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from reporting.delivery.files import (
    DiaryFile,
    escape_cell,
    read_diary,
    unescape_cell,
    write_refusals_copy,
    write_refusals_workbook,
)
from tests.reporting.delivery.diary_files import GOOD, HEADER, csv_file, row, xlsx_file


def read(content: bytes) -> DiaryFile:
    return read_diary(io.BytesIO(content))


class TestCopies:
    @given(st.text(alphabet=st.sampled_from("'=+-@\t\r\nab ;"), max_size=6))
    def test_escaping_disarms_and_can_be_undone(self, text: str) -> None:
        escaped = escape_cell(text)
        assert unescape_cell(escaped) == text
        assert not escaped.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))

    def rows_of(self, copy: bytes) -> list[list[str]]:
        assert copy.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(copy.decode("utf-8-sig"), newline=""), delimiter=";"))

    def test_the_copy_keeps_rows_and_numbers_and_adds_the_reasons(self) -> None:
        content = csv_file([row(note="-5"), ("",) * 8, row(start="9", date="", note="=1+1")], separator=",")
        diary = read(content)
        with translation.override("en"):
            header, first, blank, third = self.rows_of(write_refusals_copy(diary.table, diary.refusals))
        assert header == [*HEADER, "refused_because"]
        assert first == [*GOOD[:7], "'-5", ""]
        assert blank == []
        assert third[7] == "'=1+1"
        assert "date: The cell is empty." in third[8]
        assert "start: “9” is not a time." in third[8]
        assert "note: Cell H4 is a formula" in third[8]

    @pytest.mark.parametrize("write", [write_refusals_copy, write_refusals_workbook])
    def test_a_corrected_copy_can_be_imported_and_a_second_copy_has_one_column_of_reasons(
        self, write: Any
    ) -> None:
        content = xlsx_file(
            [(1, date(2026, 10, 5), time(8), time(9), "W01", "a", "", "+48 600"), row(start="x")]
        )
        diary = read(content)
        again = read(write(diary.table, diary.refusals))
        assert again.rows == diary.rows
        assert again.rows[0].note == "+48 600"
        assert again.refusals == diary.refusals
        header = self.rows_of(write_refusals_copy(again.table, again.refusals))[0]
        assert header == [*HEADER, "refused_because"]

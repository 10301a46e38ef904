"""No bytes bring the reader of diary files down: a diary comes out, or a refusal with a sentence."""

import io
import tempfile

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reporting.delivery.files import FileRefusal, read_diary
from tests.reporting.delivery.diary_files import (
    GOOD,
    HEADER,
    SHEET,
    csv_file,
    member,
    ods_file,
    with_members,
    xlsx_file,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORKBOOKS = [xlsx_file([GOOD, GOOD]), ods_file([GOOD, GOOD])]
XML_MEMBERS = [(workbook, name) for workbook, name in zip(WORKBOOKS, (SHEET, "content.xml"), strict=True)]


def sentences_of(content: bytes) -> list[str]:
    """The reasons for which a file or its rows are refused; anything raised but FileRefusal fails the test."""
    try:
        refusals = read_diary(io.BytesIO(content)).refusals
    except FileRefusal as refusal:
        refusals = list(refusal.refusals)
    return [str(each.message) for each in refusals]


def survives(content: bytes) -> None:
    assert all(sentences_of(content))


class TestFuzz:
    @given(st.binary(max_size=300))
    @example(b"PK\x05\x06" + b"\0" * 18)
    @settings(max_examples=300, deadline=None)
    def test_any_bytes(self, content: bytes) -> None:
        for prefix in (b"", b"PK\x03\x04", OLE, ";".join(HEADER).encode() + b"\n"):
            survives(prefix + content)

    @given(
        st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=9), max_size=5), st.sampled_from(";,")
    )
    @settings(max_examples=150, deadline=None)
    def test_any_cells(self, rows: list[list[str]], separator: str) -> None:
        survives(csv_file(rows, separator=separator))

    @given(st.data())
    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_damaged_workbooks(self, data: st.DataObject) -> None:
        content = bytearray(data.draw(st.sampled_from(WORKBOOKS)))
        for _ in range(data.draw(st.integers(1, 5))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        survives(bytes(content))

    @given(st.data())
    @settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_damaged_sheets_in_whole_workbooks(self, data: st.DataObject) -> None:
        workbook, name = data.draw(st.sampled_from(XML_MEMBERS))
        xml = bytearray(member(workbook, name).encode())
        pieces = [
            b"<",
            b">",
            b'"',
            b"&#1;",
            b"&amp;",
            b"9",
            b"-1",
            b"r=",
            b"<c>",
            b"</c>",
            b"<v>",
            b"</row>",
            b"\xff",
            b"A1",
            b' t="e"',
            b"1e999",
        ]
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(xml)))
            xml[at : at + data.draw(st.integers(0, 4))] = data.draw(st.sampled_from(pieces))
        survives(with_members(workbook, {name: bytes(xml)}))


def test_a_file_on_disk_is_read_like_one_in_memory() -> None:
    with tempfile.TemporaryFile() as stream:
        stream.write(csv_file([GOOD]))
        stream.seek(0)
        assert len(read_diary(stream).rows) == 1

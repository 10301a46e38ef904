"""Diary files as text: CSV in UTF-8, separated by semicolons or commas, quoted as RFC 4180."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from itertools import islice

from reporting.delivery.files.reasons import FileRefusal
from reporting.delivery.files.source import FileLimits, SourceTable

SEPARATORS = (";", ",")
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# PDF, PNG, JPEG, GIF, 7z, RAR, gzip, RTF, HTML or XML: what is chosen by mistake for a diary.
_OTHER_KINDS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x1f\x8b",
    b"{\\rtf",
    b"<",
)
_BINARY = re.compile(rb"[\x01-\x08\x0e-\x1f]")
_LOOKED_AT = 1024


def read_csv(content: bytes, limits: FileLimits, score_header: Callable[[list[str]], int]) -> SourceTable:
    """The table of a CSV file. `score_header` counts known columns of a header, which tells the separator.

    Raises FileRefusal: empty, not UTF-8 (with the row), NUL bytes, unmatched quotes, too many rows.
    """
    text = _decode(content)
    if not text.strip():
        raise FileRefusal.because("empty_file")
    separator = _detect_separator(text, score_header)
    records = _filled_records(text, separator)
    first_number, header = next(records, (1, []))
    if first_number != 1:
        raise FileRefusal.because("no_header", row=1)
    rows = list(islice(records, limits.max_rows))
    beyond = sum(1 for _ in records)
    if beyond:
        raise FileRefusal.because("too_many_rows", count=limits.max_rows + beyond, limit=limits.max_rows)
    return SourceTable(header, rows)


def _decode(content: bytes) -> str:
    if content.startswith(_UTF16_MARKS):
        raise FileRefusal.because("utf16")
    if content.startswith(_OTHER_KINDS):
        raise FileRefusal.because("not_a_table")
    nul = content.find(b"\0")
    if nul >= 0:
        raise _unreadable(content, nul, "nul_bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(content, error.start, "not_utf8") from None


def _unreadable(content: bytes, offset: int, code: str) -> FileRefusal:
    """The refusal of a text that breaks at a byte; other control characters near its beginning: no text at all."""
    if _BINARY.search(content, 0, _LOOKED_AT):
        return FileRefusal.because("not_a_table")
    return FileRefusal.because(code, row=_row_at(content[:offset]))


def _row_at(before: bytes) -> int:
    """The row, as a spreadsheet counts it, in which the text `before` ends."""
    text = before.decode("utf-8-sig", errors="replace")
    separator = max(SEPARATORS, key=text.count)
    # The mark keeps a last line that is still empty from being overlooked.
    try:
        return sum(1 for _ in csv.reader(io.StringIO(text + "x", newline=""), delimiter=separator))
    except csv.Error:
        return text.count("\n") + 1


def _detect_separator(text: str, score_header: Callable[[list[str]], int]) -> str:
    def score(separator: str) -> tuple[int, int]:
        try:
            header = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
        except csv.Error:
            return (0, 0)
        return (score_header(header), len(header))

    best = max(SEPARATORS, key=score)
    if score(best) <= (0, 1) and "\t" in text.split("\n", 1)[0]:
        raise FileRefusal.because("separator", row=1)
    return best


def _filled_records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if any(cells):
                yield number, cells
    except csv.Error as error:
        code = "cell_too_large" if "field larger" in str(error) else "broken_quotes"
        raise FileRefusal.because(code, row=number + 1) from None

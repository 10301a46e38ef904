"""From the bytes of a file to its table: how large it is, what kind it is, and who reads that kind."""

import os
from collections.abc import Callable
from typing import BinaryIO

from reporting.delivery.files.csv_text import read_csv
from reporting.delivery.files.reasons import FileRefusal
from reporting.delivery.files.source import MEGABYTE, FileLimits, SourceTable
from reporting.delivery.files.unpacking import OLE_MARK, ZIP_MARK, refuse_ole
from reporting.delivery.files.workbook import read_workbook


def read_table(stream: BinaryIO, limits: FileLimits, score_header: Callable[[list[str]], int]) -> SourceTable:
    """The table of a CSV, XLSX or ODS file, told apart by content, never by name.

    A file that is too large is refused before it is read. Raises FileRefusal and nothing else for any bytes.
    """
    content = _read_at_most(stream, limits.max_bytes)
    if not content:
        raise FileRefusal.because("empty_file")
    if content.startswith(OLE_MARK):
        refuse_ole(content)
    if content.startswith(ZIP_MARK):
        return read_workbook(content, limits)
    return read_csv(content, limits, score_header)


def _read_at_most(stream: BinaryIO, max_bytes: int) -> bytes:
    if stream.seekable():
        size = stream.seek(0, os.SEEK_END)
        stream.seek(0)
        _refuse_too_large(size, max_bytes)
    content = stream.read(max_bytes + 1)
    _refuse_too_large(len(content), max_bytes)
    return content


def _refuse_too_large(size: int, max_bytes: int) -> None:
    if size > max_bytes:
        raise FileRefusal.because("too_large", size=f"{size / MEGABYTE:.0f}", limit=max_bytes // MEGABYTE)

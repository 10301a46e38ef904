"""Files of the diary: read with every fault named, and written back with the reasons."""

from kernel.cells import escape_cell, unescape_cell
from reporting.delivery.files.copies import (
    write_refusals_copy,
    write_refusals_workbook,
)
from reporting.delivery.files.diary import (
    COLUMNS,
    DiaryFile,
    DiaryRow,
    FaultyRow,
    check_diary,
    read_diary,
    refuse_equal_rows,
)
from reporting.delivery.files.reasons import FileRefusal, RowRefusal
from reporting.delivery.files.source import DEFAULT_LIMITS, FileLimits, SourceTable

__all__ = [
    "COLUMNS",
    "DEFAULT_LIMITS",
    "DiaryFile",
    "DiaryRow",
    "FaultyRow",
    "FileLimits",
    "FileRefusal",
    "RowRefusal",
    "SourceTable",
    "check_diary",
    "escape_cell",
    "read_diary",
    "refuse_equal_rows",
    "unescape_cell",
    "write_refusals_copy",
    "write_refusals_workbook",
]

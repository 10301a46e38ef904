"""A table as it stood in a file: cells with the numbers of their rows, and the limits of what is read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

Cell = str | int | float | bool | date | datetime | time | timedelta

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How much is read: bytes of the file, rows below the header, bytes of a spreadsheet once unpacked."""

    max_bytes: int = 20 * MEGABYTE
    max_rows: int = 50_000
    max_unpacked_bytes: int = 100 * MEGABYTE


DEFAULT_LIMITS = FileLimits()


@dataclass(frozen=True, slots=True)
class SourceTable:
    """The cells of a file in its own order, without rows that are wholly empty.

    `header` is row 1; `rows` pair the row number in the file (from 2) with the cells. `formulas` holds
    (row number, column index from 0) of computed cells of a spreadsheet.
    """

    header: Sequence[Cell]
    rows: Sequence[tuple[int, Sequence[Cell]]]
    formulas: frozenset[tuple[int, int]] = field(default_factory=frozenset)


def cell_text(cell: Cell) -> str:
    """The cell as a person would type it: 2026-10-05, 08:00, whole numbers without a point."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return f"{cell.date().isoformat()} {_time_text(cell.time())}"
    if isinstance(cell, time):
        return _time_text(cell)
    if isinstance(cell, timedelta):
        seconds = round(cell.total_seconds())
        return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}" + (
            f":{seconds % 60:02d}" if seconds % 60 else ""
        )
    return str(cell)


def cell_address(row_number: int, column_index: int) -> str:
    """The address as spreadsheets write it: row 7 and column index 4 (from 0) are E7."""
    letters = ""
    left = column_index + 1
    while left:
        left, rest = divmod(left - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row_number}"


def _time_text(at: time) -> str:
    return at.isoformat("seconds" if at.second or at.microsecond else "minutes")

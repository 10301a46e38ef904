"""The diary of visits as a file: its columns, what a row must hold, and every fault of every row."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from operator import attrgetter, itemgetter
from typing import Any, BinaryIO, NamedTuple

from kernel.periods import NonexistentTime, resolve_wall_time
from reporting.delivery.files.cells import (
    ClockTime,
    Fault,
    parse_activities,
    parse_date,
    parse_name,
    parse_status,
    parse_text,
    parse_time,
)
from reporting.delivery.files.columns import find_columns, score_header
from reporting.delivery.files.reading import read_table
from reporting.delivery.files.reasons import RowRefusal
from reporting.delivery.files.source import (
    DEFAULT_LIMITS,
    Cell,
    FileLimits,
    SourceTable,
    cell_address,
    cell_text,
)

REQUIRED_COLUMNS = ("decision_number", "date", "start", "end", "worker", "activities")
OPTIONAL_COLUMNS = ("status", "note")
COLUMNS = (*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS)
IDENTITY_COLUMNS = "decision_number, worker, start, end"

MAX_NUMBER = 60
MAX_WORKER = 200
MAX_ACTIVITIES = 1_000
MAX_NOTE = 500

_ONE_DAY = timedelta(days=1)
_PARSERS: tuple[Callable[[Any], Any], ...] = (
    partial(parse_name, limit=MAX_NUMBER),
    parse_date,
    parse_time,
    parse_time,
    partial(parse_name, limit=MAX_WORKER),
    partial(parse_activities, limit=MAX_ACTIVITIES),
    parse_status,
    partial(parse_text, limit=MAX_NOTE),
)


class DiaryRow(NamedTuple):
    """A row understood in full: `date`, `start`, `end` by the wall clock, `starts_at`, `ends_at` in UTC."""

    row_number: int
    decision_number: str
    date: date
    start: time
    end: time
    ends_next_day: bool
    starts_at: datetime
    ends_at: datetime
    worker: str
    activities: tuple[str, ...]
    status: str
    note: str


_IDENTITY = attrgetter("decision_number", "worker", "starts_at", "ends_at")


def describe(row: DiaryRow) -> str:
    """The visit in a few words, to be shown as the value of a refused row."""
    return f"{row.decision_number}, {row.worker}, {row.date} {row.start:%H:%M}–{row.end:%H:%M}"


class FaultyRow(NamedTuple):
    """What could be understood of a refused row, so that the rest of it can be checked; None where not."""

    row_number: int
    decision_number: str | None
    date: date | None
    worker: str | None
    activities: tuple[str, ...] | None
    status: str | None


@dataclass(frozen=True, slots=True)
class DiaryFile:
    """A diary file: rows without a fault, what is readable of the others, and every fault, in row order."""

    rows: list[DiaryRow]
    faulty: list[FaultyRow]
    refusals: list[RowRefusal]
    table: SourceTable


class _Times(NamedTuple):
    """When a visit takes place, worked out once for all rows that name the same date and times."""

    ends_next_day: bool
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class _TimesFault:
    """Date, start and end are each understood and do not fit together; `column` is the one to correct."""

    column: str
    fault: Fault


def read_diary(stream: BinaryIO, limits: FileLimits = DEFAULT_LIMITS) -> DiaryFile:
    """Read and check a diary file as far as that needs no database.

    Raises FileRefusal when the file as a whole cannot be read; faults of rows are collected, never raised.
    """
    return check_diary(read_table(stream, limits, partial(score_header, known=COLUMNS)))


def check_diary(table: SourceTable) -> DiaryFile:
    """The rows of a table under its header. Raises FileRefusal for a header that cannot be understood."""
    return _DiaryCheck(table).run()


def refuse_equal_rows(identities: Iterable[tuple[int, str, Hashable]]) -> list[RowRefusal]:
    """One refusal for each row that says the same visit as another, naming all of them.

    Takes (row number, text to show, identity). `read_diary` compares workers as written; whoever knows that
    "W01" and "Nowak Anna" are one worker asks again with the worker's id.
    """
    rows_of: dict[Hashable, list[tuple[int, str]]] = {}
    for row_number, shown, identity in identities:
        rows_of.setdefault(identity, []).append((row_number, shown))
    refusals = []
    for rows in rows_of.values():
        if len(rows) > 1:
            numbers = ", ".join(str(row_number) for row_number, _ in rows)
            refusals += [
                RowRefusal(row_number, IDENTITY_COLUMNS, shown, "duplicated_row", {"rows": numbers})
                for row_number, shown in rows
            ]
    return sorted(refusals, key=lambda refusal: refusal.row_number or 0)


class _Memo(dict[Any, Any]):
    """Cells of a diary repeat: each distinct one is parsed once."""

    def __init__(self, parse: Callable[[Any], Any]) -> None:
        super().__init__()
        self._parse = parse

    def __missing__(self, cell: Any) -> Any:
        parsed = self[cell] = self._parse(cell)
        return parsed


class _DiaryCheck:
    """One pass over the rows of a table."""

    def __init__(self, table: SourceTable) -> None:
        self._table = table
        self._columns = find_columns(table, REQUIRED_COLUMNS, OPTIONAL_COLUMNS)
        self._computed_rows = {row for row, _ in table.formulas}
        self._rows: list[DiaryRow] = []
        self._faulty: list[FaultyRow] = []
        self._refusals: list[RowRefusal] = []

    def run(self) -> DiaryFile:
        self._read_rows()
        self._refuse_duplicates()
        self._refusals.sort(key=lambda refusal: refusal.row_number or 0)
        self._faulty.sort(key=lambda row: row.row_number)
        return DiaryFile(self._rows, self._faulty, self._refusals, self._table)

    def _read_rows(self) -> None:
        # Flat on purpose: it runs for tens of thousands of rows, and a call costs as much as its work.
        decisions, dates, starts, ends, workers, scopes, statuses, notes = (
            _Memo(parse) for parse in _PARSERS
        )
        times_of: dict[tuple[Cell, Cell, Cell], _Times | _TimesFault] = {}
        pick = itemgetter(*self._columns.indices)
        width, nameless = self._columns.width, self._columns.nameless
        computed_rows, append = self._computed_rows, self._rows.append
        for number, cells in self._table.rows:
            count = len(cells)
            # The blank cell past the end stands for optional columns that the file does not have (ABSENT).
            padded = [*cells, ""] if count == width else [*cells[:width], *[""] * (width - count + 1), ""]
            picked = pick(padded)
            (
                decision_cell,
                date_cell,
                start_cell,
                end_cell,
                worker_cell,
                scope_cell,
                status_cell,
                note_cell,
            ) = picked
            decision, day, start, end = (
                decisions[decision_cell],
                dates[date_cell],
                starts[start_cell],
                ends[end_cell],
            )
            worker, scope = workers[worker_cell], scopes[scope_cell]
            status, note = statuses[status_cell], notes[note_cell]
            parsed = (decision, day, start, end, worker, scope, status, note)
            if (
                Fault in map(type, parsed)
                or number in computed_rows
                or ((count > width or nameless) and self._extra_cells(number, cells))
            ):
                self._refuse_row(number, cells, picked, parsed)
                continue
            key = (date_cell, start_cell, end_cell)
            times = times_of.get(key)
            if times is None:
                times = times_of[key] = _resolve_times(day, start, end)
            if type(times) is _Times:
                append(DiaryRow(number, decision, day, start.at, end.at, *times, worker, scope, status, note))
            else:
                self._refuse_row(number, cells, picked, parsed)

    def _refuse_row(
        self, number: int, cells: Sequence[Cell], picked: Sequence[Cell], parsed: Sequence[Any]
    ) -> None:
        """List every fault of the row, unless it is blank."""
        if number not in self._computed_rows and not any(cell_text(cell).strip() for cell in cells):
            return
        for column, index, cell, outcome in zip(COLUMNS, self._columns.indices, picked, parsed, strict=True):
            fault = Fault("formula") if (number, index) in self._table.formulas else outcome
            if isinstance(fault, Fault):
                details = dict(fault.details)
                if fault.code == "formula":
                    details["address"] = cell_address(number, index)
                self._refusals.append(RowRefusal(number, column, cell_text(cell), fault.code, details))
        for index in self._extra_cells(number, cells):
            text = cell_text(cells[index]) if index < len(cells) else ""
            self._refusals.append(RowRefusal(number, cell_address(number, index), text, "extra_cells"))
        decision, day, start, end, worker, scope, status, _ = parsed
        if isinstance(day, date) and isinstance(start, ClockTime) and isinstance(end, ClockTime):
            times = _resolve_times(day, start, end)
            if isinstance(times, _TimesFault):
                text = cell_text(picked[COLUMNS.index(times.column)])
                self._refusals.append(
                    RowRefusal(number, times.column, text, times.fault.code, times.fault.details)
                )
        readable = (
            None if isinstance(part, Fault) else part for part in (decision, day, worker, scope, status)
        )
        self._faulty.append(FaultyRow(number, *readable))

    def _extra_cells(self, number: int, cells: Sequence[Cell]) -> list[int]:
        """Indices of cells with content, or a formula, that stand under no name of the header."""
        width, nameless = self._columns.width, self._columns.nameless
        outside = {*nameless, *range(width, len(cells))}
        filled = {index for index in outside if index < len(cells) and cell_text(cells[index]).strip()}
        if number in self._computed_rows:
            filled |= {
                index
                for row, index in self._table.formulas
                if row == number and (index in outside or index >= width)
            }
        return sorted(filled)

    def _refuse_duplicates(self) -> None:
        if len(set(map(_IDENTITY, self._rows))) == len(self._rows):
            return
        refusals = refuse_equal_rows((row.row_number, describe(row), _IDENTITY(row)) for row in self._rows)
        repeated = {refusal.row_number for refusal in refusals}
        self._refusals += refusals
        self._faulty += [
            FaultyRow(row.row_number, row.decision_number, row.date, row.worker, row.activities, row.status)
            for row in self._rows
            if row.row_number in repeated
        ]
        self._rows = [row for row in self._rows if row.row_number not in repeated]


# A month of visits names some thousand instants, over and over.
_instant = lru_cache(maxsize=20_000)(resolve_wall_time)


def _resolve_times(day: date, start: ClockTime, end: ClockTime) -> _Times | _TimesFault:
    """The instants of a visit: an end before the start is on the next day, a doubled hour is the first."""
    if start.at == end.at:
        return _TimesFault("end", Fault("equal_times"))
    ends_next_day = end.at < start.at
    last_day = day + _ONE_DAY if ends_next_day else day
    for column, clock, on in (("start", start, day), ("end", end, last_day)):
        if clock.day is not None and clock.day != on:
            return _TimesFault(column, Fault("time_on_another_day"))
    column, shown = "start", (day, start.at)
    try:
        starts_at = _instant(day, start.at)
        column, shown = "end", (last_day, end.at)
        ends_at = _instant(last_day, end.at)
    except NonexistentTime:
        details = {"day": shown[0].isoformat(), "time": f"{shown[1]:%H:%M}"}
        return _TimesFault(column, Fault("nonexistent_time", details))
    if ends_at - starts_at > _ONE_DAY:
        return _TimesFault("end", Fault("longer_than_a_day"))
    return _Times(ends_next_day, starts_at, ends_at)

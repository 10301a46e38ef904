"""Files of advice: their columns, what a row must hold, every fault of every row; cells are read as in the diary."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import partial
from typing import Any, BinaryIO, ClassVar, NamedTuple

from django.utils.translation import gettext_lazy as _

from kernel.errors import Sentence
from kernel.periods import NonexistentTime, resolve_wall_time
from kernel.polish import fold
from reporting.delivery.files import FileLimits, FileRefusal, RowRefusal, SourceTable
from reporting.delivery.files.cells import (
    ClockTime,
    Fault,
    parse_date,
    parse_name,
    parse_status,
    parse_text,
    parse_time,
)
from reporting.delivery.files.columns import find_columns, score_header
from reporting.delivery.files.reading import read_table
from reporting.delivery.files.reasons import REASONS
from reporting.delivery.files.source import Cell, cell_address, cell_text

REQUIRED_COLUMNS = ("date", "time", "adviser", "type", "minutes", "place")
OPTIONAL_COLUMNS = ("depth", "status", "topic", "person")
COLUMNS = (*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS)
# As files that leave the product write them.
WRITTEN_COLUMNS = (
    "date",
    "time",
    "adviser",
    "type",
    "minutes",
    "place",
    "depth",
    "status",
    "topic",
    "person",
)
# The same columns as Polish files head them; `column_name` has put each into this form.
POLISH_COLUMNS = {
    "data": "date",
    "dzień": "date",
    "godzina": "time",
    "doradca": "adviser",
    "specjalista": "adviser",
    "rodzaj": "type",
    "rodzaj_porady": "type",
    "typ": "type",
    "minuty": "minutes",
    "czas_w_minutach": "minutes",
    "miejsce": "place",
    "zakres": "depth",
    "pogłębienie": "depth",
    "stan": "status",
    "temat": "topic",
    "osoba": "person",
}
IDENTITY_COLUMNS = "date, time, adviser, type, person"
MAX_ADVISER, MAX_TOPIC, MAX_PERSON, MAX_MINUTES = 200, 120, 60, 720

# First the code, then words that people write for it; capital letters, marks and spaces do not matter.
KIND_WORDS: dict[str, tuple[str, ...]] = {
    "legal": ("prawna", "prawne", "porada prawna"),
    "psychological": ("psychologiczna", "psychologiczne", "porada psychologiczna"),
    "family": ("rodzinna", "rodzinne", "porada rodzinna"),
    "other": ("inna", "inne"),
}
PLACE_WORDS: dict[str, tuple[str, ...]] = {
    "office": ("ośrodek", "biuro", "w ośrodku", "siedziba"),
    "mobile": ("mobilnie", "punkt mobilny", "mobilny"),
    "home": ("dom", "w domu", "u osoby"),
    "remote": ("zdalnie", "telefon", "telefonicznie", "wideo"),
}
DEPTH_WORDS: dict[str, tuple[str, ...]] = {
    "general": ("ogólna", "podstawowa"),
    "in_depth": ("pogłębiona", "pogłębiony"),
}

_PESEL = re.compile(r"[0-9]{11}")
_MINUTES = re.compile(r"[0-9]{1,4}")

ADVICE_REASONS = {
    "empty_file": _("The file is empty. Save the advice with a header and its rows, and choose it again."),
    "too_large": _(
        "The file has {size} MB and at most {limit} MB can be read. Split it by month and import the parts."
    ),
    "too_many_rows": _(
        "The file has {count} rows below the header and at most {limit} can be read. Split it by month and "
        "import the parts."
    ),
    "unpacks_too_large": _(
        "Unpacked, the file is larger than {limit} MB. Keep only the sheet with the advice, or split it by month and "
        "import the parts."
    ),
    "too_wide": _(
        "Cell {address} lies far to the right of the advice. Delete everything beside its columns and save the file "
        "again."
    ),
    "not_a_table": _(
        "The file is not a table. Save the advice as “CSV UTF-8”, XLSX or ODS in your spreadsheet and choose that "
        "file."
    ),
    "no_sheet": _(
        "The first sheet of the file is not a table of cells. Move the sheet with the advice to the first place and "
        "save again."
    ),
    "nul_bytes": _(
        "Row {row} contains characters that no text has (NUL), so the file is damaged or is not a table. Save the "
        "advice again as “CSV UTF-8” or XLSX."
    ),
    "date_with_time": _(
        "“{value}” is a date with a time. Leave only the date here; the time goes to column time (godzina)."
    ),
    "unknown_column": _(
        "The header names column “{value}”, which files of advice do not have. Delete or rename it; the "
        "columns are: {known}."
    ),
    "no_such_time": _("“{value}” is not a time of the day. Write a time from 00:00 to 23:59."),
    "unknown_status": _(
        "“{value}” is not a status. Write done, no_show or cancelled, in Polish odbyta, nieobecność or "
        "odwołana, or leave the cell empty, which means done."
    ),
    "unknown_type": _(
        "“{value}” is not a type of advice. Write legal, psychological, family or other, in Polish prawna, "
        "psychologiczna, rodzinna or inna."
    ),
    "unknown_place": _(
        "“{value}” is not a place of advice. Write office, mobile, home or remote, in Polish ośrodek, punkt "
        "mobilny, dom or zdalnie."
    ),
    "unknown_depth": _(
        "“{value}” is not a depth of advice. Write general or in_depth, in Polish ogólna or pogłębiona, or "
        "leave the cell empty, which means general."
    ),
    "minutes_number": _("“{value}” is not a whole number of minutes from 1 to 720. Write for example 60."),
    "pesel_as_person": _(
        "Column “{column}” holds eleven digits, like a PESEL. Write the person's code or an alias, or leave "
        "the cell empty."
    ),
    "duplicated_row": _(
        "The same advice (date, time, adviser, type and person) is in rows {rows}. Keep one of them."
    ),
    "unknown_adviser": _(
        "There is no adviser “{value}” here. Write the code of a worker, or “Surname Given name”."
    ),
    "ambiguous_adviser": _("Several advisers are called “{value}”. Write the code instead: {codes}."),
    "adviser_gone": _(
        "The last day of work of “{value}” was {day}, and the advice is later. Correct the date or the adviser."
    ),
    "not_of_contract": _(
        "“{value}” does not work for the organisation of contract {contract}. Correct the adviser, or choose "
        "another contract."
    ),
    "outside_contract": _(
        "Contract {contract} holds from {first} to {last}. Correct the date, or choose another contract."
    ),
    "too_early": _(
        "“{value}” is longer ago than advice is entered here (from {first}). Correct the date; the unit settles the "
        "limit among its terms of advice."
    ),
    "too_far": _("“{value}” lies further ahead than advice is booked here (until {last}). Correct the date."),
    "too_long": _(
        "A session lasts {limit} minutes at most, and here are {value}. Correct the minutes, or write several sessions."
    ),
    "not_begun": _(
        "The advice of {when} lies in the future, and only what has begun can be held or missed. Correct the "
        "date or the time."
    ),
    "first_at_home_alone": _(
        "It is the first visit at this person's home, and nothing says who went along with the adviser. Find out "
        "whether the adviser went alone."
    ),
    "still_planned": _(
        "This appointment is booked here and still open. Fill in its card on its page instead of the file."
    ),
}


class AdviceRefusal(RowRefusal):
    """One thing wrong in a file of advice."""

    __slots__ = ()
    sentences: ClassVar[Mapping[str, Sentence]] = {**REASONS, **ADVICE_REASONS}


def in_words_of_advice(refusals: Sequence[RowRefusal]) -> list[AdviceRefusal]:
    """What reading a table found, said of advice."""
    return [AdviceRefusal.from_record(refusal.as_record()) for refusal in refusals]


class AdviceRow(NamedTuple):
    """A row understood in full; `starts_at` in UTC; `topic` and `person` are texts that may be empty."""

    row_number: int
    date: date
    time: time
    starts_at: datetime
    adviser: str
    kind: str
    minutes: int
    place: str
    depth: str
    status: str
    topic: str
    person: str


class AdviceParts(NamedTuple):
    """What could be understood of a row that has a fault, so that its other faults are told too; None: not known."""

    row_number: int
    date: date | None
    starts_at: datetime | None
    adviser: str | None
    minutes: int | None
    status: str | None


@dataclass(frozen=True, slots=True)
class AdviceTable:
    """The rows without a fault, what was understood of the others, and every fault of those, in row order."""

    rows: list[AdviceRow]
    refusals: list[AdviceRefusal]
    table: SourceTable
    faulty: list[AdviceParts] = field(default_factory=list)

    @property
    def persons(self) -> set[str]:
        """What the rows call persons: codes, or aliases."""
        return {row.person for row in self.rows if row.person}


def _plain(text: str) -> str:
    return " ".join(fold(text.casefold()).replace("_", " ").replace("-", " ").split())


def _by_word(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {_plain(word): code for code, said in words.items() for word in (code, *said)}


def _parse_choice(cell: Cell, words: Mapping[str, str], unknown: str, empty: str | None) -> str | Fault:
    text = parse_text(cell, 60)
    if isinstance(text, Fault):
        return text if text.code == "formula" else Fault(unknown)
    if not text:
        return empty if empty is not None else Fault("missing_value")
    return words.get(_plain(text), Fault(unknown))


def _parse_minutes(cell: Cell) -> int | Fault:
    text = cell_text(cell).strip()
    if not text:
        return Fault("missing_value")
    if _MINUTES.fullmatch(text) and 1 <= int(text) <= MAX_MINUTES:
        return int(text)
    return Fault("formula" if text.startswith("=") else "minutes_number")


def _parse_person(cell: Cell) -> str | Fault:
    text = parse_text(cell, MAX_PERSON)
    if isinstance(text, str):
        text = " ".join(text.split())
        if _PESEL.fullmatch(text.replace(" ", "")):
            return Fault("pesel_as_person")
    return text


_PARSERS: tuple[Callable[[Any], Any], ...] = (
    parse_date,
    parse_time,
    partial(parse_name, limit=MAX_ADVISER),
    partial(_parse_choice, words=_by_word(KIND_WORDS), unknown="unknown_type", empty=None),
    _parse_minutes,
    partial(_parse_choice, words=_by_word(PLACE_WORDS), unknown="unknown_place", empty=None),
    partial(_parse_choice, words=_by_word(DEPTH_WORDS), unknown="unknown_depth", empty="general"),
    parse_status,
    partial(parse_text, limit=MAX_TOPIC),
    _parse_person,
)


def read_advice(stream: BinaryIO, limits: FileLimits) -> AdviceTable:
    """Read and check a file as far as that needs no database. Raises FileRefusal where it cannot be read at all."""
    known = {*COLUMNS, *POLISH_COLUMNS}
    return check_advice(read_table(stream, limits, partial(score_header, known=known)))


def table_of_records(records: Sequence[Mapping[str, Cell | None]]) -> SourceTable:
    """Records by name of column, as another system sends them, as the table a file would give; they count from 2."""
    names = sorted({name for record in records for name in record} | set(REQUIRED_COLUMNS))
    rows: list[tuple[int, Sequence[Cell]]] = []
    for number, record in enumerate(records, start=2):
        cells: list[Cell] = []
        for name in names:
            value = record.get(name)
            cells.append("" if value is None else value)
        rows.append((number, cells))
    return SourceTable(names, rows)


def check_advice(table: SourceTable) -> AdviceTable:
    """The rows of a table under its header. Raises FileRefusal, in words of advice, for a header not understood."""
    try:
        columns = find_columns(table, REQUIRED_COLUMNS, OPTIONAL_COLUMNS, POLISH_COLUMNS)
    except FileRefusal as refusal:
        raise FileRefusal(in_words_of_advice(refusal.refusals)) from None
    rows: list[AdviceRow] = []
    refusals: list[AdviceRefusal] = []
    faulty: list[AdviceParts] = []
    for number, cells in table.rows:
        if not any(cell_text(cell).strip() for cell in cells):
            continue
        found = len(refusals)
        texts: list[str] = []
        parsed: list[Any] = []
        for name, index, parse in zip(COLUMNS, columns.indices, _PARSERS, strict=True):
            cell = cells[index] if 0 <= index < len(cells) else ""
            outcome = Fault("formula") if (number, index) in table.formulas else parse(cell)
            texts.append(cell_text(cell))
            parsed.append(outcome)
            if isinstance(outcome, Fault):
                details = dict(outcome.details)
                if outcome.code == "formula":
                    details["address"] = cell_address(number, index)
                refusals.append(AdviceRefusal(number, name, texts[-1], outcome.code, details))
        outside = {*columns.nameless, *range(columns.width, len(cells))}
        refusals += [
            AdviceRefusal(number, cell_address(number, index), cell_text(cells[index]), "extra_cells")
            for index in sorted(outside)
            if index < len(cells) and cell_text(cells[index]).strip()
        ]
        starts_at = _instant(number, parsed, texts, refusals)
        if len(refusals) == found and starts_at is not None:
            day, clock, adviser, *rest = parsed
            rows.append(AdviceRow(number, day, clock.at, starts_at, adviser, *rest))
        else:
            faulty.append(_parts(number, parsed, starts_at))
    return AdviceTable(rows, refusals, table, faulty)


def _parts(number: int, parsed: Sequence[Any], starts_at: datetime | None) -> AdviceParts:
    known = dict(zip(COLUMNS, (None if isinstance(one, Fault) else one for one in parsed), strict=True))
    return AdviceParts(number, known["date"], starts_at, known["adviser"], known["minutes"], known["status"])


def _instant(
    number: int, parsed: Sequence[Any], texts: Sequence[str], refusals: list[AdviceRefusal]
) -> datetime | None:
    """When the row begins; a doubled hour means its first occurrence, a skipped one is refused."""
    day, clock = parsed[:2]
    if not isinstance(day, date) or not isinstance(clock, ClockTime):
        return None
    if clock.day is not None and clock.day != day:
        refusals.append(AdviceRefusal(number, "time", texts[1], "time_on_another_day"))
        return None
    try:
        return resolve_wall_time(day, clock.at)
    except NonexistentTime:
        details = {"day": day.isoformat(), "time": f"{clock.at:%H:%M}"}
        refusals.append(AdviceRefusal(number, "time", texts[1], "nonexistent_time", details))
        return None

"""The TERC register as a file of GUS: parsed whole, or refused with the row and the reason."""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

COLUMNS = ("WOJ", "POW", "GMI", "RODZ", "NAZWA", "NAZWA_DOD", "STAN_NA")
FIRST_CITY_COUNTY = 61
_FAULTS_KEPT = 20
_PART_OF_MIXED_COMMUNE = frozenset("45")
_PART_OF_CITY = frozenset("89")
_COMMUNE = frozenset("123")


class Level(StrEnum):
    """How large a unit is."""

    VOIVODESHIP = "voivodeship"
    COUNTY = "county"
    COMMUNE = "commune"
    PART = "part"


class Fault(StrEnum):
    """Why a row, or the whole file, is refused."""

    ENCODING = "encoding"
    TEXT = "text"
    HEADER = "header"
    EMPTY = "empty"
    COLUMNS = "columns"
    CODE = "code"
    NAME = "name"
    DATE = "date"
    OTHER_DATE = "other_date"
    DUPLICATE = "duplicate"
    ORPHAN = "orphan"


@dataclass(frozen=True)
class Unit:
    """One unit: its code (2, 4 or 7 digits), level, name, kind in Polish and the code of the unit it lies in."""

    code: str
    level: Level
    name: str
    kind: str
    parent: str | None


@dataclass(frozen=True)
class RowFault:
    """What is wrong with a row, counted from 1 with the header; row 0 is the whole file."""

    row: int
    fault: Fault
    value: str


class RefusedFile(ValueError):
    """The file is not a TERC register; `faults` says where and why (at most 20)."""

    def __init__(self, faults: list[RowFault]) -> None:
        super().__init__("; ".join(f"row {fault.row}: {fault.fault} {fault.value!r}" for fault in faults))
        self.faults = faults


def parse(content: bytes) -> tuple[date, list[Unit]]:
    """The date of the register and its units, parents first. Raises RefusedFile."""
    rows = _rows(content)
    faults: list[RowFault] = []
    units: dict[str, tuple[int, Unit]] = {}
    dates: dict[date, int] = {}
    for number, row in rows:
        found = _read_row(number, row)
        if isinstance(found, RowFault):
            faults.append(found)
            continue
        unit, as_of = found
        if unit.code in units:
            faults.append(RowFault(number, Fault.DUPLICATE, unit.code))
        units[unit.code] = (number, unit)
        dates.setdefault(as_of, number)
    faults += [
        RowFault(number, Fault.OTHER_DATE, day.isoformat()) for day, number in list(dates.items())[1:]
    ] + [
        RowFault(number, Fault.ORPHAN, unit.code)
        for number, unit in units.values()
        if unit.parent is not None and unit.parent not in units
    ]
    if faults:
        raise RefusedFile(sorted(faults, key=lambda fault: fault.row)[:_FAULTS_KEPT])
    order = list(Level)
    return next(iter(dates)), sorted(
        (unit for _, unit in units.values()), key=lambda unit: (order.index(unit.level), unit.code)
    )


def _rows(content: bytes) -> list[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RefusedFile([RowFault(0, Fault.ENCODING, f"{error.start}")]) from error
    try:
        rows = [
            (number, [cell.strip() for cell in row])
            for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=";"), start=1)
            if any(cell.strip() for cell in row)
        ]
    except csv.Error as error:
        raise RefusedFile([RowFault(0, Fault.TEXT, str(error))]) from error
    if not rows or tuple(rows[0][1]) != COLUMNS:
        raise RefusedFile([RowFault(1, Fault.HEADER, ";".join(rows[0][1])[:80] if rows else "")])
    if len(rows) == 1:
        raise RefusedFile([RowFault(0, Fault.EMPTY, "")])
    return rows[1:]


def _read_row(number: int, row: list[str]) -> tuple[Unit, date] | RowFault:
    if len(row) != len(COLUMNS):
        return RowFault(number, Fault.COLUMNS, str(len(row)))
    voivodeship, county, commune, kind_digit, name, kind, as_of = row
    code = voivodeship + county + commune + kind_digit
    if not re.fullmatch(r"\d\d(\d\d(\d\d[1234589])?)?", code, re.ASCII) or not _aligned(row):
        return RowFault(number, Fault.CODE, ";".join(row[:4]))
    if not name or not kind or len(name) > 80 or len(kind) > 60:
        return RowFault(number, Fault.NAME, name[:80])
    try:
        day = date.fromisoformat(as_of)
    except ValueError:
        return RowFault(number, Fault.DATE, as_of[:20])
    return Unit(code, _level(code), name, kind, _parent(code)), day


def _aligned(row: list[str]) -> bool:
    lengths = tuple(len(cell) for cell in row[:4])
    return lengths in {(2, 0, 0, 0), (2, 2, 0, 0), (2, 2, 2, 1)}


def _level(code: str) -> Level:
    if len(code) == 2:
        return Level.VOIVODESHIP
    if len(code) == 4:
        return Level.COUNTY
    return Level.COMMUNE if code[6] in _COMMUNE else Level.PART


def _parent(code: str) -> str | None:
    if len(code) == 2:
        return None
    if len(code) == 4:
        return code[:2]
    if code[6] in _PART_OF_MIXED_COMMUNE:
        return code[:6] + "3"
    if code[6] in _PART_OF_CITY:
        return code[:4] + "011"
    return code[:4]


def is_city_county(code: str) -> bool:
    """Whether the code is of a city with county rights, as a county (4 digits) or as the commune that it is too."""
    return len(code) >= 4 and int(code[2:4]) >= FIRST_CITY_COUNTY

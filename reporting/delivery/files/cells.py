"""What a cell of a diary means: a date, a wall-clock time, a text, a list of activity codes, a status."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from kernel.cells import unescape_cell
from kernel.polish import fold
from reporting.delivery.files.source import Cell, cell_text

FIRST_YEAR = 2000
LAST_YEAR = 2099
# What may stand in column status, first the code; marks and case do not matter.
STATUS_WORDS: dict[str, tuple[str, ...]] = {
    "done": ("wykonana", "wykonano", "odbyta", "odbyła się", "zrealizowana", "zrealizowano"),
    "no_show": (
        "nieobecność",
        "nieobecność osoby",
        "nieobecny",
        "nieobecna",
        "osoba nieobecna",
        "nie zastano",
        "nie zastano osoby",
    ),
    "cancelled": ("odwołana", "odwołano", "odwołana przez osobę", "odwołana przez wykonawcę", "anulowana"),
}

_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_POLISH_DATE = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_NUMBER = re.compile(r"[0-9]+([.,][0-9]+)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ACTIVITY = re.compile(r"[^\s,;|/]{1,40}")
_DAY_SECONDS = 24 * 60 * 60
_LEAP_DAY = (2, 29)


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that cannot be understood: a code of `reasons.ROW_REASONS` and what fills its sentence."""

    code: str
    details: Mapping[str, str] = field(default_factory=dict)


class ClockTime(NamedTuple):
    """A wall-clock time; `day` where the spreadsheet's cell carried a date with it."""

    at: time
    day: date | None = None


MISSING = Fault("missing_value")


def parse_date(cell: Cell) -> date | Fault:
    """A date cell, or text written as 2026-10-05 or 05.10.2026."""
    if isinstance(cell, datetime):
        return _within_years(cell.date()) if cell.time() == time.min else Fault("date_with_time")
    if isinstance(cell, date):
        return _within_years(cell)
    text = cell_text(cell).strip()
    if not text:
        return MISSING
    if matched := _ISO_DATE.fullmatch(text):
        return _calendar_day(int(matched[1]), int(matched[2]), int(matched[3]))
    if matched := _POLISH_DATE.fullmatch(text):
        return _calendar_day(int(matched[3]), int(matched[2]), int(matched[1]))
    if text.startswith("="):
        return Fault("formula")
    return Fault("date_as_number" if _NUMBER.fullmatch(text) else "date_format")


def parse_time(cell: Cell) -> ClockTime | Fault:
    """A time cell, a fraction of a day, or text written as 08:00 (8:00 and 08:00:00 are read too)."""
    if isinstance(cell, datetime):
        return _clock_time(_seconds(cell.time()), cell.date())
    if isinstance(cell, time):
        return _clock_time(_seconds(cell))
    if isinstance(cell, timedelta):
        return _clock_time(round(cell.total_seconds()))
    if isinstance(cell, int | float):
        return _clock_time(round(cell * _DAY_SECONDS)) if 0 <= cell < 1 else Fault("time_format")
    text = cell_text(cell).strip()
    if not text:
        return MISSING
    matched = _TIME.fullmatch(text)
    if matched is None:
        return Fault("formula" if text.startswith("=") else "time_format")
    hours, minutes, seconds = int(matched[1]), int(matched[2]), int(matched[3] or 0)
    if minutes > 59 or seconds > 59:
        return Fault("no_such_time")
    return _clock_time(hours * 3600 + minutes * 60 + seconds)


def parse_text(cell: Cell, limit: int) -> str | Fault:
    """Text of one line, spaces joined, letters composed (NFC); at most `limit` characters; may be empty."""
    if not isinstance(cell, str):
        if isinstance(cell, date | time | timedelta):
            return Fault("became_date")
        cell = cell_text(cell)
    text = unescape_cell(cell).strip()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if text.startswith("="):
        return Fault("formula")
    if not text.isprintable() and _CONTROL.search(text):
        return Fault("control_characters")
    if len(text) > limit:
        return Fault("text_too_long", {"length": str(len(text)), "limit": str(limit)})
    return text


def parse_name(cell: Cell, limit: int) -> str | Fault:
    """A text that must be there, its inner spaces (also non-breaking ones) made single."""
    text = parse_text(cell, limit)
    if isinstance(text, Fault):
        return text
    return " ".join(text.split()) or MISSING


def parse_activities(cell: Cell, limit: int) -> tuple[str, ...] | Fault:
    """Activity codes separated by a vertical bar, each once, in the order written; may be none."""
    text = parse_text(cell, limit)
    if isinstance(text, Fault):
        return text
    codes = tuple(dict.fromkeys(code for part in text.split("|") if (code := part.strip())))
    return codes if all(map(_ACTIVITY.fullmatch, codes)) else Fault("activity_form")


def parse_status(cell: Cell) -> str | Fault:
    """A key of STATUS_WORDS, written so or by one of its words; an empty cell means done."""
    text = parse_text(cell, 40)
    if isinstance(text, Fault):
        return text if text.code == "formula" else Fault("unknown_status")
    return _STATUSES.get(_plain(text), Fault("unknown_status")) if text else "done"


def _plain(text: str) -> str:
    """Words without case, marks and underscores, a single space between them."""
    return " ".join(fold(text.casefold()).replace("_", " ").replace("-", " ").split())


_STATUSES = {_plain(word): code for code, words in STATUS_WORDS.items() for word in (code, *words)}


def _within_years(day: date) -> date | Fault:
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return day
    return Fault("date_year", {"first": str(FIRST_YEAR), "last": str(LAST_YEAR)})


def _calendar_day(year: int, month: int, day: int) -> date | Fault:
    try:
        return _within_years(date(year, month, day))
    except ValueError:
        if (month, day) == _LEAP_DAY:
            return Fault("not_leap_year", {"year": str(year)})
        return Fault("no_such_date")


def _clock_time(seconds: int, day: date | None = None) -> ClockTime | Fault:
    if not 0 <= seconds < _DAY_SECONDS:
        return Fault("no_such_time")
    if seconds % 60:
        return Fault("time_with_seconds")
    return ClockTime(time(seconds // 3600, seconds // 60 % 60), day)


def _seconds(at: time) -> int:
    """Seconds since midnight, rounded: spreadsheets keep times as inexact fractions of a day."""
    return round(at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1_000_000)

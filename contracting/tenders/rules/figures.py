"""Reading what people type into an offer's figures, and writing it in the one way that is stored; without Django."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from contracting.tenders.content import MOST_KEPT, MOST_ROWS, SECTIONS, SHORT, Content, Field, Section

_LARGEST = Decimal("9999999999.99")
_CLOCK = re.compile(r"([0-9]{1,7}):([0-5][0-9])")
_POLISH_DAY = re.compile(r"([0-9]{1,2})[ ./-]+([0-9]{1,2})[ ./-]+([0-9]{4})")
_SPACES = re.compile(r"[\s\u00a0\u202f]+")


def read_number(text: Any) -> Decimal | None:
    """A number of at most two places as Polish people type it ("1 234,50"), not negative; None where it is none."""
    plain = _SPACES.sub("", str(text)).removesuffix("zł").replace(",", ".")
    if not re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,2})?", plain):
        return None
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number if number <= _LARGEST else None


def write_number(number: Decimal) -> str:
    """The number with two places and a dot: "1234.50"."""
    return f"{number:.2f}"


def read_minutes(typed: Any) -> int | None:
    """Hours as typed ("7200", "7200:30", "7200,5") or stored minutes (a whole number) as minutes; None otherwise."""
    if isinstance(typed, int) and not isinstance(typed, bool):
        return typed if typed >= 0 else None
    plain = _SPACES.sub("", str(typed)).removesuffix("h")
    if clock := _CLOCK.fullmatch(plain):
        return int(clock[1]) * 60 + int(clock[2])
    hours = read_number(plain)
    minutes = hours * 60 if hours is not None else None
    return int(minutes) if minutes is not None and minutes == int(minutes) and minutes < 2**31 else None


def read_day(text: Any) -> date | None:
    """An ISO day, or None."""
    try:
        return (
            date.fromisoformat(str(text)) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", str(text)) else None
        )
    except ValueError:
        return None


def write_day(text: str) -> str:
    """A day as people type it ("31.1.2027") in the one way that is stored, ISO; anything else as it is."""
    if found := _POLISH_DAY.fullmatch(text):
        day = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}"
        return day if read_day(day) else text
    return text


def _stored(field: Field, given: Any) -> Any:
    if field.kind == "flag":
        return given is True or (isinstance(given, str) and given in {"true", "on", "1"})
    if field.kind == "codes":
        listed = given if isinstance(given, list) else [given] if given else []
        return sorted({str(code)[:60] for code in listed if isinstance(code, str) and code})[:30]
    if field.kind == "minutes":
        minutes = None if given is None or given == "" else read_minutes(given)
        return minutes if minutes is not None else _text(given, field)
    text = _text(given, field)
    if field.kind in {"money", "number"}:
        number = read_number(text) if text else None
        return write_number(number) if number is not None else text
    if field.kind == "day":
        return write_day(text)
    if field.kind == "choice":
        return text if text in field.choices else ""
    return text


def _text(given: Any, field: Field) -> str:
    if not isinstance(given, str | int) or isinstance(given, bool):
        return ""
    text = str(given).replace("\r\n", "\n").replace("\x00", "")
    # What JSON cannot say in UTF-8 is no text of people.
    text = text.encode("utf-8", "ignore").decode("utf-8")
    return text.strip(" \n\t")[: MOST_KEPT if field.longest >= SHORT else field.longest]


def _row(fields: tuple[Field, ...], given: Any) -> dict[str, Any]:
    values = given if isinstance(given, dict) else {}
    return {field.key: _stored(field, values.get(field.key)) for field in fields}


def _rows(fields: tuple[Field, ...], given: Any) -> list[dict[str, Any]]:
    typed = [_row(fields, row) for row in given[:MOST_ROWS]] if isinstance(given, list) else []
    # A row in which only choices and the year stand was added and never written in.
    written = {field.key for field in fields if field.kind != "choice" and field.key != "year"}
    return [row for row in typed if any(row[key] for key in written)]


def stored_section(section: Section, given: Any) -> Any:
    """What somebody gave for a section in the shape that is stored: known keys only, rows without empty ones."""
    if "" in section.rows:
        return _rows(section.rows[""], given)
    values = given if isinstance(given, dict) else {}
    kept = _row(section.fields, values)
    for name, fields in section.rows.items():
        kept[name] = _rows(fields, values.get(name))
    return kept


def section_of(content: Content, key: str) -> Any:
    """A section of a content in the shape of `stored_section`."""
    if key == "other":
        return {"text": content.get("other", "")}
    section = SECTIONS[key]
    found = content.get(key)
    if "" in section.rows:
        return list(found or [])
    values = found or {}
    kept = {
        field.key: values.get(field.key, False if field.kind == "flag" else "") for field in section.fields
    }
    return {**kept, **{name: list(values.get(name) or []) for name in section.rows}}


def with_section(content: Content, key: str, value: Any) -> Content:
    """The content with a section replaced. Derived figures are not touched: see rules.budget."""
    if key == "other":
        return {**content, "other": value["text"]}
    if key == "declarations":
        return {**content, key: {name: True for name, given in value.items() if given}}
    if isinstance(value, list):
        return {**content, key: value}
    return {**content, key: {**content.get(key, {}), **value}}

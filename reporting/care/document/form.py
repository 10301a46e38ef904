"""The form of an import_care document: JSON with each field once, and what its schema asks for."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import pgettext_lazy
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from reporting.care.contacts import phone_number
from reporting.care.document.faults import EXPECTED, SHOWN_CHARACTERS, DocumentFault, DocumentRefusal

SCHEMA_PATH = Path(__file__).resolve().parent.parent / "schemas" / "import_care.json"
FIRST_YEAR = 1900
LAST_YEAR = 2999

Location = tuple[str | int, ...]

_FORMATS = {
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "wall-time": re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]"),
    "price": re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?"),
    "krs": re.compile(r"[0-9]{10}"),
    "pesel": re.compile(r"[0-9]{11}"),
    "code": re.compile(r"[^\s|;,]{1,40}"),
}
_FORMAT_CODES = {name: f"{name.removeprefix('wall-')}_form" for name in (*_FORMATS, "phone")}
_CODES = {
    "minLength": "too_short",
    "minimum": "too_small",
    "maximum": "too_great",
    "uniqueItems": "repeated_item",
}
_MOST_DIGITS = 30
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_PLAIN_KEY = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


class _RepeatedFieldError(ValueError):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def path_of(location: Sequence[str | int]) -> str:
    """The place in the document as JSONPath writes it: $.decisions[3].amount."""
    parts = []
    for step in location:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        else:
            name = step[:SHOWN_CHARACTERS]
            parts.append(f".{name}" if _PLAIN_KEY.fullmatch(name) else f"[{json.dumps(name)}]")
    return "$" + "".join(parts)


def shown(value: object) -> str:
    """The value as JSON, short enough for a sentence; lists and objects by their brackets alone."""
    if isinstance(value, Mapping):
        return "{…}" if value else "{}"
    if isinstance(value, list):
        return "[…]" if value else "[]"
    return printable(json.dumps(value, ensure_ascii=False))


def printable(text: str) -> str:
    """The text short enough for a sentence and without half characters, which JSON can name and no file can hold."""
    whole = text.encode("utf-8", "replace").decode()
    return whole if len(whole) <= SHOWN_CHARACTERS else whole[: SHOWN_CHARACTERS - 1] + "…"


def parse_json(content: bytes) -> Any:
    """The JSON of a file, its texts trimmed and composed (NFC). Raises DocumentRefusal where it is none."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _file_refusal("not_utf8", line=content.count(b"\n", 0, error.start) + 1) from None
    try:
        return _normalised(json.loads(text, object_pairs_hook=_fields_once, parse_int=_parse_integer))
    except json.JSONDecodeError as error:
        raise _file_refusal("not_json", line=error.lineno, column=error.colno) from None
    except _RepeatedFieldError as error:
        raise DocumentRefusal([DocumentFault("$", printable(error.name), "repeated_field")]) from None
    except RecursionError:
        raise _file_refusal("too_deep") from None


def check_form(document: Any) -> Iterator[tuple[Location, DocumentFault]]:
    """Every departure from the schema, with its place."""
    seen: set[tuple[Location, str]] = set()
    for error in _validator().iter_errors(document):
        location = tuple(error.absolute_path)
        # Required and unknown fields come one error each, or one for several; both are told once per object.
        if (location, error.validator) in seen:
            continue
        seen.add((location, str(error.validator)))
        for fault in _faults_of(error, location):
            yield location, fault
    for location, text in _texts(document, ()):
        if _CONTROL.search(text):
            yield location, DocumentFault(path_of(location), shown(text), "control_characters")


@cache
def load_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of import_care."""
    schema: dict[str, Any] = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    return schema


@cache
def _validator() -> Draft202012Validator:
    checker = FormatChecker(formats=())
    for name, pattern in _FORMATS.items():
        checker.checks(name)(_matcher(pattern))
    checker.checks("date")(lambda value: not isinstance(value, str) or _date_fault(value) is None)
    checker.checks("phone")(lambda value: not isinstance(value, str) or phone_number(value) is not None)
    return Draft202012Validator(load_schema(), format_checker=checker)


def _matcher(pattern: re.Pattern[str]) -> Any:
    return lambda value: not isinstance(value, str) or pattern.fullmatch(value) is not None


def _date_fault(text: str) -> tuple[str, dict[str, Any]] | None:
    if not _FORMATS["date"].fullmatch(text):
        return "date_form", {}
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return "date_form", {}
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return None
    return "date_year", {"first": FIRST_YEAR, "last": LAST_YEAR}


def _faults_of(error: ValidationError, location: Location) -> Iterator[DocumentFault]:
    keyword = str(error.validator)
    rule: Any = error.validator_value
    value: Any = error.instance
    schema: Mapping[str, Any] = error.schema if isinstance(error.schema, Mapping) else {}
    path = path_of(location)
    if keyword == "required":
        for name in rule:
            if name not in value:
                yield DocumentFault(path_of((*location, name)), "", "missing_field", {"name": name})
    elif keyword == "additionalProperties":
        known = ", ".join(schema["properties"])
        for name in value:
            if name not in schema["properties"]:
                details = {"name": printable(name), "known": known}
                yield DocumentFault(path_of((*location, name)), shown(value[name]), "unknown_field", details)
    elif keyword == "format" and rule == "date":
        code, limits = _date_fault(value) or ("date_form", {})
        yield DocumentFault(path, shown(value), code, limits)
    elif keyword != "pattern" or "format" not in schema:
        code, details = _reason_of(keyword, rule, value)
        yield DocumentFault(path, shown(value), code, details)


def _reason_of(keyword: str, rule: Any, value: Any) -> tuple[str, dict[str, Any]]:
    if keyword == "type":
        names = [rule] if isinstance(rule, str) else rule
        expected = EXPECTED[names[0]]
        for name in names[1:]:
            expected = format_lazy(
                pgettext_lazy("expected", "{first} or {second}"), first=expected, second=EXPECTED[name]
            )
        return "wrong_type", {"expected": expected}
    if keyword == "format":
        return _FORMAT_CODES[rule], {}
    if keyword == "enum":
        return "not_allowed", {"known": ", ".join(rule)}
    if keyword == "maxLength":
        return "too_long", {"length": len(value), "limit": rule}
    return _CODES.get(keyword, "wrong_form"), {"limit": rule}


def _texts(value: Any, location: Location) -> Iterator[tuple[Location, str]]:
    if isinstance(value, str):
        yield location, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, (*location, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*location, index))


def _normalised(value: Any) -> Any:
    if isinstance(value, str):
        text = value.strip()
        return text if text.isascii() else unicodedata.normalize("NFC", text)
    if isinstance(value, dict):
        return {name: _normalised(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_normalised(inner) for inner in value]
    return value


def _fields_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _value in pairs]
        raise _RepeatedFieldError(next(name for name in names if names.count(name) > 1))
    return fields


def _parse_integer(digits: str) -> int | float:
    # Python refuses to read numbers of thousands of digits; as a float they are merely too great.
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


def _file_refusal(code: str, **details: int) -> DocumentRefusal:
    return DocumentRefusal([DocumentFault("$", "", code, details)])

"""Values as an export shows them: text of CSV that anybody reads, personal data in plain."""

import base64
import json
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from cryptography.fernet import InvalidToken
from django.db import models

from kernel.crypto import decrypt
from tenants.hooks import closed_column

if TYPE_CHECKING:
    Column = models.Field[Any, Any]
else:
    Column = models.Field

# A value of which the tenant's key makes no text is told as it is stored.
_NOT_TEXT = "base64:"


def row_of(values: Iterable[str | None]) -> str:
    """A line of CSV: nothing for NULL, quotes for an empty text, as PostgreSQL writes it."""
    return ",".join("" if value is None else _quoted(value) for value in values) + "\n"


def lines_of(rows: Iterable[Iterable[str]]) -> bytes:
    """Rows as CSV in UTF-8."""
    return "".join(row_of(row) for row in rows).encode("utf-8")


def _quoted(value: str) -> str:
    if value and not any(sign in value for sign in ',"\n\r'):
        return value
    return '"' + value.replace('"', '""') + '"'


def shower_of(field: Column) -> Callable[[Any], str | None]:
    """How values of a field are written. Instants in UTC, ISO 8601; truth as true and false; lists as JSON."""
    table = field.model._meta.db_table
    if closed_column(table, str(field.column)):
        return lambda value: None
    if isinstance(field, models.BinaryField):
        return lambda value: None if value is None else _opened(bytes(value))
    return _text


def _opened(token: bytes) -> str:
    try:
        return decrypt(token)
    except (InvalidToken, UnicodeDecodeError):
        return _NOT_TEXT + base64.b64encode(token).decode("ascii")


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)

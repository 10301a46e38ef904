"""Personal data planted wherever a program could pick them up; kept apart, so that no reported line of code holds them."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, encode_multipart

from kernel.logs import make_formatter

PESEL = "44051401458"
# Of somebody whose row is stored; the other is free to be entered.
STORED_PESEL = "44051401359"
NAME = "Zdzisława Brzęczyszczykiewicz"
EMAIL = "zdzislawa.b@przyklad.test"
NOTE = "mieszka sama i boi się syna"
# Borne by a person who is looked after and by nobody who works here.
SURNAME_OF_PERSON = "Dzięgielewska-Żmuda"
ALL = {
    "PESEL": PESEL,
    "stored PESEL": STORED_PESEL,
    "name": NAME,
    "surname": NAME.split()[1],
    "surname of a person": SURNAME_OF_PERSON,
    "e-mail": EMAIL,
    "note": NOTE,
}


def sentence() -> str:
    """All of them in one text, as a database or a parser would quote a row."""
    return f"row ({PESEL}, {STORED_PESEL}, {NAME}, {SURNAME_OF_PERSON}, {EMAIL}, {NOTE}) is refused"


def found_in(text: str) -> list[str]:
    """Which planted values the text holds, in any of the ways they are written in JSON and addresses."""
    from urllib.parse import quote, quote_plus

    ways = {
        kind: {v, v.encode("unicode_escape").decode(), quote(v), quote_plus(v)} for kind, v in ALL.items()
    }
    return [kind for kind, spelled in ways.items() if any(way.lower() in text.lower() for way in spelled)]


HEADERS = {
    "referer": f"https://x.test/?q={PESEL}",
    "user-agent": PESEL,
    "x-note": EMAIL,
    "x-request-id": PESEL,
    "x-forwarded-for": EMAIL,
    "if-none-match": EMAIL,
    "idempotency-key": PESEL,
}
QUERY = {"q": NAME, "text": NOTE, "pesel": PESEL, "email": EMAIL}
# Names that serializers and queries read without any page showing them in a form.
FIELDS = (
    "name", "full_name", "surname", "given_name", "pesel", "note", "reason", "email", "login", "password", "phone",
    "q", "text", "number", "code", "subject", "month", "state", "body", "title", "value", "base", "address",
    "decision", "worker", "person",
)  # fmt: skip


def _row(fields: Iterable[str]) -> dict[str, Any]:
    values = tuple(ALL.values())
    return {
        field: values[place % len(values)]
        for place, field in enumerate(sorted({*fields, *FIELDS} - {"file"}))
    }


def form(fields: Iterable[str] = ()) -> dict[str, Any]:
    """A form as bytes (`data`, `content_type`): each field with one of the values, and a file with them in name and text."""
    file = SimpleUploadedFile(f"{NAME} {PESEL}.csv", sentence().encode(), content_type="text/csv")
    return {
        "data": encode_multipart(BOUNDARY, {**_row(fields), "file": file}),
        # Django's client encodes again what bears its own constant.
        "content_type": f"multipart/form-data; boundary={BOUNDARY}",
    }


def program(fields: Iterable[str] = ()) -> dict[str, Any]:
    """The same as a program would send it, in lists and objects too."""
    row = _row(fields)
    return {"data": {**row, "rows": [row], "visits": [row], "base": row}, "content_type": "application/json"}


class Lines(logging.Handler):
    """Every line of the log as it would leave the product."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(make_formatter())
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(self.format(record))

    @contextmanager
    def heard_alone(self) -> Iterator[list[str]]:
        """What is logged comes here and to nobody else: pytest would keep and format each line once more."""
        with mock.patch.object(logging.Logger, "callHandlers", lambda _logger, record: self.handle(record)):
            yield self.told

"""Log lines are JSON with ids and places in the code; what people entered is in none of them."""

import io
import json
import logging
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.core.exceptions import SuspiciousOperation
from django.test import Client

from kernel import logs
from tests.config import failing, planted

FAILURE = "Task %(name)s[%(id)s] %(description)s: %(exc)s\n%(traceback)s"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything that the root logger's handler writes, through the formatter of the settings."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.make_formatter())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(before)


def events(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


@pytest.mark.urls("tests.config.failing")
def test_a_failing_request_logs_no_personal_data(lines: io.StringIO, alfa: Any, sign_in: Any) -> None:
    client: Client = sign_in("director", alfa)
    client.raise_request_exception = False
    client.post(
        "/alfa/fail/",
        {"pesel": planted.PESEL, "note": planted.NOTE, "name": planted.NAME},
        query_params={"q": planted.NAME, "email": planted.EMAIL},
        headers={
            "Referer": f"https://x/?{planted.PESEL}",
            "User-Agent": planted.NOTE,
            "X-Note": planted.EMAIL,
        },
    )
    assert planted.found_in(lines.getvalue()) == []
    assert client.user.email not in lines.getvalue()  # type: ignore[attr-defined]
    failed = next(event for event in events(lines) if event["event"] == "request_failed")
    assert failed["error"] == ["builtins.ValueError", "builtins.KeyError"]
    assert failed["where"][-1].endswith(" fail_deep")
    assert failed["request"] == "POST /alfa/fail/"
    assert (failed["tenant"], failed["user_id"]) == (alfa.schema_name, str(client.user.pk))  # type: ignore[attr-defined]
    assert failed["request_id"]
    foreign = [event["event"] for event in events(lines) if event.get("logger") == "other.package"]
    assert foreign == ["cannot read … of '…'", "ValueError"]


def test_a_failing_task_logs_no_personal_data(lines: io.StringIO) -> None:
    failing.failing_task.apply(args=["some-id"], kwargs={"note": planted.NOTE})
    assert planted.found_in(lines.getvalue()) == []
    assert any("tests.failing_task" in event["event"] for event in events(lines))


def test_a_task_is_still_named_when_it_fails(lines: io.StringIO) -> None:
    words = {"id": "4f", "name": "care.x", "description": "raised unexpected", "exc": planted.sentence()}
    logging.getLogger("celery.app.trace").error(FAILURE, {**words, "traceback": planted.sentence()})
    assert events(lines)[-1]["event"] == "Task care.x[4f] raised unexpected: …\n…"


def test_the_text_of_an_exception_used_as_message_is_replaced(lines: io.StringIO) -> None:
    # As Django does with SuspiciousOperation.
    try:
        raise SuspiciousOperation(planted.sentence())
    except SuspiciousOperation as error:
        logging.getLogger("django.security").error(str(error), exc_info=True)
    assert planted.found_in(lines.getvalue()) == []
    assert events(lines)[-1]["event"] == "SuspiciousOperation"


@pytest.mark.parametrize(
    ("text", "values", "told"),
    [
        ("Booting worker with pid: %s", (17,), "Booting worker with pid: 17"),
        ("%d rows of %s", (3, planted.NAME), "3 rows of …"),
        ("100% of it", (), "100% of it"),
        ("%s", (uuid.UUID(int=1),), "00000000-0000-0000-0000-000000000001"),
        (f"mail {planted.EMAIL}, {planted.PESEL}", (), "mail …, …"),
    ],
)
def test_lines_of_other_packages_keep_their_words(
    lines: io.StringIO, text: str, values: Any, told: str
) -> None:
    logging.getLogger("other").warning(text, *values)
    assert events(lines)[-1]["event"] == told


def test_servers_tell_of_their_own_life(lines: io.StringIO) -> None:
    logging.getLogger("gunicorn.error").propagate = True
    logging.getLogger("gunicorn.error").info("Listening at: %s (%s)", "http://127.0.0.1:8000", 9)
    logging.getLogger("gunicorn.error").warning("Invalid request from ip=%s: %s", "10.1.2.3", planted.NOTE)
    assert [event["event"] for event in events(lines)] == [
        "Listening at: http://127.0.0.1:8000 (9)",
        "Invalid request from ip=…: …",
    ]


def test_our_own_fields_are_scrubbed_however_deep(lines: io.StringIO) -> None:
    structlog.get_logger("ours").warning(
        "x", rows=[{"surname": planted.NAME, "id": 4}], error=ValueError(planted.NOTE), text=planted.EMAIL
    )
    event = events(lines)[-1]
    assert (event["rows"], event["error"], event["text"]) == ([{"id": 4}], "ValueError", "…")


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("GET /alfa/care/?q=Nowak", "GET /alfa/care/"),
        ("GET /invitation/s3cr3t/", "GET /invitation/…/"),
        ("GET /account/password/reset/key/4-secret/", "GET /account/password/reset/key/…/"),
    ],
)
def test_addresses_lose_queries_and_secrets(lines: io.StringIO, address: str, told: str) -> None:
    structlog.get_logger("ours").info("request_started", request=address)
    assert events(lines)[-1]["request"] == told


def test_no_handler_writes_past_our_formatter() -> None:
    from django.conf import settings

    assert settings.LOGGING["formatters"] == {"json": {"()": "kernel.logs.make_formatter"}}
    for name in (
        "django",
        "django.request",
        "django.security",
        "django.server",
        "celery",
        "celery.app.trace",
    ):
        written_by = [h for h in logging.getLogger(name).handlers if not isinstance(h, logging.NullHandler)]
        assert written_by == [], name
        assert logging.getLogger(name).propagate, name

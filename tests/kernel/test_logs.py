"""Logs hold ids, never persons or secrets: neither by field, nor by address, nor by the words of an error."""

import json
import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse

from kernel import logs


def render(**event: Any) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(logs.renderer(None, "info", event))
    return line


@pytest.mark.parametrize(
    "field", ["pesel", "surname", "full_name", "email", "note", "password", "token", "ip"]
)
def test_fields_that_carry_persons_or_secrets_are_dropped(field: str) -> None:
    line = render(event="x", kept="yes", **{field: "Kowalska"})
    assert set(line) == {"event", "kept", "level", "timestamp"}
    assert "Kowalska" not in json.dumps(line)


@pytest.mark.parametrize(
    ("request_", "shown"),
    [
        ("GET /alfa/care/search/?q=Kowalska", "GET /alfa/care/search/"),
        ("GET /invitation/s3cret-token_1/", "GET /invitation/…/"),
        ("GET /barlinek/appointment/ab:1c:De_f-9/", "GET /barlinek/appointment/…/"),
        ("POST /barlinek/survey/s3cret-token_1/", "POST /barlinek/survey/…/"),
        ("GET /barlinek/supervision/surveys/", "GET /barlinek/supervision/surveys/"),
        ("GET /account/password/reset/key/ab-cd3f/", "GET /account/password/reset/key/…/"),
        ("GET /account/confirm-email/MTk:1v/?x=1", "GET /account/confirm-email/…/"),
        ("GET /alfa/people/", "GET /alfa/people/"),
    ],
)
def test_addresses_lose_their_query_and_their_secret(request_: str, shown: str) -> None:
    assert render(event="x", request=request_)["request"] == shown
    assert render(event=f"Not Found: {request_}")["event"] == f"Not Found: {shown}"


@pytest.mark.django_db
def test_an_error_is_told_by_class_and_place_never_by_its_words() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 'Kowalska'::int")
    except DatabaseError as error:
        line = render(event="failed", exc_info=error)
    assert "django.db.utils.DataError" in line["error"]
    assert any("test_logs.py" in place for place in line["where"])
    assert "Kowalska" not in json.dumps(line)


def test_lines_of_other_packages_are_rendered_alike(capsys: pytest.CaptureFixture[str]) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=logs.renderer))
    logger = logging.getLogger("probe")
    logger.addHandler(handler)
    try:
        raise ValueError("Kowalska")
    except ValueError:
        logger.exception("GET /invitation/abc/?q=1")
    finally:
        logger.removeHandler(handler)
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert line["event"] == "GET /invitation/…/"
    assert line["error"] == ["builtins.ValueError"]
    assert "Kowalska" not in json.dumps(line)


@pytest.mark.django_db
def test_a_whole_request_with_a_secret_and_a_name_leaves_neither(capsys: pytest.CaptureFixture[str]) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=logs.renderer))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        Client().get(reverse("invitation:open", args=["s3cret-t0ken"]) + "?name=Kowalska")
        Client().post(reverse("account_login"), {"login": "kowalska@x.pl", "password": "haslo-tajne"})
    finally:
        root.removeHandler(handler)
    told = capsys.readouterr().err
    assert "/invitation/…/" in told
    for secret in ("s3cret-t0ken", "Kowalska", "kowalska@x.pl", "haslo-tajne"):
        assert secret not in told


def test_a_line_says_when_in_utc_and_goes_to_standard_error_alone() -> None:
    """One way out, so that nothing is told where nobody looks after it (docs/running/logs.md)."""
    line = render(event="x")
    moment = datetime.fromisoformat(line["timestamp"])
    assert moment.utcoffset() == timedelta(0)
    handlers = settings.LOGGING["handlers"]
    assert {name: one["class"] for name, one in handlers.items()} == {"console": "logging.StreamHandler"}
    assert {name for one in settings.LOGGING["loggers"].values() for name in one.get("handlers", [])} == set()


def test_a_request_says_who_asked_what_of_which_tenant(
    alfa: Any, sign_in: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(logs.make_formatter())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        client = sign_in("director", alfa)
        client.get("/alfa/care/persons/")
    finally:
        root.removeHandler(handler)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    told = next(line for line in lines if line["event"] == "request_finished")
    assert (told["request"], told["code"]) == ("GET /alfa/care/persons/", 200)
    assert (told["tenant"], told["user_id"]) == (alfa.schema_name, str(client.user.pk))
    assert told["request_id"] and told["level"] == "info"

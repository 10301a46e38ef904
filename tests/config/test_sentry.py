"""Error reports hold where it failed, and nothing that people entered: the real SDK, with its envelopes kept in memory."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client, RequestFactory
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from config.sentry import start_sentry
from kernel.tenancy import tenant_scope
from tests.config import failing, planted

pytestmark = pytest.mark.urls("tests.config.failing")


class Kept(Transport):
    """Keeps what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.envelopes: list[Envelope] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        self.envelopes.append(envelope)

    @property
    def text(self) -> str:
        return "\n".join(e.serialize().decode("utf-8") for e in self.envelopes)

    @property
    def event(self) -> dict[str, Any]:
        (event,) = (json.loads(item.payload.get_bytes()) for e in self.envelopes for item in e.items)
        return dict(event)


@pytest.fixture
def sent() -> Iterator[Kept]:
    transport = Kept()
    start_sentry("https://key@reports.invalid/1", "tests", transport)
    yield transport
    sentry_sdk.init()


def request_failing(client: Client, address: str) -> None:
    """The failing request through the WSGI entry itself, where the SDK gathers method, headers and query."""
    factory = RequestFactory()
    factory.cookies = client.cookies
    factory.cookies["draft"] = f"{planted.PESEL}-{planted.EMAIL}"
    factory.cookies["csrftoken"] = code = "c" * 32
    request = factory.post(
        address,
        {"pesel": planted.PESEL, "note": planted.NOTE, "name": planted.NAME},
        query_params={"q": planted.NAME, "email": planted.EMAIL},
        headers={
            "Referer": f"https://x/?pesel={planted.PESEL}",
            "X-Note": planted.EMAIL,
            "X-CSRFToken": code,
            "User-Agent": planted.PESEL,
        },
    )
    told: list[str] = []
    # As Django's own test client does: the connection of the test's transaction stays open.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    response = get_wsgi_application()(request.environ, lambda status, _headers: told.append(status))
    response.close()
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)
    assert told == ["500 Internal Server Error"]


def test_the_planted_values_would_be_found() -> None:
    # The search itself is tried: in plain text, in escaped JSON and in an address.
    everything = planted.sentence()
    assert set(planted.found_in(everything)) == set(planted.ALL)
    assert set(planted.found_in(json.dumps(everything))) == set(planted.ALL)


def test_a_failing_request_reports_no_personal_data(sent: Kept, alfa: Any, sign_in: Any) -> None:
    client = sign_in("director", alfa)
    request_failing(client, "/alfa/fail/")
    assert planted.found_in(sent.text) == []
    assert client.user.email not in sent.text
    assert "sessionid" not in sent.text
    assert client.session.session_key not in sent.text

    event = sent.event
    assert event["user"] == {"id": str(client.user.pk)}
    assert event["tags"]["tenant"] == alfa.schema_name
    assert len(event["tags"]["request_id"]) == 36
    assert event["environment"] == "tests"
    assert event["request"] == {"method": "POST", "headers": {"Content-Type": "multipart/form-data"}}
    assert "tenant_slug" in event["transaction"]
    cause, error = event["exception"]["values"]
    assert (cause["type"], error["type"]) == ("KeyError", "ValueError")
    assert "value" not in error
    where = [(frame["function"], frame["module"]) for frame in error["stacktrace"]["frames"]]
    assert where[-1] == ("fail_deep", "tests.config.failing")
    assert all("vars" not in frame for frame in error["stacktrace"]["frames"])


def test_an_address_without_a_route_is_not_told(sent: Kept, db: None) -> None:
    with sentry_sdk.new_scope() as scope:
        scope.set_transaction_name(f"/persons/{planted.PESEL}", source="url")
        scope.set_tag("note", planted.NOTE)
        scope.set_user({"id": "1", "email": planted.EMAIL})
        scope.set_extra("row", planted.sentence())
        scope.set_context("row", {"row": planted.sentence()})
        sentry_sdk.add_breadcrumb(message=planted.sentence())
        sentry_sdk.capture_exception(ValueError(planted.sentence()))
    assert planted.found_in(sent.text) == []
    assert "transaction" not in sent.event


def test_texts_without_an_exception_tell_nothing(sent: Kept, db: None) -> None:
    sentry_sdk.capture_message(planted.sentence())
    assert planted.found_in(sent.text) == []


def test_the_sdk_is_told_to_gather_little_in_the_first_place(sent: Kept) -> None:
    client = sentry_sdk.get_client()
    assert not client.should_send_default_pii()
    told = ("include_local_variables", "max_request_body_size", "max_breadcrumbs", "auto_session_tracking")
    assert [client.options[name] for name in told] == [False, "never", 0, False]
    assert set(client.integrations) == {"django", "celery", "excepthook", "atexit", "dedupe"}


def test_traces_are_not_sent(sent: Kept, db: None) -> None:
    with sentry_sdk.start_transaction(op="test", name=planted.sentence(), sampled=True):
        pass
    sentry_sdk.flush()
    assert sent.envelopes == []


def test_a_failing_task_reports_no_personal_data(sent: Kept, alfa: Any) -> None:
    with tenant_scope(alfa):
        failing.failing_task.apply(args=["some-id"], kwargs={"note": planted.NOTE})
    assert planted.found_in(sent.text) == []
    event = sent.event
    assert event["transaction"] == "tests.failing_task"
    assert event["tags"]["tenant"] == alfa.schema_name
    assert len(event["tags"]["task_id"]) == 36
    assert event["exception"]["values"][-1]["type"] == "ValueError"


@pytest.mark.parametrize("dsn", ["", "https://key@reports.invalid/1"])
def test_the_settings_start_it_only_when_an_address_is_given(dsn: str) -> None:
    program = "import django; django.setup(); import sentry_sdk; print(sentry_sdk.is_initialized())"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.ROOT, capture_output=True, text=True, timeout=60, check=True,
        env={
            "PATH": "/usr/bin:/bin", "PYTHONPATH": f"{settings.ROOT}:{settings.ROOT}/platform",
            "DJANGO_SETTINGS_MODULE": "config.settings.local", "SENTRY_DSN": dsn,
        },
    )  # fmt: skip
    assert done.stdout.strip() == str(bool(dsn))


# The last one: an SDK started first by others would hear of failures before our note of who is signed in.
def test_without_our_filter_the_sdk_would_send_them(db: None) -> None:
    transport = Kept()
    sentry_sdk.init(dsn="https://key@reports.invalid/1", transport=transport)
    try:
        request_failing(Client(), "/fail/")
        assert {"PESEL", "note", "e-mail"} <= set(planted.found_in(transport.text))
    finally:
        sentry_sdk.init()

"""Reminders a day before, sent once and telling nothing; links that confirm or cancel without signing in."""

import json
import re
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client as Browser
from django.utils import timezone

from kernel import frequency
from kernel.tenancy import tenant_scope
from reporting.advice import schedule, tasks
from reporting.advice.actions.booking import Client
from reporting.advice.links import answer_path, appointment_of
from reporting.advice.models import Appointment, Reminder
from tenants.roles import Role
from tests.queueing import remember_queued
from tests.reporting.advice.advice_world import AdviceWorld, ahead

pytestmark = pytest.mark.django_db
REACHED = Client(alias="Alias Tajny", mail="tajny@przyklad.test", phone="600100200")


@pytest.fixture(autouse=True)
def _nobody_counted(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Each test is an address of the network of its own."""
    monkeypatch.setattr(frequency, "hashlib", _Named(request.node.name))


class _Named:
    """Stands in for hashlib: an address of the network by the name of the test."""

    def __init__(self, name: str) -> None:
        self._name = name

    def sha256(self, _where: bytes) -> Any:
        import hashlib

        return hashlib.sha256(f"{self._name}{timezone.now():%H%M}".encode())


def _remind(world: AdviceWorld, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Let the clock strike; gives what was handed over."""
    queued = remember_queued(monkeypatch, tasks.send_reminder)
    monkeypatch.setattr(schedule, "hand_over", lambda task, pk: queued.append((str(pk), "")) or True)
    with tenant_scope(world.tenant):
        schedule.remind_of_tomorrow()
        for pk, _schema in queued:
            tasks.send_reminder.run(pk)
    return queued


def test_a_mail_goes_out_once_and_tells_only_when_and_where_to_answer(
    advice: AdviceWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    tomorrow = advice.book(ahead(1), client=REACHED, kind="psychological")
    advice.book(ahead(2), client=REACHED)
    advice.book(ahead(1, 15))
    queued = _remind(advice, monkeypatch)
    assert [len(pk) for pk, _schema in queued] == [36]
    assert _remind(advice, monkeypatch) == []
    [sent] = mail.outbox
    assert sent.to == ["tajny@przyklad.test"]
    with tenant_scope(advice.tenant):
        [token] = re.findall(r"/alfa/appointment/([^/]+)/", sent.body)
        assert appointment_of(token) == tomorrow
    for secret in ("Alias", "Lis", "sychol", "porad", "praw"):
        assert secret not in sent.body.replace("przypom", "") and secret not in sent.subject
    assert "10:00" in sent.subject


def test_what_was_cancelled_is_not_reminded_of_and_a_mail_server_away_is_tried_again(
    advice: AdviceWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = advice.book(ahead(1), client=REACHED), advice.book(ahead(1, 12), client=REACHED)
    with tenant_scope(advice.tenant):
        kept = Reminder.objects.create(appointment=first, channel="mail")
        void = Reminder.objects.create(appointment=second, channel="mail")
        Appointment.objects.filter(pk=second.pk).update(state="cancelled")

        def away(*_given: Any) -> None:
            raise OSError("away")

        with monkeypatch.context() as broken:
            broken.setattr("accounts.mailing.EmailMessage.send", away)
            with pytest.raises(OSError, match="away"):
                tasks.send_reminder.run(str(kept.pk))
        kept.refresh_from_db()
        assert kept.sent_at is None
        for reminder in (kept, void, kept):
            tasks.send_reminder.run(str(reminder.pk))
    assert len(mail.outbox) == 1


def test_short_messages_go_to_the_folder_and_to_a_server(
    advice: AdviceWorld, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    only_phone = Client(alias="Alias Tajny", phone="600100200")
    advice.book(ahead(1), client=only_phone)
    assert _remind(advice, monkeypatch) == []
    settings.SMS_GATEWAY, settings.SMS_FOLDER = "folder", tmp_path
    _remind(advice, monkeypatch)
    [written] = tmp_path.iterdir()
    number, text = written.read_text("utf-8").splitlines()
    assert number == "600100200" and "Tajny" not in text and "/alfa/appointment/" in text

    got: list[tuple[str, dict[str, str]]] = []
    server = HTTPServer(("127.0.0.1", 0), _gateway(got, 200))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        settings.SMS_GATEWAY, settings.SMS_SENDER, settings.SMS_GATEWAY_TOKEN = "http", "OPS", "klucz"
        settings.SMS_GATEWAY_URL = f"http://127.0.0.1:{server.server_port}/sms"
        advice.book(ahead(1, 12), client=only_phone)
        _remind(advice, monkeypatch)
        [(authorised, body)] = got
        assert authorised == "Bearer klucz"
        assert (body["to"], body["from"]) == ("600100200", "OPS")
        server.RequestHandlerClass = _gateway(got, 500)
        advice.book(ahead(1, 14), client=only_phone)
        with pytest.raises(OSError):
            _remind(advice, monkeypatch)
        settings.SMS_GATEWAY_URL = "http://bramka.przyklad.test/sms"
        with pytest.raises(OSError, match="https"):
            _remind(advice, monkeypatch)
        with tenant_scope(advice.tenant):
            assert Reminder.objects.filter(sent_at__isnull=True).count() == 1
    finally:
        server.shutdown()
        server.server_close()


def _gateway(got: list[tuple[str, dict[str, str]]], status: int) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.headers["Authorization"], json.loads(body)))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_given: Any) -> None:
            pass

    return Handler


def _link(world: AdviceWorld, appointment: Any) -> str:
    with tenant_scope(world.tenant):
        return answer_path(world.now(appointment))


def test_the_link_confirms_then_cancels_and_frees_the_time(advice: AdviceWorld) -> None:
    appointment = advice.book(ahead(3), client=REACHED, kind="psychological")
    slot, request = advice.slot(ahead(3), kind="psychological"), advice.waiting(8, kind="psychological")
    browser, path = Browser(enforce_csrf_checks=True), _link(advice, appointment)
    page = browser.get(path)
    assert page.headers["Referrer-Policy"] == "strict-origin" and "no-store" in page.headers["Cache-Control"]
    assert advice.now(appointment).state == "planned", "opening a link answers nothing"
    assert browser.post(path, {"answer": "confirm"}).status_code == 403
    token = browser.cookies["csrftoken"].value
    for answer, state in (("dance", "planned"), ("confirm", "confirmed"), ("confirm", "confirmed")):
        told = browser.post(path, {"answer": answer, "csrfmiddlewaretoken": token}, follow=True)
        assert (told.status_code, told.redirect_chain) == (200, [(path, 302)])
        assert advice.now(appointment).state == state
    gone = browser.post(path, {"answer": "cancel", "csrfmiddlewaretoken": token}, follow=True)
    assert "Spotkanie jest odwołane" in gone.content.decode()
    cancelled = advice.now(appointment)
    assert (cancelled.state, cancelled.cancelled_by) == ("cancelled", "person")
    assert advice.now(request).offered_slot_id == slot.pk
    browser.post(path, {"answer": "confirm", "csrfmiddlewaretoken": token})
    assert advice.now(appointment).state == "cancelled"


def test_a_link_ends_with_its_appointment_its_key_and_its_time(
    advice: AdviceWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = advice.past(client=REACHED)
    browser, path = Browser(), _link(advice, past)
    assert browser.get(path).status_code == 410
    assert browser.post(path, {"answer": "cancel"}).status_code == 410
    assert advice.now(past).state == "planned"
    appointment = advice.book(ahead(5), client=REACHED)
    path = _link(advice, appointment)
    monkeypatch.setattr("reporting.advice.links.LONGEST", timedelta(seconds=-1))
    assert browser.get(path).status_code == 404
    monkeypatch.undo()
    with tenant_scope(advice.tenant):
        Appointment.objects.filter(pk=appointment.pk).update(link_key="inny")
    assert browser.get(path).status_code == 404


def test_too_many_attempts_are_put_off_and_without_a_cache_nobody_is(
    advice: AdviceWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _link(advice, advice.book(ahead(6)))
    monkeypatch.setattr(frequency, "PER_MINUTE", 2)
    assert [Browser().get(path).status_code for _ in range(3)] == [200, 200, 429]

    def away(*_given: Any) -> None:
        raise frequency.RedisError("away")

    monkeypatch.setattr(cache, "add", away)
    assert Browser().get(path).status_code == 200
    assert advice.client(Role.DIRECTOR).get(path).status_code == 200

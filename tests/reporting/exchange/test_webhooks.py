"""Webhooks: whom they may call, what they say, how they are signed, retried, switched off; against a real receiver."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from audit.models import Entry
from contracting.commissioning.waiting import told_by_apps
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.tenancy import public_scope, tenant_scope
from reporting.care.actions import suspend_decision
from reporting.compliance.actions import reopen_month, return_month, submit_month
from reporting.exchange import schedule, tasks
from reporting.exchange.actions import end_webhook, send_again, subscribe_webhook, switch_webhook_on
from reporting.exchange.models import Delivery, Event, Webhook
from reporting.exchange.outbox import connecting, serving
from reporting.exchange.outbox.connecting import NotDelivered, call, is_callable, may_be_called
from reporting.exchange.outbox.serving import RETRIES, serve
from reporting.exchange.rules import sign
from tenants.access import access_to_tenant
from tenants.models import Partnership, Tenant
from tests.reporting.delivery.diary_world import OCTOBER, DiaryWorld, build_diary
from tests.reporting.exchange.calling import MANAGER
from tests.reporting.exchange.receiving import Receiver, hanging, receiver

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Tenant, settings: Any) -> DiaryWorld:
    settings.EXCHANGE_WEBHOOK_LOOPBACK = True
    return build_diary(alfa)


@pytest.fixture
def inbox(world: DiaryWorld) -> Iterator[Receiver]:
    with receiver() as kept, tenant_scope(world.tenant):
        yield kept


def _subscribe(world: DiaryWorld, url: str, *events: str) -> tuple[Webhook, str]:
    return subscribe_webhook(
        new_id(), world.organisation.pk, url=url, events=events or Event.values, actor=MANAGER
    )


def _rested(webhook: Webhook) -> None:
    """Time passes: the rest after a failure is over, what waits is due."""
    Webhook.objects.filter(pk=webhook.pk).update(paused_until=None)
    Delivery.objects.filter(state="waiting").update(next_at=timezone.now())


# Whom it is safe to call.


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
        "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b:1::1", "2001:0:53aa:64c:0:0:0:1", "198.18.0.1", "192.0.2.1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_never_called(address: str) -> None:
    assert not may_be_called(ip_address(address))
    host = f"[{address}]" if ":" in address else address
    assert not is_callable(f"https://{host}/siedem")


@pytest.mark.parametrize(
    "url",
    [
        "http://kadry.example.com/", "ftp://kadry.example.com/", "https://", "https://localhost/", "https://drukarka/",
        "https://baza.internal/", "https://nas.local/", "https://jan:haslo@kadry.example.com/", "https://[zzz]/",
        "https://kadry.example.com:99999/", "https://kadry.example.com:0/", "https://kadry.example.com/#x", "//x.pl/",
    ],
)  # fmt: skip
def test_addresses_of_another_form_are_refused(url: str, in_alfa: Tenant) -> None:
    with pytest.raises(DomainError) as refused:
        subscribe_webhook(new_id(), new_id(), url=url, events=Event.values, actor=MANAGER)
    assert refused.value.code == "address_refused"
    assert not Webhook.objects.exists()


def test_public_addresses_may_be_called() -> None:
    assert may_be_called(ip_address("8.8.8.8")) and may_be_called(ip_address("2606:4700::1111"))
    assert is_callable("https://kadry.example.com:8443/siedem?x=1")


def test_a_name_that_leads_inside_at_the_moment_of_sending_is_not_called(monkeypatch: Any) -> None:
    """DNS rebinding: the name was fine when it was entered; every address it leads to now is looked at."""
    reached: list[Any] = []
    monkeypatch.setattr(connecting.socket, "create_connection", lambda *given, **named: reached.append(given))
    for found in (["10.0.0.5"], ["93.184.215.14", "127.0.0.1"], ["fe80::1%eth0"], []):
        entries = [(0, 0, 0, "", (address, 443)) for address in found]
        monkeypatch.setattr(
            connecting.socket, "getaddrinfo", lambda *given, _entries=entries, **named: _entries
        )
        with pytest.raises(NotDelivered) as refused:
            call("https://kadry.example.com/", b"{}", {})
        assert refused.value.code == "refused_address"
    assert reached == []


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch: Any) -> None:
    class Reached(Exception):
        pass

    def connect(address: Any, timeout: float) -> Any:
        raise Reached(address)

    found = iter([[(0, 0, 0, "", ("93.184.215.14", 443))]])
    monkeypatch.setattr(connecting.socket, "getaddrinfo", lambda *given, **named: next(found))
    monkeypatch.setattr(connecting.socket, "create_connection", connect)
    with pytest.raises(Reached) as reached:
        call("https://kadry.example.com/", b"{}", {})
    assert reached.value.args == (("93.184.215.14", 443),)


# What is sent.


def test_months_and_decisions_are_told_signed_and_without_personal_data(
    world: DiaryWorld, inbox: Receiver
) -> None:
    webhook, secret = _subscribe(world, inbox.url)
    build_diary(world.tenant)
    submit_month(world.contract, OCTOBER, actor=MANAGER)
    return_month(world.contract, OCTOBER, reason="Brakuje wizyt pani Ćwik", actor=MANAGER)
    decision = world.decision
    suspend_decision(
        decision,
        first_day=decision.valid_from,
        last_day=decision.valid_from,
        reason="hospital",
        actor=MANAGER,
    )
    assert serve(webhook.pk) is False
    messages = [json.loads(body) for _path, _headers, body in inbox.got]
    assert [message["type"] for message in messages] == [
        "month.submitted",
        "month.returned",
        "decision.changed",
    ]
    contract = {"contract_id": str(world.contract.pk), "month": "2024-10"}
    assert [message["data"] for message in messages] == [
        contract,
        contract,
        {"decision_id": str(decision.pk)},
    ]
    for path, headers, body in inbox.got:
        assert path == "/siedem"
        at = int(headers["webhook-timestamp"])
        assert abs(time.time() - at) < 60
        assert headers["webhook-signature"] == sign(secret, headers["webhook-id"], at, body)
        assert headers["webhook-id"] == json.loads(body)["id"]
        assert b"wik" not in body and decision.person.code.encode() not in body
    assert set(Delivery.objects.values_list("state", "attempts", "status")) == {("delivered", 1, 200)}
    assert bytes(Webhook.objects.get().secret_encrypted).find(secret.encode()) == -1


def test_only_what_was_asked_for_and_only_own_events_are_told(world: DiaryWorld, inbox: Receiver) -> None:
    other = build_diary(world.tenant)
    _subscribe(world, inbox.url, Event.MONTH_RETURNED)
    submit_month(world.contract, OCTOBER, actor=MANAGER)
    submit_month(other.contract, OCTOBER, actor=MANAGER)
    return_month(other.contract, OCTOBER, reason="Popraw", actor=MANAGER)
    assert not Delivery.objects.exists()


def test_an_event_that_was_undone_is_not_told(world: DiaryWorld, inbox: Receiver) -> None:
    _subscribe(world, inbox.url)
    with pytest.raises(DomainError):
        reopen_month(world.contract, OCTOBER, reason="Pomyłka", actor=MANAGER)
    assert not Delivery.objects.exists()


def test_delivery_is_handed_over_only_after_commit(
    world: DiaryWorld, inbox: Receiver, django_capture_on_commit_callbacks: Any, monkeypatch: Any
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(
        "kernel.background.hand_over", lambda task, *ids: sent.append((task.name, ids)) or True
    )
    webhook, _secret = _subscribe(world, inbox.url)
    with django_capture_on_commit_callbacks(execute=True):
        submit_month(world.contract, OCTOBER, actor=MANAGER)
        assert sent == []
    assert sent == [("exchange.serve_webhook", (webhook.pk,))]


# Failures.


def test_a_failure_is_tried_again_later_and_then_given_up(world: DiaryWorld, inbox: Receiver) -> None:
    webhook, _secret = _subscribe(world, inbox.url)
    inbox.statuses = [500, 302, *[503] * 20]
    submit_month(world.contract, OCTOBER, actor=MANAGER)
    serve(webhook.pk)
    (delivery,) = Delivery.objects.all()
    assert (delivery.state, delivery.attempts, delivery.status, delivery.problem) == (
        "waiting",
        1,
        500,
        "status",
    )
    assert delivery.next_at > timezone.now() + timedelta(seconds=30)
    # It rests: nothing is sent before its time, whoever asks.
    serve(webhook.pk)
    assert len(inbox.got) == 1
    for attempt in range(2, len(RETRIES) + 2):
        _rested(webhook)
        serve(webhook.pk)
        assert len(inbox.got) == attempt
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == ("failed", len(RETRIES) + 1)
    inbox.statuses = []
    send_again(delivery, actor=MANAGER)
    serve(webhook.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.status, Webhook.objects.get().failures) == ("delivered", 200, 0)
    assert len({headers["webhook-id"] for _path, headers, _body in inbox.got}) == 1


def test_too_many_failures_switch_it_off_and_tell_the_managers(
    world: DiaryWorld, inbox: Receiver, settings: Any, monkeypatch: Any
) -> None:
    manager = world.client("ngo_manager")
    world.client("ngo_coordinator")
    settings.EXCHANGE_WEBHOOK_FAILURES_MAX = 2
    inbox.statuses = [500] * 2
    webhook, _secret = _subscribe(world, inbox.url)
    submit_month(world.contract, OCTOBER, actor=MANAGER)
    monkeypatch.setattr(tasks, "hand_over", lambda task, pk: task(pk))
    tasks.serve_webhook(str(webhook.pk))
    _rested(webhook)
    tasks.serve_webhook(str(webhook.pk))
    webhook.refresh_from_db()
    assert (webhook.state, webhook.failures) == ("off", 2)
    assert Entry.objects.filter(verb="switch_webhook_off").count() == 1
    (letter,) = mail.outbox
    assert letter.to == [manager.user.email]
    assert inbox.url in letter.body and str(webhook.pk) in letter.body
    # Off is off, the start page says so, and what waits goes out when it is on again.
    _rested(webhook)
    serve(webhook.pk)
    assert len(inbox.got) == 2
    (delivery,) = Delivery.objects.all()
    with pytest.raises(DomainError) as refused:
        send_again(delivery, actor=MANAGER)
    assert refused.value.code == "webhook_off"
    access = access_to_tenant(manager.user, world.tenant)
    assert inbox.url in [wait.meta for wait in told_by_apps(access, timezone.localdate())]
    switch_webhook_on(webhook, actor=MANAGER)
    switch_webhook_on(webhook, actor=MANAGER)
    serve(webhook.pk)
    assert Delivery.objects.get().state == "delivered"
    assert Entry.objects.filter(verb="switch_webhook_on").count() == 1


def test_a_receiver_that_hangs_is_left_after_the_whole_time(world: DiaryWorld, monkeypatch: Any) -> None:
    monkeypatch.setattr(connecting, "WHOLE_SECONDS", 0.4)
    with hanging() as port, tenant_scope(world.tenant):
        webhook, _secret = _subscribe(world, f"http://127.0.0.1:{port}/")
        submit_month(world.contract, OCTOBER, actor=MANAGER)
        return_month(world.contract, OCTOBER, reason="Popraw", actor=MANAGER)
        serve(webhook.pk)
        # One attempt, and the worker goes on to others: the second message waits for the rest to end.
        assert sorted(Delivery.objects.values_list("attempts", "problem")) == [(0, ""), (1, "timeout")]
        assert Webhook.objects.get().busy_until is None


def test_a_server_that_is_gone_or_speaks_no_tls_is_a_failure(world: DiaryWorld, inbox: Receiver) -> None:
    webhook, _secret = _subscribe(world, f"https://127.0.0.1:{inbox.port}/")
    submit_month(world.contract, OCTOBER, actor=MANAGER)
    serve(webhook.pk)
    assert Delivery.objects.get().problem == "tls"
    with receiver() as gone:
        port = gone.port
    with pytest.raises(NotDelivered) as refused:
        call(f"http://127.0.0.1:{port}/", b"{}", {})
    assert refused.value.code == "connection"


def test_one_worker_at_a_time_and_a_lost_one_is_waited_for(world: DiaryWorld, inbox: Receiver) -> None:
    webhook, _secret = _subscribe(world, inbox.url)
    submit_month(world.contract, OCTOBER, actor=MANAGER)
    Webhook.objects.update(busy_until=timezone.now() + timedelta(minutes=1))
    serve(webhook.pk)
    assert inbox.got == []
    Webhook.objects.update(busy_until=timezone.now() - timedelta(seconds=1))
    serve(webhook.pk)
    assert len(inbox.got) == 1


def test_the_clock_hands_over_what_is_due_and_forgets_what_is_old(
    world: DiaryWorld, inbox: Receiver, monkeypatch: Any
) -> None:
    handed: list[Any] = []
    monkeypatch.setattr(schedule, "hand_over", lambda task, pk: handed.append(pk) or True)
    webhook, _secret = _subscribe(world, inbox.url)
    _subscribe(world, inbox.url + "2", Event.MONTH_ACCEPTED)
    submit_month(world.contract, OCTOBER, actor=MANAGER)
    assert (schedule.serve_webhooks(), handed) == (1, [webhook.pk])
    serve(webhook.pk)
    assert schedule.serve_webhooks() == 0
    assert schedule.forget_old() == 0
    Delivery.objects.update(made_at=timezone.now() - timedelta(days=31))
    assert schedule.forget_old() == 1


def test_what_nobody_fetched_for_the_time_of_the_log_is_never_sent_and_said(
    world: DiaryWorld, inbox: Receiver
) -> None:
    webhook, _secret = _subscribe(world, inbox.url)
    submit_month(world.contract, OCTOBER, actor=MANAGER)
    Delivery.objects.update(made_at=timezone.now() - timedelta(days=31))
    assert schedule.forget_old() == 0
    serve(webhook.pk)
    assert (inbox.got, Delivery.objects.get().state) == ([], "expired")
    answer = world.client("ngo_manager").get(f"/{world.tenant.slug}/api/webhooks/{webhook.pk}/")
    assert "niewysłane: minął czas" in answer.content.decode()
    with tenant_scope(world.tenant):
        Delivery.objects.update(made_at=timezone.now() - timedelta(days=61))
    assert schedule.forget_old() == 1


def test_nothing_is_queued_for_a_webhook_that_is_off_or_whose_organisation_has_left(
    world: DiaryWorld, inbox: Receiver
) -> None:
    webhook, _secret = _subscribe(world, inbox.url)
    submit_month(world.contract, OCTOBER, actor=MANAGER)
    assert Delivery.objects.count() == 1
    Webhook.objects.update(state="off", switched_off_at=timezone.now())
    return_month(world.contract, OCTOBER, reason="Popraw", actor=MANAGER)
    assert Delivery.objects.count() == 1
    Webhook.objects.update(state="active", switched_off_at=None)
    with public_scope():
        today = timezone.localdate()
        Partnership.objects.filter(tenant=world.tenant, organisation=world.organisation).update(
            since=today - timedelta(days=9), until=today - timedelta(days=1)
        )
    submit_month(world.contract, OCTOBER, actor=MANAGER)
    serve(webhook.pk)
    assert (Delivery.objects.count(), inbox.got, schedule.serve_webhooks()) == (1, [], 0)


def test_a_webhook_removed_while_its_receiver_is_called_is_no_error(
    world: DiaryWorld, inbox: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook, _secret = _subscribe(world, inbox.url)
    submit_month(world.contract, OCTOBER, actor=MANAGER)

    def removed_meanwhile(*_given: Any) -> int:
        end_webhook(webhook, actor=MANAGER)
        return 200

    monkeypatch.setattr(serving, "call", removed_meanwhile)
    assert serve(webhook.pk) is False
    assert not Delivery.objects.exists()
    for verb in (end_webhook, switch_webhook_on):
        with pytest.raises(DomainError) as refused:
            verb(webhook, actor=MANAGER)
        assert refused.value.code == "removed_meanwhile"

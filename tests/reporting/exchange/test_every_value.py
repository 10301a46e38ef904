"""Every scope, event, state and problem of the interface: made through pages and calls, shown to the managers."""

import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.care.models import Suspension
from reporting.compliance.actions import justify_deviations
from reporting.compliance.answers import answered_month
from reporting.compliance.queries import compare_month
from reporting.exchange import schedule
from reporting.exchange.models import Delivery, Event, IdempotentCall, Scope, Token, Webhook
from reporting.exchange.outbox import connecting, serving
from reporting.exchange.outbox.serving import serve
from tenants.models import Tenant
from tests.reporting.delivery.diary_world import OCTOBER, DiaryWorld, build_diary
from tests.reporting.exchange.calling import MANAGER, batch, system_of
from tests.reporting.exchange.receiving import Receiver, hanging, receiver
from tests.values_on_pages import assert_offered, assert_shown, times_said

pytestmark = pytest.mark.django_db
WEBHOOKS = "/alfa/api/webhooks/"
# A call that each scope opens; a new scope fails until it stands here.
OPENS: dict[str, tuple[str, str]] = {
    "visits:read": ("get", "visits/"),
    "visits:write": ("post", "visits/"),
    "advice:read": ("get", "advice/changes/"),
    "advice:write": ("post", "advice/"),
    "months:read": ("get", "months/"),
}


@pytest.fixture
def world(alfa: Tenant, settings: Any) -> DiaryWorld:
    settings.EXCHANGE_WEBHOOK_LOOPBACK = True
    return build_diary(alfa)


@pytest.fixture
def manager(world: DiaryWorld) -> Client:
    return world.client("ngo_manager")


@pytest.fixture
def inbox() -> Iterator[Receiver]:
    with receiver() as kept:
        yield kept


@pytest.mark.parametrize("scope", list(Scope), ids=str)
def test_every_scope(world: DiaryWorld, manager: Client, scope: Scope) -> None:
    assert_offered(manager, "/alfa/api/tokens/new/", scope)
    last = timezone.localdate() + timedelta(days=30)
    form = {
        "pk": new_id(), "organisation": world.organisation.pk, "name": "Grafik", "scopes": [scope.value],
        "last_day": f"{last:%d.%m.%Y}",
    }  # fmt: skip
    assert manager.post("/alfa/api/tokens/new/", form).status_code == 200
    with tenant_scope(world.tenant):
        assert Token.objects.get().scopes == [scope]
    for client in (manager, world.client("director")):
        assert_shown(client, "/alfa/api/", scope)
    method, path = OPENS[scope]
    others = [one for one in Scope if one != scope]
    for scopes, refused in (([scope], False), (others, True)):
        system = system_of(world, *scopes)
        assert system.get("token/").json()["scopes"] == sorted(scopes)
        answer = system.get(path) if method == "get" else system.post(path, {})
        assert (answer.status_code == 403) is refused
        if refused:
            assert answer.json()["code"] == "scope_missing" and scope.value in str(answer.json())


def _subscribed(world: DiaryWorld, manager: Client, url: str, event: Event) -> str:
    """The page of a webhook that is told of the event."""
    form = {"pk": new_id(), "organisation": world.organisation.pk, "url": url, "events": [event.value]}
    assert manager.post(f"{WEBHOOKS}new/", form).status_code == 200
    with tenant_scope(world.tenant):
        return f"{WEBHOOKS}{Webhook.objects.get().pk}/"


def _month(world: DiaryWorld, client: Client, verb: str) -> None:
    address = f"/alfa/month/{world.contract.pk}/{OCTOBER}/{verb}/"
    assert client.post(address, {"reason": "Brakuje wizyt"}).status_code == 302


def _suspended(world: DiaryWorld) -> None:
    typed = {"first_day": "07.10.2024", "last_day": "08.10.2024", "reason": "hospital"}
    address = f"/alfa/care/decisions/{world.decision.pk}/suspensions/new/"
    assert world.client("director").post(address, typed).status_code == 302
    with tenant_scope(world.tenant):
        assert Suspension.objects.exists()


def _accepted(world: DiaryWorld) -> None:
    _month(world, world.client("ngo_manager"), "submit")
    with tenant_scope(world.tenant):
        found = answered_month(compare_month(OCTOBER, contracts=[world.contract.pk]))
        points = [(one.code, one.subject) for one in found if one.is_must]
        told = {"reason": "urgent", "together": True, "actor": MANAGER}
        justify_deviations(world.contract, OCTOBER, points=points, **told)
    _month(world, world.client("director"), "accept")


def _returned(world: DiaryWorld) -> None:
    _month(world, world.client("ngo_manager"), "submit")
    _month(world, world.client("director"), "return")


# What makes an event come about; a new event fails until it stands here.
COMES_BY: dict[str, Callable[[DiaryWorld], None]] = {
    "month.submitted": lambda world: _month(world, world.client("ngo_manager"), "submit"),
    "month.returned": _returned,
    "month.accepted": _accepted,
    "decision.changed": _suspended,
}


@pytest.mark.parametrize("event", list(Event), ids=str)
def test_every_event(world: DiaryWorld, manager: Client, inbox: Receiver, event: Event) -> None:
    assert_offered(manager, f"{WEBHOOKS}new/", event)
    page = _subscribed(world, manager, inbox.url, event)
    assert_shown(manager, WEBHOOKS, event)
    before = times_said(manager, page, event)
    COMES_BY[event](world)
    with tenant_scope(world.tenant):
        serve(Webhook.objects.get().pk)
        assert Delivery.objects.get().event == event
    assert [event.value.encode() in body for _path, _headers, body in inbox.got] == [True]
    assert_shown(manager, page, event, before=before)


@pytest.mark.parametrize("state", list(Delivery.State), ids=str)
def test_every_state_of_a_delivery(
    world: DiaryWorld,
    manager: Client,
    inbox: Receiver,
    state: Delivery.State,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = _subscribed(world, manager, inbox.url, Event.MONTH_SUBMITTED)
    before = times_said(manager, page, state)
    _month(world, manager, "submit")
    with tenant_scope(world.tenant):
        if state == Delivery.State.FAILED:
            inbox.statuses = [500]
            monkeypatch.setattr(serving, "RETRIES", ())
        elif state == Delivery.State.EXPIRED:
            Delivery.objects.update(made_at=timezone.now() - timedelta(days=31))
            schedule.forget_old()
        if state != Delivery.State.WAITING:
            serve(Webhook.objects.get().pk)
        assert Delivery.objects.get().state == state
    assert_shown(manager, page, state, before=before)


@pytest.mark.parametrize("state", list(Webhook.State), ids=str)
def test_every_state_of_a_webhook(
    world: DiaryWorld, manager: Client, inbox: Receiver, state: Webhook.State, settings: Any
) -> None:
    settings.EXCHANGE_WEBHOOK_FAILURES_MAX = 1
    page = _subscribed(world, manager, inbox.url, Event.MONTH_SUBMITTED)
    if state == Webhook.State.OFF:
        inbox.statuses = [500]
        _month(world, manager, "submit")
        with tenant_scope(world.tenant):
            serve(Webhook.objects.get().pk)
    with tenant_scope(world.tenant):
        assert Webhook.objects.get().state == state
    for shown in (page, WEBHOOKS):
        assert_shown(manager, shown, state)


def _failing(problem: Delivery.Problem, inbox: Receiver, monkeypatch: pytest.MonkeyPatch) -> str:
    """An address that fails so; names are looked up as `monkeypatch` has them answered."""

    def unknown(*_given: Any, **_named: Any) -> Any:
        raise socket.gaierror

    def inside(*_given: Any, **_named: Any) -> Any:
        return [(0, 0, 0, "", ("10.0.0.5", 443))]

    if problem == Delivery.Problem.STATUS:
        inbox.statuses = [500]
        return inbox.url
    if problem == Delivery.Problem.TLS:
        return f"https://127.0.0.1:{inbox.port}/"
    if problem == Delivery.Problem.CONNECTION:
        with receiver() as gone:
            port = gone.port
        return f"http://127.0.0.1:{port}/"
    answers = {Delivery.Problem.NO_SUCH_HOST: unknown, Delivery.Problem.REFUSED_ADDRESS: inside}
    monkeypatch.setattr(connecting.socket, "getaddrinfo", answers[problem])
    return "https://kadry.example.com/"


@pytest.mark.parametrize("problem", list(Delivery.Problem), ids=str)
def test_every_problem_of_a_delivery(
    world: DiaryWorld,
    manager: Client,
    inbox: Receiver,
    problem: Delivery.Problem,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = _subscribed(world, manager, inbox.url, Event.MONTH_SUBMITTED)
    before = times_said(manager, page, problem)
    _month(world, manager, "submit")
    with tenant_scope(world.tenant), monkeypatch.context() as patched:
        if problem == Delivery.Problem.TIMEOUT:
            patched.setattr(connecting, "WHOLE_SECONDS", 0.4)
            with hanging() as port:
                Webhook.objects.update(url=f"http://127.0.0.1:{port}/")
                serve(Webhook.objects.get().pk)
        else:
            Webhook.objects.update(url=_failing(problem, inbox, patched))
            serve(Webhook.objects.get().pk)
    with tenant_scope(world.tenant):
        assert Delivery.objects.get().problem == problem
    assert_shown(manager, page, problem, before=before)


@pytest.mark.parametrize("state", list(IdempotentCall.State), ids=str)
def test_every_state_of_a_call_that_carries_a_key(world: DiaryWorld, state: IdempotentCall.State) -> None:
    system, key = system_of(world), {"idempotency-key": "k-1"}
    first = system.post("visits/", batch(world), **key)
    with tenant_scope(world.tenant):
        if state == IdempotentCall.State.RUNNING:
            # As it stands while the first call is still being worked on.
            IdempotentCall.objects.update(state="running", status=None, answer=None)
        assert IdempotentCall.objects.get().state == state
    again = system.post("visits/", batch(world), **key)
    if state == IdempotentCall.State.DONE:
        assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    else:
        assert (again.status_code, again.json()["code"]) == (409, "call_in_progress")

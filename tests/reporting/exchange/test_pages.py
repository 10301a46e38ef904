"""Pages of tokens and webhooks: who makes, sees and revokes; secrets shown once; the page for programmers, run."""

import html
import re
import shlex
import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.conf import settings as site
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Entry
from contracting.commissioning.waiting import told_by_apps
from kernel.ids import new_id
from kernel.tenancy import public_scope, tenant_scope
from reporting.exchange.models import Delivery, Event, Token, Webhook
from reporting.exchange.rules import new_signing_secret, sign
from tenants.access import access_to_tenant
from tenants.models import Tenant
from tests.factories.care import ContractFactory, DecisionFactory, PersonFactory, WorkerFactory, visit
from tests.factories.people import partner
from tests.reporting.delivery.diary_world import DiaryWorld, build_diary
from tests.reporting.exchange.calling import system_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Tenant) -> DiaryWorld:
    return build_diary(alfa)


def _text(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def _form(world: DiaryWorld, **changed: Any) -> dict[str, Any]:
    last = timezone.localdate() + timedelta(days=30)
    return {
        "pk": new_id(),
        "organisation": world.organisation.pk,
        "name": "Grafik 7",
        "scopes": ["visits:read", "visits:write"],
        "last_day": f"{last:%d.%m.%Y}",
        **changed,
    }


def _webhook(**changed: Any) -> dict[str, Any]:
    return {
        "pk": new_id(),
        "url": "https://kadry.example.com/siedem",
        "events": ["month.returned"],
        **changed,
    }


# Tokens.


def test_a_token_is_shown_once_works_and_is_kept_as_a_digest(world: DiaryWorld) -> None:
    client, form = world.client("ngo_manager"), _form(world)
    made = client.post("/alfa/api/tokens/new/", form)
    assert made.status_code == 200 and "no-store" in made.headers["Cache-Control"]
    (secret,) = re.findall(r"sdm_[0-9a-f]{8}_[\w-]{43}", made.content.decode())
    answer = Client().get("/alfa/api/v1/token/", headers={"authorization": f"Bearer {secret}"})
    assert answer.json()["scopes"] == ["visits:read", "visits:write"]
    # Sent once more by a browser that was reloaded: no second token, and the secret is not told again.
    again = client.post("/alfa/api/tokens/new/", form)
    assert again.status_code == 422 and secret not in again.content.decode()
    listed = _text(client.get("/alfa/api/"))
    assert f"sdm_{secret[4:12]}_…" in listed and secret not in listed and "Grafik 7" in listed
    with tenant_scope(world.tenant):
        token = Token.objects.get()
        assert secret not in str([getattr(token, field.attname) for field in Token._meta.fields])
        entry = Entry.objects.get(verb="create_token")
        assert entry.payload["scopes"] == ["visits:read", "visits:write"] and secret not in str(entry.payload)


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""},
        {"scopes": []},
        {"scopes": ["all"]},
        {"last_day": ""},
        {"days": -1},
        {"days": 366},
        {"pk": "x"},
        {"organisation": new_id()},
    ],
)
def test_a_token_that_is_not_allowed_is_not_made(world: DiaryWorld, changed: dict[str, Any]) -> None:
    if "days" in changed:
        # From the day of the test, not of the import.
        changed = {"last_day": f"{timezone.localdate() + timedelta(days=changed['days']):%d.%m.%Y}"}
    answer = world.client("ngo_manager").post("/alfa/api/tokens/new/", _form(world, **changed))
    assert answer.status_code == 422
    with tenant_scope(world.tenant):
        assert not Token.objects.exists()


def test_a_token_may_hold_for_a_year_to_the_end_of_its_last_day(world: DiaryWorld) -> None:
    last = timezone.localdate() + timedelta(days=365)
    answer = world.client("ngo_manager").post(
        "/alfa/api/tokens/new/", _form(world, last_day=f"{last:%d.%m.%Y}")
    )
    assert answer.status_code == 200
    with tenant_scope(world.tenant):
        ends = timezone.localtime(Token.objects.get().expires_at)
    assert (ends.date(), ends.hour) == (last + timedelta(days=1), 0)


def test_a_token_for_another_organisation_cannot_be_made(world: DiaryWorld) -> None:
    other = build_diary(world.tenant)
    answer = world.client("ngo_manager").post(
        "/alfa/api/tokens/new/", _form(world, organisation=other.organisation.pk)
    )
    assert answer.status_code == 422


def test_the_director_sees_all_tokens_makes_none_and_revokes_with_a_confirmation(world: DiaryWorld) -> None:
    system, other = system_of(world), build_diary(world.tenant)
    system_of(other)
    director = world.client("director")
    listed = _text(director.get("/alfa/api/"))
    assert world.organisation.name in listed and other.organisation.name in listed
    assert director.get("/alfa/api/tokens/new/").status_code == 403
    assert other.organisation.name not in _text(world.client("ngo_manager").get("/alfa/api/"))
    address = f"/alfa/api/tokens/{system.token.pk}/revoke/"
    assert "Kadry i Opieka" in _text(director.get(address))
    assert system.get("token/").status_code == 200
    assert director.post(address).status_code == 302
    assert system.get("token/").json()["code"] == "token_revoked"
    assert "unieważniony" in _text(director.get("/alfa/api/"))
    with tenant_scope(world.tenant):
        assert Entry.objects.filter(verb="revoke_token").count() == 1


def test_a_token_that_ends_soon_is_told_on_the_start_page(world: DiaryWorld) -> None:
    manager = world.client("ngo_manager")
    system_of(world, days=5)
    system_of(world, days=50)
    with tenant_scope(world.tenant):
        waits = told_by_apps(access_to_tenant(manager.user, world.tenant), timezone.localdate())
    assert len([wait for wait in waits if "Kadry i Opieka" in wait.title]) == 1


def test_lists_ask_the_database_the_same_however_long_they_are(world: DiaryWorld) -> None:
    client = world.client("director")
    counts: dict[str, list[int]] = {"": [], "webhooks/": []}
    for more in (1, 4):
        with tenant_scope(world.tenant):
            for _ in range(more):
                system_of(build_diary(world.tenant))
                with public_scope():
                    owner = partner(world.tenant)
                Webhook.objects.create(
                    organisation=owner,
                    url="https://a.example.com/",
                    events=["month.returned"],
                    secret_encrypted=b"x",
                )
        for path, asked in counts.items():
            client.get(f"/alfa/api/{path}")
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/alfa/api/{path}")
            asked.append(len(queries))
    assert all(first == second for first, second in counts.values()), counts


# Webhooks.


def test_a_webhook_is_made_shown_and_removed(world: DiaryWorld) -> None:
    client, form = world.client("ngo_manager"), _webhook(organisation=world.organisation.pk)
    made = client.post("/alfa/api/webhooks/new/", form)
    assert made.status_code == 200 and "no-store" in made.headers["Cache-Control"]
    (secret,) = re.findall(r"whsec_[\w+/=]{44}", html.unescape(made.content.decode()))
    again = client.post("/alfa/api/webhooks/new/", form)
    assert again.status_code == 422 and secret not in again.content.decode()
    assert form["url"] in _text(client.get("/alfa/api/webhooks/"))
    with tenant_scope(world.tenant):
        webhook = Webhook.objects.get()
        facts = {"contract_id": str(world.contract.pk), "month": "2024-10"}
        Delivery.objects.create(
            webhook=webhook, event=Event.MONTH_RETURNED, facts=facts, attempts=2, problem="timeout"
        )
    page = _text(client.get(f"/alfa/api/webhooks/{webhook.pk}/"))
    assert "brak odpowiedzi w porę" in page and secret not in page
    director = world.client("director")
    assert "Wyślij ponownie" not in _text(director.get(f"/alfa/api/webhooks/{webhook.pk}/"))
    assert director.post(f"/alfa/api/webhooks/{webhook.pk}/end/").status_code == 403
    assert client.get(f"/alfa/api/webhooks/{webhook.pk}/end/").status_code == 200
    assert client.post(f"/alfa/api/webhooks/{webhook.pk}/end/").status_code == 302
    with tenant_scope(world.tenant):
        assert not Webhook.objects.exists() and not Delivery.objects.exists()
        assert Entry.objects.filter(verb__in=["subscribe_webhook", "end_webhook"]).count() == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "https://10.0.0.1/"},
        {"url": "http://a.example.com/"},
        {"url": "x"},
        {"url": ""},
        {"events": []},
    ],
)
def test_a_webhook_that_is_not_allowed_is_not_made(world: DiaryWorld, changed: dict[str, Any]) -> None:
    form = _webhook(organisation=world.organisation.pk, **changed)
    answer = world.client("ngo_manager").post("/alfa/api/webhooks/new/", form)
    assert answer.status_code == 422
    with tenant_scope(world.tenant):
        assert not Webhook.objects.exists()


def test_the_eleventh_webhook_is_refused(world: DiaryWorld) -> None:
    client = world.client("ngo_manager")
    statuses = [
        client.post("/alfa/api/webhooks/new/", _webhook(organisation=world.organisation.pk)).status_code
        for _ in range(11)
    ]
    assert statuses == [200] * 10 + [422]


def test_a_webhook_that_is_off_is_switched_on_and_sent_again_from_its_page(world: DiaryWorld) -> None:
    client = world.client("ngo_manager")
    client.post("/alfa/api/webhooks/new/", _webhook(organisation=world.organisation.pk))
    with tenant_scope(world.tenant):
        Webhook.objects.update(state="off", switched_off_at=timezone.now(), failures=10)
        webhook = Webhook.objects.get()
        delivery = Delivery.objects.create(
            webhook=webhook, event=Event.MONTH_RETURNED, facts={}, state="failed"
        )
    again = f"/alfa/api/deliveries/{delivery.pk}/again/"
    assert "wyłączony" in _text(client.post(again, follow=True))
    assert client.post(f"/alfa/api/webhooks/{webhook.pk}/on/").status_code == 302
    assert "wysyłane ponownie" in _text(client.post(again, follow=True))
    with tenant_scope(world.tenant):
        assert (Webhook.objects.get().state, Delivery.objects.get().state) == ("active", "waiting")


# The page for programmers.


def _examples(client: Client) -> dict[str, str]:
    page = client.get("/alfa/api/docs/")
    assert page.status_code == 200
    found = re.findall(
        r'<pre class="example" data-example="(\w+)">(.*?)</pre>', page.content.decode(), re.DOTALL
    )
    return {name: html.unescape(text) for name, text in found}


def _run(command: str, secret: str) -> Any:
    """What curl would do, over the test client: the words of the command as a shell reads them."""
    words = iter(shlex.split(command.replace("$TOKEN", secret)))
    assert next(words) == "curl"
    method, headers, body, address = "get", {}, "", ""
    for word in words:
        if word == "-X":
            method = next(words).lower()
        elif word == "-H":
            name, _colon, value = next(words).partition(": ")
            headers[name.lower()] = value
        elif word == "--data":
            body = next(words)
        elif word == "-i":
            continue
        else:
            address = word
    assert address.startswith(site.SITE_URL.rstrip("/"))
    parts = urlsplit(address)
    kind = headers.pop("content-type", "application/octet-stream")
    path = f"{parts.path}?{parts.query}"
    ask = getattr(Client(), method)
    return (
        ask(path, headers=headers) if method == "get" else ask(path, body, content_type=kind, headers=headers)
    )


@pytest.fixture
def documented(alfa: Tenant) -> Iterator[DiaryWorld]:
    """The contract, decision, worker and visit that the examples name."""
    with public_scope():
        organisation = partner(alfa)
    with tenant_scope(alfa):
        contract = ContractFactory(number="U/1/2026", organisation=organisation)
        worker = WorkerFactory(code="W001", organisation=organisation)
        decision = DecisionFactory(
            number="D/001/2026", person=PersonFactory(), contract=contract, valid_from=date(2026, 1, 5)
        )
        visit(
            decision, worker, date(2026, 10, 6), "08:00", 120, pk=UUID("019283aa-0000-7000-8000-000000000001")
        )
        yield DiaryWorld(alfa, organisation, contract, worker, worker)


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_example_of_the_page_runs(documented: DiaryWorld, language: str) -> None:
    client = Client()
    client.cookies["django_language"] = language
    examples, secret = _examples(client), system_of(documented).secret
    expected = {
        "token": 200, "contracts": 200, "visits": 200, "advice": 200, "changes": 200, "advice_changes": 200, "months": 200, "refused": 422,
        "read": 200, "correct": 200, "remove": 200, "decisions": 200,
    }  # fmt: skip
    answers = {name: _run(command, secret) for name, command in examples.items() if name != "verify"}
    assert {name: answer.status_code for name, answer in answers.items()} == expected
    assert answers["visits"].json()["added"] == answers["advice"].json()["added"] == 1
    assert (answers["correct"].json()["version"], answers["remove"].json()["removed"]) == (2, True)
    assert answers["refused"].json()["errors"][0]["code"] == "not_leap_year"
    place: dict[str, Any] = {}
    exec(examples["verify"], place)  # noqa: S102 (the snippet of our own page)
    key, at = new_signing_secret(), int(time.time())
    headers = {
        "webhook-id": "1",
        "webhook-timestamp": str(at),
        "webhook-signature": sign(key, "1", at, b"{}"),
    }
    assert place["is_genuine"](key, headers, b"{}")
    assert not place["is_genuine"](key, headers, b"{} ")
    old = {
        **headers,
        "webhook-timestamp": str(at - 301),
        "webhook-signature": sign(key, "1", at - 301, b"{}"),
    }
    assert not place["is_genuine"](key, old, b"{}")


def test_the_page_names_every_address_scope_event_and_code(alfa: Tenant) -> None:
    page = _text(Client().get("/alfa/api/docs/"))
    for word in (
        "POST /v1/visits/",
        "GET /v1/visits/changes/",
        "GET /v1/advice/changes/",
        "months:read",
        "decision.changed",
        "month_closed",
        "48",
    ):
        assert word in page

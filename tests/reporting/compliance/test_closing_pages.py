"""The close over HTTP: every role at every verb, other organisations and tenants, refusals that change nothing."""

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from audit.models import Entry
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.compliance import actions
from reporting.compliance.models import ContractMonth, Resolution
from reporting.delivery.models import FrozenMonth, Visit
from tenants.models import Tenant
from tenants.roles import NGO_ROLES, Role
from tests.factories.care import ContractFactory
from tests.reporting.compliance.closing_world import (
    DIRECTOR,
    OCTOBER,
    PROVIDER,
    ClosingWorld,
    build_world,
)

pytestmark = pytest.mark.usefixtures("served_as")

SignIn = Callable[..., Client]
PROVIDERS = {Role.NGO_MANAGER, Role.NGO_COORDINATOR}
ACCEPTERS = {Role.DIRECTOR, Role.COORDINATOR}
MAY = {
    "submit": PROVIDERS,
    "return": ACCEPTERS,
    "accept": ACCEPTERS,
    "reopen": {Role.DIRECTOR},
    "answer": ACCEPTERS,
    "acknowledge": ACCEPTERS,
}
# What a month must be for the verb to succeed.
BEFORE = {"submit": "open", "return": "submitted", "accept": "explained", "reopen": "accepted"}
AFTER = {"submit": "submitted", "return": "returned", "accept": "accepted", "reopen": "returned"}


@pytest.fixture
def world(alfa: Tenant) -> ClosingWorld:
    return build_world(alfa)


def _bring_to(world: ClosingWorld, state: str) -> None:
    with tenant_scope(world.tenant):
        if state == "open":
            return
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
        if state == "submitted":
            return
        _explain(world)
        if state == "accepted":
            actions.accept_month(world.contract, OCTOBER, actor=DIRECTOR)


def _explain(world: ClosingWorld) -> None:
    points = [("H1", world.one("H1").subject)]
    actions.justify_deviations(world.contract, OCTOBER, points=points, reason="urgent", actor=DIRECTOR)


def _address(world: ClosingWorld, verb: str, slug: str = "alfa") -> str:
    return f"/{slug}/month/{world.contract.pk}/2026-10/{verb}/"


def _typed(world: ClosingWorld, verb: str) -> dict[str, str]:
    if verb == "acknowledge":
        return {"every": "on"}
    if verb != "answer":
        return {"reason": "Popraw wizytę z 5.10"}
    with tenant_scope(world.tenant):
        return {"chosen": f"H1 {world.one('H1').subject}", "reason": "health"}


def _stored(world: ClosingWorld) -> tuple[Any, ...]:
    """Everything that a verb could change."""
    with tenant_scope(world.tenant):
        return (
            list(ContractMonth.objects.values_list("state", "snapshot_sha256", "return_reason")),
            list(FrozenMonth.objects.values_list("month", "open_decisions")),
            Resolution.objects.count(),
            Entry.objects.count(),
        )


def _client(sign_in: SignIn, world: ClosingWorld, role: Role) -> Client:
    return sign_in(role, world.tenant, world.organisation if role in NGO_ROLES else None)


@pytest.mark.parametrize("verb", list(MAY))
def test_every_role_at_every_verb(world: ClosingWorld, sign_in: SignIn, verb: str) -> None:
    _bring_to(world, BEFORE.get(verb, "submitted"))
    typed = _typed(world, verb)
    before = _stored(world)
    for role in Role:
        if role not in MAY[verb]:
            assert _client(sign_in, world, role).post(_address(world, verb), typed).status_code == 403, role
    assert _stored(world) == before
    first = sorted(MAY[verb])[0]
    assert _client(sign_in, world, Role(first)).post(_address(world, verb), typed).status_code == 302
    assert _stored(world) != before


@pytest.mark.parametrize("role", [Role.NGO_MANAGER, Role.DIRECTOR])
@pytest.mark.parametrize("verb", list(MAY))
def test_others_find_no_such_month(
    alfa: Tenant, beta: Tenant, world: ClosingWorld, sign_in: SignIn, client: Client, verb: str, role: Role
) -> None:
    _bring_to(world, BEFORE.get(verb, "submitted"))
    typed = _typed(world, verb)
    before = _stored(world)
    with tenant_scope(alfa):
        other = ContractFactory().organisation
    assert client.post(_address(world, verb), typed).status_code == 302
    if role is Role.NGO_MANAGER and verb == "submit":
        assert sign_in(role, alfa, other).post(_address(world, verb), typed).status_code == 404
    stranger = sign_in(role, beta, other if role in NGO_ROLES else None)
    assert stranger.post(_address(world, verb), typed).status_code == 404
    may = role in MAY[verb]
    assert stranger.post(_address(world, verb, "beta"), typed).status_code == (404 if may else 403)
    assert _stored(world) == before


@pytest.mark.parametrize("verb", list(AFTER))
def test_each_verb_asks_first_and_then_does_it(world: ClosingWorld, sign_in: SignIn, verb: str) -> None:
    _bring_to(world, BEFORE[verb])
    before = _stored(world)
    client = _client(sign_in, world, Role(sorted(MAY[verb])[-1]))
    assert client.get(_address(world, verb)).status_code == 200
    assert _stored(world) == before
    assert client.post(_address(world, verb), _typed(world, verb)).status_code == 302
    with tenant_scope(world.tenant):
        assert ContractMonth.objects.get().state == AFTER[verb]
        assert Entry.objects.latest("sequence").actor_id == client.user.pk  # type: ignore[attr-defined]


def _main_of(answer: Any) -> str:
    """The page itself, without what stands around every page."""
    _before, _main, rest = answer.content.decode().partition("<main")
    assert rest
    return str(rest.partition("</main>")[0])


@pytest.mark.parametrize("sent", [False, True])
def test_what_must_be_explained_is_listed_at_once_and_nothing_can_be_accepted(
    world: ClosingWorld, sign_in: SignIn, sent: bool
) -> None:
    _bring_to(world, "submitted")
    before = _stored(world)
    client, address = _client(sign_in, world, Role.DIRECTOR), _address(world, "accept")
    answer = client.post(address) if sent else client.get(address)
    assert answer.status_code == (422 if sent else 200)
    page = _main_of(answer)
    month = address.removesuffix("accept/")
    [place] = re.findall(rf'<a href="{month}#(p-H1-[0-9a-f]+)">H1 {world.over.number}', page)
    assert f'id="{place}"' in client.get(month).content.decode()
    assert "button-primary" not in page
    assert 'method="post" data-once' not in page
    assert _stored(world) == before
    with tenant_scope(world.tenant):
        _explain(world)
    page = _main_of(client.get(address))
    assert "error-summary" not in page
    assert page.count("button-primary") == 1


@pytest.mark.parametrize(("verb", "state"), [("accept", "open"), ("submit", "submitted"), ("reopen", "open")])
def test_a_step_that_is_not_due_says_so_and_offers_no_button(
    world: ClosingWorld, sign_in: SignIn, verb: str, state: str
) -> None:
    _bring_to(world, state)
    client = _client(sign_in, world, Role(sorted(MAY[verb])[-1]))
    page = _main_of(client.get(_address(world, verb)))
    assert "Zobacz miesiąc w obecnym stanie" in page
    assert "button-primary" not in page
    assert "button-danger" not in page


@pytest.mark.parametrize("verb", ["return", "reopen"])
def test_a_verb_without_its_reason_changes_nothing(world: ClosingWorld, sign_in: SignIn, verb: str) -> None:
    _bring_to(world, BEFORE[verb])
    before = _stored(world)
    client = _client(sign_in, world, Role.DIRECTOR)
    asked = client.get(_address(world, verb)).content.decode()
    # Of a return it is optional, as a line may have its own.
    named = re.search(r'<label class="label" for="id_reason">[^<]*</label>', asked)
    assert (named is None) == (verb == "return")
    answer = client.post(_address(world, verb), {"reason": " "})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert re.search(r'<a href="#id_reason">[^<]*Wpisz powód', page)
    assert page.count('class="error-summary"') == 1
    assert _stored(world) == before


def test_the_diary_is_frozen_after_the_month_was_handed_in_and_thaws_with_the_return(
    world: ClosingWorld, sign_in: SignIn
) -> None:
    provider = _client(sign_in, world, Role.NGO_COORDINATOR)

    def enter(day: date) -> int:
        operation = {
            "id": str(new_id()),
            "kind": "record",
            "visit": str(new_id()),
            "decision": str(world.clean.pk),
            "content": {
                "worker": str(world.worker.pk),
                "date": day.isoformat(),
                "start": "12:00",
                "end": "13:00",
            },
        }
        answer = provider.post(
            "/alfa/diary/grid/save/",
            json.dumps({"contract": str(world.contract.pk), "operations": [operation]}),
            content_type="application/json",
        )
        assert answer.status_code == 200, answer.content
        return int(answer.json()["results"][0]["status"])

    assert enter(date(2026, 10, 20)) < 300
    assert provider.post(_address(world, "submit")).status_code == 302
    assert enter(date(2026, 10, 21)) >= 400
    director = _client(sign_in, world, Role.DIRECTOR)
    assert director.post(_address(world, "return"), {"reason": "Brak wizyty"}).status_code == 302
    assert enter(date(2026, 10, 22)) < 300
    with tenant_scope(world.tenant):
        days = Visit.objects.filter(decision=world.clean).order_by("date").values_list("date", flat=True)
        assert list(days) == [date(2026, 10, 1), date(2026, 10, 20), date(2026, 10, 22)]


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("revoke", {"first_day": "10.10.2026", "reason": "moved"}),
        ("suspensions/new", {"first_day": "20.10.2026", "last_day": "02.11.2026", "reason": "hospital"}),
    ],
)
def test_a_change_of_a_decision_names_the_months_handed_in_that_it_reaches(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn, verb: str, fields: dict[str, str]
) -> None:
    _bring_to(world, "accepted")
    client = sign_in(Role.DIRECTOR, alfa)
    answer = client.post(f"/alfa/care/decisions/{world.clean.pk}/{verb}/", fields, follow=True)
    assert "październik 2026 (przyjęty)" in answer.content.decode()
    after = {name: value.replace(".10.", ".12.").replace(".11.", ".12.") for name, value in fields.items()}
    if "last_day" in after:
        after |= {"first_day": "01.12.2026", "last_day": "02.12.2026"}
    answer = client.post(f"/alfa/care/decisions/{world.over.pk}/{verb}/", after, follow=True)
    assert answer.redirect_chain
    assert "które już oddano" not in answer.content.decode()

"""What a month waits for, in one list for both sides: each point with one owner and one next step."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.tenancy import tenant_scope
from reporting.compliance import actions
from reporting.compliance.models import ContractMonth, ReturnedLine
from reporting.compliance.tables.open_points import OpenPoint, open_points
from reporting.delivery.models import Visit
from tenants.models import Tenant
from tenants.roles import NGO_ROLES, Role
from tests.factories.care import ContractFactory
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER, PROVIDER, ClosingWorld, build_world

ADDRESS = "/alfa/month/months/2026-10/points/"
NOVEMBER_2 = date(2026, 11, 2)

SignIn = Callable[..., Client]


@pytest.fixture
def world(alfa: Tenant) -> ClosingWorld:
    return build_world(alfa)


def points(world: ClosingWorld, today: date = NOVEMBER_2) -> list[OpenPoint]:
    with tenant_scope(world.tenant), translation.override("pl"):
        return open_points([world.contract], OCTOBER, today)


def told(world: ClosingWorld) -> list[tuple[str, str, str, bool]]:
    """Decision, code, owner (the unit is "") and whether it must be done."""
    return [(one.number, one.code, one.owner, one.is_must) for one in points(world)]


def test_each_state_has_its_owner_and_its_step(world: ClosingWorld) -> None:
    provider = str(world.organisation)
    assert points(world, OCTOBER.last) == [], "the month has not ended"
    over = world.over.number
    # Before it is handed in the provider sees what the unit would ask about, and can still correct it.
    assert told(world) == [("", "", provider, True), (over, "H1", provider, False)]
    with tenant_scope(world.tenant):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
    assert told(world) == [(over, "H1", "", True), ("", "", "", False)]
    with tenant_scope(world.tenant):
        line = actions.LineToReturn(world.over.pk, "other", "Popraw godziny")
        actions.return_month(world.contract, OCTOBER, lines=[line], actor=DIRECTOR)
    assert told(world) == [(over, "", provider, True)]
    assert points(world)[0].what == "inny, opisany w uwadze – Popraw godziny"
    with tenant_scope(world.tenant):
        answers = {world.over.pk: "Godziny są z karty"}
        actions.submit_month(world.contract, OCTOBER, answers=answers, actor=PROVIDER)
        actions.return_month(world.contract, OCTOBER, reason="Brak kart", actor=DIRECTOR)
    assert [(one.what, one.owner) for one in points(world)] == [
        ("Cały miesiąc wrócił: Brak kart", provider),
        ("ponad decyzję", provider),
    ]
    with tenant_scope(world.tenant):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
        one = world.one("H1")
        actions.justify_deviations(
            world.contract, OCTOBER, points=[("H1", one.subject)], reason="urgent", actor=DIRECTOR
        )
    assert told(world) == [("", "", "", True), ("", "", "", False)]
    assert points(world)[0].href.endswith("/accept/")
    with tenant_scope(world.tenant):
        actions.accept_month(world.contract, OCTOBER, actor=DIRECTOR)
    assert points(world) == []


def test_a_month_answered_before_it_is_handed_in_still_waits_for_that(
    world: ClosingWorld, sign_in: SignIn
) -> None:
    provider = str(world.organisation)
    with tenant_scope(world.tenant):
        subject = world.one("H1").subject
    director = sign_in(Role.DIRECTOR, world.tenant)
    done = director.post(
        f"/alfa/month/{world.contract.pk}/2026-10/answer/",
        {"chosen": f"H1 {subject}", "reason": "urgent"},
    )
    assert done.status_code == 302
    with tenant_scope(world.tenant):
        assert ContractMonth.objects.get(contract=world.contract).state == ContractMonth.State.OPEN
    assert told(world) == [("", "", provider, True)], "what is answered waits for nobody"
    page = director.get(ADDRESS + "?whose=all").content.decode()
    assert page.count("<tr") == 2, "a head and the month that nobody handed in"


@pytest.mark.parametrize(
    ("role", "mine"), [(Role.DIRECTOR, 2), (Role.NGO_COORDINATOR, 0), (Role.INSPECTOR, None)]
)
def test_both_sides_see_the_same_list_and_what_is_theirs(
    world: ClosingWorld, sign_in: SignIn, role: Role, mine: int | None
) -> None:
    with tenant_scope(world.tenant):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
    client = sign_in(role, world.tenant, world.organisation if role in NGO_ROLES else None)
    page = client.get(ADDRESS + "?whose=all").content.decode()
    assert page.count("<tr") == 3, "a head and two points"
    assert world.over.number in page and "Łącka" not in page
    own = client.get(ADDRESS).content.decode()
    assert own.count("<tr") == 3, "whoever owns nothing begins with all"
    counted = re.findall(r'whose=mine"[^>]*>[^<]*(?:<[^>]+>)?\s*(\d+)?', own)
    assert counted and int(counted[0] or 0) == (mine or 0)


def test_another_organisation_sees_nothing_of_it(world: ClosingWorld, sign_in: SignIn, alfa: Tenant) -> None:
    with tenant_scope(alfa):
        other = ContractFactory().organisation
    page = sign_in(Role.NGO_COORDINATOR, alfa, other).get(ADDRESS + "?whose=all").content.decode()
    assert world.contract.number not in page


def test_queries_do_not_grow_with_contracts(world: ClosingWorld, alfa: Tenant) -> None:
    def counted() -> int:
        with tenant_scope(alfa), CaptureQueriesContext(connection) as asked:
            open_points(list(Contract.objects.select_related("organisation")), OCTOBER, NOVEMBER_2)
        return len(asked)

    with tenant_scope(alfa):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
        line = actions.LineToReturn(world.over.pk, "hours")
        actions.return_month(world.contract, OCTOBER, lines=[line], actor=DIRECTOR)
    build_more: list[Any] = [build_world(alfa) for _number in range(2)]
    with tenant_scope(alfa):
        actions.submit_month(build_more[0].contract, OCTOBER, actor=PROVIDER)
    few = counted()
    for _number in range(3):
        more = build_world(alfa)
        with tenant_scope(alfa):
            actions.submit_month(more.contract, OCTOBER, actor=Actor.system("x"))
    assert counted() == few


def test_the_form_returns_lines_with_codes_and_names_what_is_missing(
    world: ClosingWorld, sign_in: SignIn
) -> None:
    with tenant_scope(world.tenant):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
    client = sign_in(Role.DIRECTOR, world.tenant)
    address = f"/alfa/month/{world.contract.pk}/2026-10/return/"
    form = client.get(address).content.decode()
    assert re.search(r"H1</span>\s*ponad decyzję", form), "a code alone says nothing to whoever returns lines"
    over, clean = world.over.pk, world.clean.pk
    wrong = client.post(address, {f"reason_{over}": "other", f"note_{clean}": "coś"})
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert f'href="#id_note_{over}"' in page and f'href="#id_reason_{clean}"' in page
    assert client.post(address, {f"reason_{over}": "weather"}).status_code == 422
    done = client.post(address, {f"reason_{over}": "dates", f"note_{over}": "8.10 zamiast 5.10"})
    assert done.status_code == 302
    with tenant_scope(world.tenant):
        assert list(ReturnedLine.objects.values_list("decision_id", "reason", "note")) == [
            (over, "dates", "8.10 zamiast 5.10")
        ]
    provider = sign_in(Role.NGO_COORDINATOR, world.tenant, world.organisation)
    month = provider.get(f"/alfa/month/{world.contract.pk}/2026-10/").content.decode()
    assert "8.10 zamiast 5.10" in month and f"add={world.over.number}" in month.replace("%2F", "/")


def test_what_came_back_is_changed_or_answered_before_it_is_handed_in_again(
    world: ClosingWorld, sign_in: SignIn
) -> None:
    with tenant_scope(world.tenant):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
        lines = [actions.LineToReturn(pk, "dates") for pk in (world.over.pk, world.clean.pk)]
        actions.return_month(world.contract, OCTOBER, lines=lines, actor=DIRECTOR)
        Visit.objects.filter(decision=world.over).update(note="Wizyta od 10:00")
    provider = sign_in(Role.NGO_COORDINATOR, world.tenant, world.organisation)
    address = f"/alfa/month/{world.contract.pk}/2026-10/"
    asked = provider.get(f"{address}submit/").content.decode()
    assert asked.count("Wizyty poprawiono w dzienniczku.") == 1
    assert asked.count("Wizyty są takie jak przedtem.") == 1
    field = f"answer_{world.clean.pk}"
    refused = provider.post(f"{address}submit/", {field: "  "})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert f'href="#id_{field}"' in page and f'href="#id_answer_{world.over.pk}"' not in page
    assert "napisz, dlaczego są prawidłowe" in page
    with tenant_scope(world.tenant):
        assert ContractMonth.objects.get().state == "returned"
    assert provider.post(f"{address}submit/", {field: "Daty są z karty osoby"}).status_code == 302
    told = sign_in(Role.DIRECTOR, world.tenant).get(address).content.decode()
    assert told.count("✓ wizyty zmienione") == told.count("▲ wizyty bez zmian") == 1
    assert "Odpowiedź organizacji: Daty są z karty osoby" in told

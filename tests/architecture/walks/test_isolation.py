"""The isolation walk: every address, as every role, with what belongs to somebody else.

Who is asked: signed out; every role of another tenant, alone and all together; analysts of this and of another region;
the operator; a person without any role; every role of the tenant that the row does not let in; and every role that it
does, with the ids of another tenant, of another organisation, and of nothing. Every answer is read for the names that
its reader must not know. One item per route, which names each role and method that got what it should not.

Left out: addresses for programs, which know no roles but tokens (`tests/reporting/exchange/test_calls.py` tries those of
another tenant and organisation), and those for everybody (`test_public_routes.py`). What the door alone decides is
asked of each role with GET or with POST in turn: the door does not look at the method. The wrong ids of several
arguments go one by one and all together, not in each combination.
"""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tenants.roles import NGO_ROLES, OPERATOR
from tests.architecture.asking import (
    GUARDED,
    METHODS,
    NO_SUCH_METHOD,
    OF_OPERATOR,
    REGION,
    TABLE,
    TENANT,
    Clients,
    address_of,
    ask,
    entrants,
    holders,
    in_turn,
    nothing_written,
    one_of_each_sort,
    swapped,
    wrong_answers,
)
from tests.architecture.world import Belongings, World

NOT_FOUND = {404, NO_SUCH_METHOD}
each_tenant_route = pytest.mark.parametrize("name", TENANT)


def _names_of(*owners: Belongings) -> set[str]:
    return {owner.mark for owner in owners}


@pytest.mark.parametrize("name", GUARDED)
def test_signed_out(name: str, world: World) -> None:
    address = address_of(name, world.own)
    with nothing_written():
        for method in METHODS:
            page = ask(Client(), method, address)
            if page.status_code == 302:
                assert page.url.startswith(reverse("account_login") + "?next="), method
            else:
                assert page.status_code == 404, method
            answer = ask(Client(), method, address, accept="application/json")
            assert answer.status_code in {401, 404}, method
            if answer.status_code == 401:
                assert json.loads(answer.content)["errors"][0]["code"] == "signed_out", method


@each_tenant_route
def test_who_is_no_member_finds_nothing(name: str, world: World) -> None:
    """As every role of another tenant."""
    address, hidden = address_of(name, world.own), _names_of(world.own, world.other)
    outsiders = {
        "all roles in another tenant": world.stranger,
        "analyst of the region": world.analyst,
        "operator": world.operator,
        "no role at all": world.nobody,
    }
    # What comes of an address may be told back to who typed it.
    hidden -= {mark for mark in hidden if mark in address}
    with nothing_written():
        found = wrong_answers(outsiders, METHODS, address, {404}, hidden=hidden, drawn=True)
        others = {f"{role} in another tenant": client for role, client in world.strangers.items()}
        others["analyst of another region"] = world.foreign_analyst
        for clients, method in in_turn(others, name):
            found |= wrong_answers(clients, [method], address, {404}, hidden=hidden)
    assert found == {}


@each_tenant_route
def test_a_role_without_the_permission_is_refused(name: str, world: World) -> None:
    address, members = address_of(name, world.own), holders(name, world)
    assert members, "nobody may enter here"
    others = {role: client for role, client in world.members.items() if role not in members}
    if "committee_member" not in members:
        # A right in another tenant opens nothing here.
        others["director elsewhere, committee here"] = world.guest
    hidden = {mark for mark in _names_of(world.own, world.other) if mark not in address}
    with nothing_written():
        assert wrong_answers(others, METHODS, address, {403}, hidden=hidden, drawn=True) == {}


def _found(
    name: str, clients: Clients, own: Belongings, strange: Belongings, whose: str, slug: str = "alfa"
) -> dict[str, Any]:
    """What those clients find at the route although an argument of its address is not theirs."""
    found: dict[str, Any] = {}
    for change in swapped(name, own, strange):
        address = address_of(name, own, slug, **change)
        # Their own words in the address may be told back to them.
        hidden = {strange.mark} - {mark for mark in [strange.mark] if mark in address}
        about = f"{' and '.join(sorted(change))} {whose}"
        found |= wrong_answers(clients, METHODS, address, NOT_FOUND, about=about, hidden=hidden, drawn=True)
    return found


@each_tenant_route
def test_what_belongs_to_another_tenant_is_not_found(name: str, world: World) -> None:
    """Every role that may enter, with ids of another tenant in its own address; and the other way round, all at once."""
    with nothing_written():
        found = _found(name, holders(name, world), world.own, world.foreign, "of another tenant")
        changes = list(swapped(name, world.foreign, world.own))
        if changes:
            address = address_of(name, world.foreign, "beta", **changes[-1])
            inside = {role: world.strangers[role] for role in holders(name, world)}
            hidden = {mark for mark in _names_of(world.own, world.other) if mark not in address}
            for clients, method in in_turn(inside, name):
                found |= wrong_answers(clients, [method], address, NOT_FOUND, about="in beta", hidden=hidden)
    assert found == {}


@each_tenant_route
def test_what_belongs_to_another_organisation_is_not_found(name: str, world: World) -> None:
    clients = {role: client for role, client in holders(name, world).items() if role in NGO_ROLES}
    with nothing_written():
        assert _found(name, clients, world.own, world.other, "of another organisation") == {}


@pytest.mark.parametrize("name", [name for name in [*TENANT, *OF_OPERATOR] if TABLE[name].arguments])
def test_what_is_not_there_is_not_found(name: str, world: World) -> None:
    """Each role by one method, as what is not there belongs to nobody; malformed months as one of each sort."""
    found: dict[str, Any] = {}
    with nothing_written():
        for argument, kind in TABLE[name].arguments.items():
            if kind == "month":
                for value in ("2026-13", "abcd-ef", "12026-01", "0000-01"):
                    address = address_of(name, world.own, **{argument: value})
                    some = one_of_each_sort(name, world)
                    found |= wrong_answers(some, METHODS, address, NOT_FOUND, about=value)
                continue
            address = address_of(name, world.own, **{argument: uuid4()})
            for clients, method in in_turn(holders(name, world), name):
                found |= wrong_answers(clients, [method], address, NOT_FOUND, about=f"no such {argument}")
    assert found == {}


@pytest.mark.parametrize("name", OF_OPERATOR)
def test_pages_of_the_operator_are_for_the_operator(name: str, world: World) -> None:
    others = {**world.members, "analyst": world.analyst, "stranger": world.stranger, "nobody": world.nobody}
    with nothing_written():
        assert wrong_answers(others, METHODS, address_of(name, world.own), {404}, drawn=True) == {}
        operator = {OPERATOR: world.operator}
        assert _found(name, operator, world.own, world.foreign, "of another tenant") == {}


@pytest.mark.parametrize("name", REGION)
def test_a_region_is_for_its_own_analysts(name: str, world: World) -> None:
    others = {
        **world.members,
        "analyst of another region": world.foreign_analyst,
        "operator": world.operator,
        "stranger": world.stranger,
        "nobody": world.nobody,
    }
    with nothing_written():
        assert wrong_answers(others, METHODS, address_of(name, world.own), {404}, drawn=True) == {}
        analyst = {"analyst": world.analyst}
        assert _found(name, analyst, world.own, world.foreign, "of another region") == {}


@pytest.mark.parametrize("name", GUARDED)
def test_a_form_from_another_site_is_refused(name: str, world: World) -> None:
    """As one of each sort: it is refused before anybody is known."""
    with nothing_written():
        for role, client in entrants(name, world, one_of_each_sort).items():
            careful = Client(enforce_csrf_checks=True)
            careful.cookies = client.cookies
            answer = careful.post(address_of(name, world.own))
            if answer.status_code == 415:
                answer = careful.post(address_of(name, world.own), "{}", content_type="application/json")
            assert (role, answer.status_code) == (role, 403)

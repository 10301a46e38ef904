"""Every address of the site, enumerated: what stands at its door, what it answers to whom it lets in.

A new address fails the first tests until the table says how its arguments are made: see `entries.py` for how to add one.
Who is refused what is someone else's: `test_isolation.py`; what forms refuse: `test_filled_forms.py`.
"""

import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.signals import request_started
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from audit.models import Reading
from kernel import permissions
from kernel.doors import Door
from kernel.tenancy import tenant_scope
from tenants import routing
from tenants.models import Tenant
from tenants.roles import NGO_ROLES
from tenants.rules.slugs import RESERVED_SLUGS
from tests.architecture.addresses import OF_FRAMEWORKS, OURS, THEIRS, Route, all_routes
from tests.architecture.asking import (
    METHODS,
    NO_SUCH_METHOD,
    ROUTES,
    TABLE,
    TENANT,
    address_of,
    all_text_of,
    ask,
    entrants,
    hands_out_a_file,
    holders,
    in_turn,
    nothing_written,
    text_of,
    wrong_answers,
)
from tests.architecture.carrying import signed_in_still
from tests.architecture.entries import PERSONS
from tests.architecture.looking import EVERYTHING, keys_read, may_hand_out_a_file
from tests.architecture.world import World
from tests.config import planted

ROOT = Path(__file__).resolve().parents[3]

# Words that no tenant may take although no address begins with them yet: files of browsers, pages to come.
RESERVED_FOR_LATER = {
    "accounts",
    "api",
    "home",
    "static",
    "favicon",
    "robots",
    "public",
    "tenants",
    "help",
    "about",
}

_JUNK = "?month=2026-13&page=abc&sort=zzz&state=%00&contract=1&worker=-&service=x&q=%F0%9F%92%A9&number=%25&week=99"


def test_every_route_has_an_entry_and_every_entry_a_route() -> None:
    assert {"without an entry": set(OURS) - set(TABLE), "without a route": set(TABLE) - set(OURS)} == {
        "without an entry": set(),
        "without a route": set(),
    }


def test_names_of_routes_are_unique() -> None:
    names = [route.name for route in all_routes() if not route.path.startswith(tuple(OF_FRAMEWORKS))]
    assert sorted(names) == sorted(set(names))


def test_every_view_of_ours_declares_its_door() -> None:
    faults = {name: fault for name, route in OURS.items() if (fault := _fault_of_door(name, route))}
    assert faults == {}


def _fault_of_door(name: str, route: Route) -> str:
    """What is wrong with the door of a view, or an empty text."""
    home = Path(sys.modules[route.view.__module__].__file__ or "").resolve()
    if ROOT not in home.parents or ".venv" in home.parts:
        return "a view of a framework stands under an address of ours"
    door = route.door
    if not isinstance(door, Door):
        return "it has no door"
    for_everybody = name.startswith(("board:", "answer:", "survey:")) or name in {
        "exchange:documentation",
        "exchange:schema",
    }
    inside_a_tenant = for_everybody or door.kind in {"tenant", "token"}
    if route.is_inside_a_tenant != inside_a_tenant or for_everybody > (door.kind == "public"):
        return f"{route.path} has a door of kind {door.kind}"
    if (door.kind in {"tenant", "region", "operator"}) != bool(door.permission):
        return "its door names no permission, or names one that it does not ask for"
    return ""


def test_who_asks_here_is_served_under_the_role_of_web_servers(served_as: str, world: World) -> None:
    seen = []

    def look(**_told: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            seen.append(cursor.fetchone()[0])

    request_started.connect(look)
    try:
        assert world.members["director"].get("/alfa/").status_code == 200
    finally:
        request_started.disconnect(look)
    assert seen == [served_as]


def test_frameworks_keep_to_their_addresses() -> None:
    strays = {
        route.path: route.view.__module__
        for route in THEIRS
        if ".venv" not in Path(sys.modules[route.view.__module__].__file__ or "").resolve().parts
    }
    assert strays == {}, "a view of ours hides where the table does not look"
    assert {route.path.split("/")[0] + "/" for route in THEIRS} == set(OF_FRAMEWORKS)


def test_no_tenant_can_take_an_address_of_the_platform() -> None:
    first = {str(pattern.pattern).split("/")[0] for pattern in get_resolver().url_patterns} - {""}
    taken = {word for word in first if not word.startswith("<")}
    assert not taken & RESERVED_FOR_LATER, "the word is in use now: take it off the list of later ones"
    assert taken | RESERVED_FOR_LATER == RESERVED_SLUGS


each_tenant_route = pytest.mark.parametrize("name", TENANT)


@each_tenant_route
def test_a_suspended_tenant_refuses_with_its_reason(name: str, world: World) -> None:
    """Every role that may enter, with GET or with POST in turn."""
    reason = "Umowa wygasła z końcem roku"
    Tenant.objects.filter(slug="alfa").update(state=Tenant.State.SUSPENDED, suspension_reason=reason)
    routing.forget("alfa")
    address = address_of(name, world.own)
    outsiders = {"stranger": world.stranger, "analyst": world.analyst, "operator": world.operator}
    with nothing_written():
        for clients, method in in_turn(holders(name, world), name):
            for role, client in clients.items():
                answer = ask(client, method, address)
                assert (role, answer.status_code) == (role, 403)
                assert reason in answer.content.decode()
        assert wrong_answers(outsiders, METHODS, address, {404}) == {}
    routing.forget("alfa")


@pytest.mark.parametrize(
    "name",
    [n for n in TENANT if permissions.shows_personal_data([str(OURS[n].door and OURS[n].door.permission)])],
)
def test_personal_data_need_a_second_factor(name: str, world: World, settings: Any) -> None:
    """Every role that may enter, with GET or with POST in turn."""
    settings.SECOND_FACTOR_REQUIRED = True
    address = address_of(name, world.own)
    with nothing_written():
        for clients, method in in_turn(holders(name, world), name):
            for role, client in clients.items():
                answer = ask(client, method, address)
                assert (role, answer.status_code, answer.headers.get("Location")) == (
                    role,
                    302,
                    reverse("mfa_index"),
                )


def test_what_hands_out_a_file_says_so_in_the_table() -> None:
    """By any method and at any stage: read from what the views name, as a POST may give its file to a right form only."""
    assert {name for name, route in OURS.items() if may_hand_out_a_file(route.view)} == {
        name for name in OURS if TABLE[name].file
    }


def test_files_of_persons_are_declared_at_the_door() -> None:
    doors = {name: route.door for name, route in OURS.items() if route.door}
    assert {name for name, door in doors.items() if door.hands_out_persons} == {
        name for name in doors if TABLE[name].file == PERSONS
    }


@pytest.mark.parametrize("name", [name for name in sorted(TABLE) if TABLE[name].file == PERSONS])
def test_files_of_persons_ask_anew_who_takes_them(name: str, world: World) -> None:
    address = address_of(name, world.own)
    with nothing_written():
        for role, client in holders(name, world).items():
            session = client.session
            session.pop(AUTHENTICATION_METHODS_SESSION_KEY)
            session.save()
            for method in METHODS:
                answer = ask(client, method, address)
                assert (role, answer.status_code) == (role, 302)
                assert answer["Location"].startswith(
                    reverse("account_reauthenticate") + "?next=%2Fme%2Ffile%2F"
                )
                told = ask(client, method, address, accept="application/json")
                assert (told.status_code, json.loads(told.content)["errors"][0]["code"]) == (401, "proof")


@pytest.mark.parametrize("name", ROUTES)
def test_who_may_enter_gets_a_page_that_tells_of_nobody_else(name: str, world: World) -> None:
    """Every role that may enter; a page that reads its query is asked for what is not theirs, too."""
    fine = {TABLE[name].status} if TABLE[name].status else {200, 302}
    address = address_of(name, world.own)
    for role, client in entrants(name, world).items():
        before = _noted(world)
        with keys_read() as read:
            answer = client.get(address)
        assert answer.status_code in fine, f"{role}: {answer.status_code} {text_of(answer)}"
        if hands_out_a_file(answer):
            assert TABLE[name].file, f"{name} hands out a file: say in the table what it holds"
        if planted.SURNAME_OF_PERSON in all_text_of(answer):
            assert _noted(world) > before, f"{role} sees a person, and nobody can tell them so"
        if name in TENANT:
            _assert_tells_of_nobody_else(name, world, role, client, answer, read)


def _assert_tells_of_nobody_else(
    name: str, world: World, role: str, client: Client, answer: Any, read: set[str]
) -> None:
    """Not on the page as it is, and not when its query asks for what is not theirs: all at once and one by one.

    One at a time too, as a list may refuse the first and never come to the second. What the page never looked up in
    its query cannot change it.
    """
    strange = world.other if role in NGO_ROLES else world.foreign
    asked = {
        parameter: getattr(strange, parameter).pk
        for parameter in ("contract", "worker", "organisation", "person", "decision", "service")
    }
    asked |= {"month": strange.month, "add": strange.decision.number}
    wanted = {key: value for key, value in asked.items() if EVERYTHING in read or key in read}
    queries = [wanted] if wanted else []
    if not TABLE[name].arguments:
        queries += [{key: wanted[key]} for key in ("contract", "worker", "organisation") if key in wanted]
    answers = [answer, *(client.get(address_of(name, world.own), query) for query in queries)]
    for told in answers:
        assert told.status_code in {200, 302, 404, NO_SUCH_METHOD, TABLE[name].status}
        # Its number may be told back to who typed it.
        number = strange.decision.number
        text = text_of(told).replace(quote(number, safe=""), "").replace(number, "")
        for mark in {strange.mark, world.foreign.mark}:
            assert mark not in text, f"{role}: {told.request['QUERY_STRING']}"


def _noted(world: World) -> int:
    """How often it was noted in the tenant that somebody read about persons."""
    with tenant_scope(world.own.tenant):
        return Reading.objects.count()


@pytest.mark.parametrize("name", ROUTES)
def test_a_strange_query_or_body_breaks_nothing(name: str, world: World) -> None:
    """As one who may enter; forms are filled in by `test_filled_forms.py`."""
    role, client = next(iter(entrants(name, world).items()))
    address = address_of(name, world.own)
    fine = {TABLE[name].status} if TABLE[name].status else {200, 302}
    answer = client.get(address + _JUNK)
    assert answer.status_code in fine, f"{role}: {answer.status_code} {text_of(answer)}"
    for body in ("{", "[]"):
        with transaction.atomic():
            status = client.post(address, data=body, content_type="application/json").status_code
            transaction.set_rollback(True)
        assert status < 500, f"{role}: {body}"


@pytest.mark.parametrize("route", THEIRS, ids=lambda route: route.name)
def test_pages_of_frameworks_break_nothing(route: Route, world: World) -> None:
    if "<" in route.path or "(?P" in route.path:
        pytest.skip("takes a key that was mailed; tested with accounts")
    for client in (Client(), world.members["director"]):
        for method in METHODS:
            with signed_in_still(client), transaction.atomic():
                status = ask(client, method, "/" + route.path).status_code
                transaction.set_rollback(True)
            assert status < 500

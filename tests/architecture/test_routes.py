"""Every address of the site, enumerated: who is refused, how, and that a refusal changes nothing.

A new address fails the first tests until the table says how its arguments are made: see `entries.py` for how to add one.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4
from zipfile import ZipFile, is_zipfile

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.signals import request_started
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse
from pypdf import PdfReader
from pypdf.errors import PdfReadError

from audit.models import Reading
from kernel import permissions
from kernel.doors import Door
from kernel.tenancy import tenant_scope
from tenants import routing
from tenants.models import Tenant
from tenants.roles import ANALYST, NGO_ROLES, OPERATOR
from tenants.rules.slugs import RESERVED_SLUGS
from tests.architecture.addresses import OF_FRAMEWORKS, OURS, THEIRS, Route, all_routes
from tests.architecture.entries import PERSONS, read_table
from tests.architecture.world import Belongings, World, rows_written
from tests.config import planted

ROOT = Path(__file__).resolve().parents[2]

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


TABLE = read_table()
FORM = planted.form()


def _named(kind: str) -> list[str]:
    return [name for name, route in OURS.items() if route.door and route.door.kind == kind and name in TABLE]


TENANT, REGION, OF_OPERATOR, SIGNED_IN = map(_named, ("tenant", "region", "operator", "signed_in"))
GUARDED = [*TENANT, *REGION, *OF_OPERATOR, *SIGNED_IN]

each_method = pytest.mark.parametrize("method", ["get", "post"])
each_route = pytest.mark.parametrize("name", sorted(TABLE.keys() & OURS.keys()))
each_tenant_route = pytest.mark.parametrize("name", TENANT)


def test_every_route_has_an_entry_and_every_entry_a_route() -> None:
    assert {"without an entry": set(OURS) - set(TABLE), "without a route": set(TABLE) - set(OURS)} == {
        "without an entry": set(),
        "without a route": set(),
    }


def test_names_of_routes_are_unique() -> None:
    names = [route.name for route in all_routes() if not route.path.startswith(tuple(OF_FRAMEWORKS))]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_view_of_ours_declares_its_door(name: str) -> None:
    route = OURS[name]
    home = Path(sys.modules[route.view.__module__].__file__ or "").resolve()
    assert ROOT in home.parents, "a view of a framework stands under an address of ours"
    assert ".venv" not in home.parts
    assert isinstance(route.door, Door), f"{name} has no door"
    inside_a_tenant = route.is_inside_a_tenant
    if name.startswith(("board:", "answer:", "survey:")) or name in {
        "exchange:documentation",
        "exchange:schema",
    }:
        assert (inside_a_tenant, route.door.kind) == (True, "public")
    else:
        assert inside_a_tenant == (route.door.kind in {"tenant", "token"}), (
            f"{route.path} has a door of kind {route.door.kind}"
        )
    assert (route.door.kind in {"tenant", "region", "operator"}) == bool(route.door.permission)


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


# The world is made once, in a transaction around all; each test runs in a savepoint that is undone.


@pytest.fixture
def db(_world: World) -> Iterator[None]:
    """Instead of pytest-django's, which costs more than most of these tests: a savepoint, undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def world(_world: World, db: None) -> World:
    return _world


@pytest.fixture
def nothing_changes(world: World) -> Iterator[None]:
    """Not one row of any table, sessions aside, was written by the requests of the test."""
    before = rows_written()
    yield
    assert rows_written() == before, "a refused request wrote to the database"


def _address(name: str, belongings: Belongings, slug: str = "alfa", **changed: Any) -> str:
    route, entry = OURS[name], TABLE[name]
    kwargs = {**entry.kwargs(belongings), **changed}
    if route.is_inside_a_tenant:
        kwargs["tenant_slug"] = slug
    return reverse(name, kwargs=kwargs)


def _ask(client: Client, method: str, address: str, accept: str = "text/html") -> Any:
    # What is sent holds planted values; `lines` of conftest.py looks for them in the log.
    body = FORM if method == "post" else {}
    return getattr(client, method)(address, headers={**planted.HEADERS, "accept": accept}, **body)


def _status(client: Client, method: str, address: str, *, drawn: bool = False) -> int:
    # Refusals are asked for as JSON: the same ones without the drawing of a page.
    return int(_ask(client, method, address, "text/html" if drawn else "application/json").status_code)


def _statuses(clients: dict[str, Client], method: str, address: str) -> dict[str, int]:
    """The status for each of them: the first is answered as a browser is, the others without the drawing of a page."""
    first = next(iter(clients), None)
    return {
        who: _status(client, method, address, drawn=method == "get" and who == first)
        for who, client in clients.items()
    }


def _holders(name: str, world: World) -> dict[str, Client]:
    door = OURS[name].door
    assert door is not None
    roles = permissions.known()[str(door.permission)]
    holders = world.holders(roles)
    if ANALYST in roles:
        holders[ANALYST] = world.analyst
    if OPERATOR in roles:
        holders[OPERATOR] = world.operator
    return holders


def _some_holders(name: str, world: World) -> dict[str, Client]:
    """Of those who may enter, one of each sort: of the unit, of an organisation, a carer, the analyst or operator."""
    sorts = {
        "worker": "worker", "ngo_manager": "organisation", "ngo_coordinator": "organisation",
        ANALYST: ANALYST, OPERATOR: OPERATOR,
    }  # fmt: skip
    chosen: dict[str, tuple[str, Client]] = {}
    for role, client in _holders(name, world).items():
        chosen.setdefault(sorts.get(role, "unit"), (role, client))
    return dict(chosen.values())


@each_method
@pytest.mark.parametrize("name", GUARDED)
def test_signed_out(name: str, method: str, world: World, nothing_changes: None) -> None:
    address = _address(name, world.own)
    page = _ask(Client(), method, address)
    if page.status_code == 302:
        assert page.url.startswith(reverse("account_login") + "?next=")
    else:
        assert page.status_code == 404
    answer = _ask(Client(), method, address, accept="application/json")
    assert answer.status_code in {401, 404}
    if answer.status_code == 401:
        assert json.loads(answer.content)["errors"][0]["code"] == "signed_out"


@each_method
@each_tenant_route
def test_who_is_no_member_finds_nothing(name: str, method: str, world: World, nothing_changes: None) -> None:
    address = _address(name, world.own)
    outsiders = {
        "all roles in another tenant": world.stranger,
        "analyst of the region": world.analyst,
        "operator": world.operator,
        "no role at all": world.nobody,
    }
    answers = _statuses(outsiders, method, address)
    assert answers == dict.fromkeys(outsiders, 404)


@each_method
@each_tenant_route
def test_a_role_without_the_permission_is_refused(
    name: str, method: str, world: World, nothing_changes: None
) -> None:
    address, holders = _address(name, world.own), _holders(name, world)
    assert holders, "nobody may enter here"
    others = {role: client for role, client in world.members.items() if role not in holders}
    if "committee_member" not in holders:
        # A right in another tenant opens nothing here.
        others["director elsewhere, committee here"] = world.guest
    answers = _statuses(others, method, address)
    assert answers == dict.fromkeys(others, 403)


def _swapped(name: str, own: Belongings, strange: Belongings) -> Iterator[dict[str, Any]]:
    """The arguments with one of them, and with all of them, taken from where they do not belong."""
    entry = TABLE[name]
    ours, theirs = entry.kwargs(own), entry.kwargs(strange)
    secret = {
        argument: value
        for argument, value in theirs.items()
        if value != ours[argument] and argument not in entry.open_to_all
    }
    for argument, value in secret.items():
        yield {argument: value}
    if len(secret) > 1:
        yield secret


def _not_found(
    name: str, method: str, clients: dict[str, Client], own: Belongings, strange: Belongings
) -> dict[str, int]:
    """The answers that are not 404, nor 405 of a view that has no such method at all, when those clients ask for
    what is not theirs."""
    answers = {}
    for change in _swapped(name, own, strange):
        address = _address(name, own, **change)
        for role, status in _statuses(clients, method, address).items():
            if status not in {404, 405}:
                answers[f"{role} {sorted(change)}"] = status
    return answers


@each_method
@each_tenant_route
def test_what_belongs_to_another_tenant_is_not_found(
    name: str, method: str, world: World, nothing_changes: None
) -> None:
    assert _not_found(name, method, _some_holders(name, world), world.own, world.foreign) == {}


@each_method
@each_tenant_route
def test_what_belongs_to_another_organisation_is_not_found(
    name: str, method: str, world: World, nothing_changes: None
) -> None:
    holders = {role: client for role, client in _holders(name, world).items() if role in NGO_ROLES}
    assert _not_found(name, method, holders, world.own, world.other) == {}


@each_method
@pytest.mark.parametrize("name", [name for name in [*TENANT, *OF_OPERATOR] if TABLE[name].arguments])
def test_what_is_not_there_is_not_found(name: str, method: str, world: World, nothing_changes: None) -> None:
    for argument, kind in TABLE[name].arguments.items():
        for value in ("2026-13", "abcd-ef", "12026-01", "0000-01") if kind == "month" else (uuid4(),):
            address = _address(name, world.own, **{argument: value})
            for role, status in _statuses(_some_holders(name, world), method, address).items():
                assert status in {404, 405}, f"{role}: {value}"


@each_method
@each_tenant_route
def test_a_suspended_tenant_refuses_with_its_reason(name: str, method: str, world: World) -> None:
    reason = "Umowa wygasła z końcem roku"
    Tenant.objects.filter(slug="alfa").update(state=Tenant.State.SUSPENDED, suspension_reason=reason)
    routing.forget("alfa")
    address, before = _address(name, world.own), rows_written()
    for role, client in list(_some_holders(name, world).items())[: 1 if method == "post" else None]:
        answer = _ask(client, method, address)
        assert (role, answer.status_code) == (role, 403)
        assert reason in answer.content.decode()
    others = {"stranger": world.stranger, "analyst": world.analyst, "operator": world.operator}
    assert _statuses(others, method, address) == dict.fromkeys(others, 404)
    assert rows_written() == before
    routing.forget("alfa")


@each_method
@pytest.mark.parametrize(
    "name",
    [n for n in TENANT if permissions.shows_personal_data([str(OURS[n].door and OURS[n].door.permission)])],
)
def test_personal_data_need_a_second_factor(
    name: str, method: str, world: World, nothing_changes: None, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    address = _address(name, world.own)
    for role, client in _some_holders(name, world).items():
        answer = _ask(client, method, address)
        assert (role, answer.status_code, answer.headers.get("Location")) == (role, 302, reverse("mfa_index"))


@pytest.mark.parametrize("name", sorted(OURS))
def test_files_of_persons_are_declared_at_the_door(name: str) -> None:
    door = OURS[name].door
    assert door is not None and door.hands_out_persons == (TABLE[name].file == PERSONS)


@each_method
@pytest.mark.parametrize("name", [name for name in sorted(TABLE) if TABLE[name].file == PERSONS])
def test_files_of_persons_ask_anew_who_takes_them(
    name: str, method: str, world: World, nothing_changes: None
) -> None:
    address = _address(name, world.own)
    for role, client in _some_holders(name, world).items():
        session = client.session
        session.pop(AUTHENTICATION_METHODS_SESSION_KEY)
        session.save()
        answer = _ask(client, method, address)
        assert (role, answer.status_code) == (role, 302)
        assert answer["Location"].startswith(reverse("account_reauthenticate") + "?next=%2Fme%2Ffile%2F")
        told = _ask(client, method, address, accept="application/json")
        assert (told.status_code, json.loads(told.content)["errors"][0]["code"]) == (401, "proof")


@pytest.mark.parametrize("name", GUARDED)
def test_a_form_from_another_site_is_refused(name: str, world: World, nothing_changes: None) -> None:
    for role, client in _entrants(name, world, _some_holders).items():
        careful = Client(enforce_csrf_checks=True)
        careful.cookies = client.cookies
        answer = careful.post(_address(name, world.own))
        if answer.status_code == 415:
            answer = careful.post(_address(name, world.own), "{}", content_type="application/json")
        assert (role, answer.status_code) == (role, 403)


@each_method
@pytest.mark.parametrize("name", OF_OPERATOR)
def test_pages_of_the_operator_are_for_the_operator(
    name: str, method: str, world: World, nothing_changes: None
) -> None:
    address = _address(name, world.own)
    others = {**world.members, "analyst": world.analyst, "stranger": world.stranger, "nobody": world.nobody}
    answers = _statuses(others, method, address)
    assert answers == dict.fromkeys(others, 404)
    assert _not_found(name, method, {OPERATOR: world.operator}, world.own, world.foreign) == {}


@each_method
@pytest.mark.parametrize("name", REGION)
def test_a_region_is_for_its_own_analysts(
    name: str, method: str, world: World, nothing_changes: None
) -> None:
    address = _address(name, world.own)
    others = {
        **world.members,
        "analyst of another region": world.foreign_analyst,
        "operator": world.operator,
        "stranger": world.stranger,
        "nobody": world.nobody,
    }
    answers = _statuses(others, method, address)
    assert answers == dict.fromkeys(others, 404)


def _entrants(
    name: str, world: World, of_permission: Callable[[str, World], dict[str, Client]]
) -> dict[str, Client]:
    """Clients who may enter, where the door asks for no permission: any person, and for a public one nobody too."""
    door = OURS[name].door
    if door and door.permission:
        return of_permission(name, world)
    signed_out = {"signed out": Client()} if door and door.kind == "public" else {}
    return {"nobody": world.nobody, **signed_out}


@pytest.mark.parametrize("query", ["", _JUNK], ids=["plain", "junk"])
@each_route
def test_who_may_enter_gets_a_page(name: str, query: str, world: World) -> None:
    fine = {TABLE[name].status} if TABLE[name].status else {200, 302}
    entrants = _entrants(name, world, _some_holders if query else _holders)
    for role, client in list(entrants.items())[: 1 if query else None]:
        before = _noted(world)
        answer = client.get(_address(name, world.own) + query)
        assert answer.status_code in fine, f"{role}: {answer.status_code}"
        if "attachment" in answer.get("Content-Disposition", ""):
            assert TABLE[name].file, f"{name} hands out a file: say in the table what it holds"
        if not query and planted.SURNAME_OF_PERSON in _all_text(answer):
            assert _noted(world) > before, f"{role} sees a person, and nobody can tell them so"


def _noted(world: World) -> int:
    """How often it was noted in the tenant that somebody read about persons."""
    with tenant_scope(world.own.tenant):
        return Reading.objects.count()


def _all_text(answer: Any) -> str:
    """What the answer says, also where it is a workbook or a document."""
    kind = answer.headers["Content-Type"]
    content = b"".join(answer) if answer.streaming else answer.content
    if kind.startswith("application/pdf"):
        # What people brought in this world is hardly a document.
        with suppress(PdfReadError):
            content += " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).encode()
    if is_zipfile(BytesIO(content)):
        with ZipFile(BytesIO(content)) as packed:
            content = b" ".join(packed.read(each) for each in packed.namelist())
    return content.decode(errors="replace")


def _text(answer: Any) -> str:
    """What the answer says, as far as it is text."""
    content_type = answer.headers["Content-Type"]
    return answer.content.decode() if content_type.startswith(("text/", "application/json")) else ""


@each_tenant_route
def test_pages_tell_nothing_of_another_tenant_or_organisation(name: str, world: World) -> None:
    """Not on the page as it is, and not when its query asks for what is not theirs."""
    plain = _address(name, world.own)
    for role, client in _some_holders(name, world).items():
        strange = world.other if role in NGO_ROLES else world.foreign
        wanted = {
            parameter: getattr(strange, parameter).pk
            for parameter in ("contract", "worker", "organisation", "person", "decision", "service")
        }
        wanted |= {"month": strange.month, "add": strange.decision.number}
        # One at a time too: a list may refuse the first and never come to the second.
        one_by_one = () if TABLE[name].arguments else ("contract", "worker", "organisation")
        queries = [{}, wanted, *({key: wanted[key]} for key in one_by_one)]
        answers = [client.get(plain, query) for query in queries]
        for answer in answers:
            assert answer.status_code in {200, 302, 404, 405, TABLE[name].status}
            # Its number may be told back to who typed it.
            number = strange.decision.number
            told = _text(answer).replace(quote(number, safe=""), "").replace(number, "")
            for mark in {strange.mark, world.foreign.mark}:
                assert mark not in told, f"{role}: {answer.request['QUERY_STRING']}"


@each_route
def test_an_empty_or_strange_form_breaks_nothing(name: str, world: World) -> None:
    clients = _entrants(name, world, _some_holders)
    address = _address(name, world.own)
    strange = dict.fromkeys(
        ("name", "number", "code", "valid_from", "minutes", "role", "email", "file", "month", "q"), "\x00💩%s"
    )
    for role, client in clients.items():
        for body, kind in ((strange, None), ("{", "application/json"), ("[]", "application/json")):
            given = {"data": body} if kind is None else {"data": body, "content_type": kind}
            with transaction.atomic():
                status = client.post(address, **given).status_code
                transaction.set_rollback(True)
            assert status < 500, f"{role}: {status}"


@pytest.mark.parametrize("route", THEIRS, ids=lambda route: route.name)
def test_pages_of_frameworks_break_nothing(route: Route, world: World) -> None:
    if "<" in route.path or "(?P" in route.path:
        pytest.skip("takes a key that was mailed; tested with accounts")
    for client in (Client(), world.members["director"]):
        for method in ("get", "post"):
            with transaction.atomic():
                status = _ask(client, method, "/" + route.path).status_code
                transaction.set_rollback(True)
            assert status < 500

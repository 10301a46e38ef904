"""How the walks over the table of routes ask: the address of a route, who may enter, what an answer says."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import Any
from zipfile import ZipFile, is_zipfile

from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from pypdf.errors import PdfReadError

from kernel import permissions
from tenants.roles import ANALYST, OPERATOR
from tests.architecture.addresses import OURS
from tests.architecture.entries import read_table
from tests.architecture.world import Belongings, World, rows_written
from tests.config import planted

TABLE = read_table()
FORM = planted.form()
METHODS = ("get", "post")
# The answer of a view that has no such method at all.
NO_SUCH_METHOD = 405

Clients = dict[str, Client]


def named(kind: str) -> list[str]:
    """Routes whose door is of the kind."""
    return [name for name, route in OURS.items() if route.door and route.door.kind == kind and name in TABLE]


TENANT, REGION, OF_OPERATOR, SIGNED_IN = map(named, ("tenant", "region", "operator", "signed_in"))
GUARDED = [*TENANT, *REGION, *OF_OPERATOR, *SIGNED_IN]
ROUTES = sorted(TABLE.keys() & OURS.keys())


def address_of(name: str, belongings: Belongings, slug: str = "alfa", **changed: Any) -> str:
    """The address of a route for what somebody has, with other arguments where they are named."""
    kwargs = {**TABLE[name].kwargs(belongings), **changed}
    if OURS[name].is_inside_a_tenant:
        kwargs["tenant_slug"] = slug
    return reverse(name, kwargs=kwargs)


def ask(client: Client, method: str, address: str, accept: str = "text/html") -> Any:
    """The answer; what is sent holds planted values, for which `lines` of conftest.py looks in the log."""
    body = FORM if method == "post" else {}
    return getattr(client, method)(address, headers={**planted.HEADERS, "accept": accept}, **body)


def wrong_answers(
    clients: Clients,
    methods: Iterable[str],
    address: str,
    fine: Iterable[int],
    *,
    about: str = "",
    hidden: Iterable[str] = (),
    drawn: bool = False,
) -> dict[str, Any]:
    """What is not as it should be, by role and method: a status that is not `fine`, or what is `hidden` and was told.

    Refusals are asked for as JSON, the same ones without the drawing of a page; with `drawn` the first person's is
    answered as a browser is.
    """
    found: dict[str, Any] = {}
    first = next(iter(clients), None) if drawn else None
    for method in methods:
        for role, client in clients.items():
            shown = method == "get" and role == first
            answer = ask(client, method, address, "text/html" if shown else "application/json")
            who = f"{role}, {method}{about and ': '}{about}"
            if answer.status_code not in fine:
                found[who] = answer.status_code
            told = text_of(answer)
            if marks := [mark for mark in hidden if mark in told]:
                found[f"{who}, told"] = marks
    return found


def in_turn(clients: Clients, name: str) -> Iterator[tuple[Clients, str]]:
    """Each of them with one method, so that GET and POST take turns over roles and over routes.

    For what is decided at the door, which does not look at the method.
    """
    place = ROUTES.index(name)
    for method in METHODS:
        chosen = [role for at, role in enumerate(clients) if METHODS[(at + place) % 2] == method]
        yield {role: clients[role] for role in chosen}, method


def holders(name: str, world: World) -> Clients:
    """Everybody whom the row lets in, by role."""
    door = OURS[name].door
    assert door is not None
    roles = permissions.known()[str(door.permission)]
    found = world.holders(roles)
    if ANALYST in roles:
        found[ANALYST] = world.analyst
    if OPERATOR in roles:
        found[OPERATOR] = world.operator
    return found


def one_of_each_sort(name: str, world: World) -> Clients:
    """Of those who may enter, one of each sort: of the unit, of an organisation, a carer, the analyst or operator."""
    sorts = {
        "worker": "worker", "ngo_manager": "organisation", "ngo_coordinator": "organisation",
        ANALYST: ANALYST, OPERATOR: OPERATOR,
    }  # fmt: skip
    chosen: dict[str, tuple[str, Client]] = {}
    for role, client in holders(name, world).items():
        chosen.setdefault(sorts.get(role, "unit"), (role, client))
    return dict(chosen.values())


def entrants(name: str, world: World, of_permission: Callable[[str, World], Clients] = holders) -> Clients:
    """Clients who may enter, where the door asks for no permission: any person, and for a public one nobody too."""
    door = OURS[name].door
    if door and door.permission:
        return of_permission(name, world)
    signed_out = {"signed out": Client()} if door and door.kind == "public" else {}
    return {"nobody": world.nobody, **signed_out}


def swapped(name: str, own: Belongings, strange: Belongings) -> Iterator[dict[str, Any]]:
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


@contextmanager
def nothing_written() -> Iterator[None]:
    """Not one row of any table, sessions aside, is written by what is asked here."""
    before = rows_written()
    yield
    assert rows_written() == before, "a refused request wrote to the database"


def text_of(answer: Any) -> str:
    """What the answer says, as far as it is text."""
    content_type = answer.headers.get("Content-Type", "")
    return answer.content.decode() if content_type.startswith(("text/", "application/json")) else ""


def all_text_of(answer: Any) -> str:
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


def hands_out_a_file(answer: Any) -> bool:
    return "attachment" in answer.get("Content-Disposition", "")

"""No page shows a link, or a form, to a door that is shut to its reader: every role walks every link it is shown.

Two worlds are walked: the demo's Szczecin, with a call at every stage and a cycle on its way, and the small world of
the table of routes, where each page of the table is begun at, so that no page hides because nothing links to it.
"""

import logging
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from accounts.models import User
from kernel import permissions
from kernel.tenancy import tenant_scope
from reporting.demo.actions import load_demo
from tenants.models import Membership, Tenant
from tenants.roles import Role
from tests.architecture.addresses import OURS
from tests.architecture.entries import read_table
from tests.architecture.world import World, build_world
from tests.factories.commissioning import make_cycle
from tests.factories.people import client_of
from tests.reading import inside, read_page, route_of

pytestmark = pytest.mark.slow

DEMO = "szczecin"
# First parts of addresses of contracting inside a tenant: there links of one route are followed up to so many times,
# as each may stand at another stage; elsewhere one of a route.
_OF_ONE_ROUTE = 5
CONTRACTING = {
    "contracts", "services", "cycles", "payments", "resources", "law", "calls", "offers", "committee", "board",
}  # fmt: skip
TABLE = read_table()


def _sort_of(address: str) -> tuple[Any, ...]:
    """What of an address makes it worth following once more: in contracting its path and the names in its query."""
    there = urlsplit(address)
    parts = there.path.split("/")
    if len(parts) > 2 and parts[2] in CONTRACTING:
        return (there.path, *sorted({name for name, _value in parse_qsl(there.query)}))
    try:
        found = resolve(there.path)
    except Resolver404:
        return (there.path,)
    return (found.view_name, found.kwargs.get("tenant_slug", ""))


def _name(address: str) -> str:
    """The name of its route, or the address where there is none."""
    return route_of(address) or address


@dataclass(frozen=True)
class _Way:
    """Where a page leads: by a link, or by a form that posts; that too is asked with GET, so that nothing is written."""

    address: str
    by_form: bool = False


def _ways_of(answer: Any) -> list[_Way]:
    """Where the page that was landed on leads on this site: by its links and its forms."""
    if answer.streaming or not answer.headers["Content-Type"].startswith("text/html"):
        return []
    address = answer.request["PATH_INFO"]
    page = read_page(answer.content.decode())
    found = [(link, False) for link in page.links] + [(action, True) for action in page.posts]
    here = ((inside(there, address), by_form) for there, by_form in found)
    return [_Way(there, by_form) for there, by_form in here if there]


class _Walk:
    """One person's walk: what was asked, and what should not have been shown."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.answers: dict[tuple[Any, ...], int] = {}
        self.times: Counter[str] = Counter()
        self.routes: set[str] = set()
        self.faults: set[str] = set()

    def follow(self, starts: list[str]) -> "_Walk":
        """Follow every link from these addresses, and every link of the pages that they lead to."""
        waiting = deque(("the address bar", _Way(start)) for start in starts)
        while waiting:
            shown_on, way = waiting.popleft()
            waiting.extend((_name(way.address), further) for further in self._ask(way, shown_on))
        return self

    def look_around(self, pages: list[str]) -> "_Walk":
        """Ask for the links of these pages and go no further; a page may itself be shut, as nobody was led to it."""
        shown = [(_name(page), way) for page in pages for way in self._ask(_Way(page), None)]
        for page, way in shown:
            self._ask(way, page)
        return self

    def _ask(self, way: _Way, shown_on: str | None) -> list[_Way]:
        """Where the page at the address, or the one it sends on to, leads; nowhere where it was asked before."""
        sort, route = _sort_of(way.address), _name(way.address)
        if sort not in self.answers and self.times[route] == _OF_ONE_ROUTE:
            return []
        answer = None
        if sort not in self.answers:
            answer = self.client.get(way.address, follow=True)
            self.answers[sort] = answer.status_code
            self.times[route] += 1
        status = self.answers[sort]
        if shown_on is not None and status >= 400 and not (way.by_form and status == 405):
            self.faults.add(f"{shown_on} leads to {route}: {status}")
        if answer is None or status >= 400:
            return []
        self.routes.add(route)
        return _ways_of(answer)


@pytest.fixture(scope="module")
def _worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Both worlds in one transaction that is undone: the demo in Szczecin, the table's world in alfa and beta."""
    logging.disable(logging.CRITICAL)
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_territories", stdout=StringIO())
        load_demo(today=timezone.localdate(), say=lambda name: None)
        with tenant_scope(Tenant.objects.get(slug=DEMO)):
            # Nothing is entered yet, so every check of its steps sends its reader somewhere.
            make_cycle(
                title="Cykl, który dopiero się zaczyna",
                period_from=date(2031, 1, 1),
                period_to=date(2031, 12, 31),
            )
        yield build_world(Tenant.objects.get(slug="alfa"), Tenant.objects.get(slug="beta"))
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


@pytest.fixture
def db(_worlds: World) -> Iterator[None]:
    """Instead of pytest-django's: a savepoint, undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def world(_worlds: World, db: None) -> World:
    return _worlds


def _people(role: Role) -> list[User]:
    """Everybody in the demo's Szczecin with the role: bidders of one call see different pages."""
    members = Membership.objects.current().filter(tenant__slug=DEMO, role=role)
    return [member.user for member in members.select_related("user").order_by("user__email")]


def _pages_of_table(world: World, role: Role) -> list[str]:
    """Every page of contracting in the table of routes, of what alfa has, whose door opens to the role."""
    found = []
    for name, route in OURS.items():
        door, entry = route.door, TABLE.get(name)
        if not route.is_inside_a_tenant or entry is None or entry.status == 405:
            continue
        if door and door.permission and role not in permissions.known()[door.permission]:
            continue
        address = reverse(name, kwargs={"tenant_slug": "alfa", **entry.kwargs(world.own)})
        if address.split("/")[2] in CONTRACTING:
            found.append(address)
    return found


def _report(faults: set[str]) -> None:
    if faults:
        pytest.fail(f"{len(faults)} links to shut doors:\n" + "\n".join(sorted(faults)), pytrace=False)


@pytest.mark.parametrize("role", list(Role))
def test_every_link_that_a_role_is_shown_in_the_demo_opens(role: Role, world: World) -> None:
    faults: set[str] = set()
    for person in _people(role):
        client = client_of(person)
        walk = _Walk(client).follow([f"/{DEMO}/", f"/{DEMO}/board/"])
        faults |= walk.faults
        assert len(walk.routes) > 5, "the role has come nowhere"
    _report(faults)


@pytest.mark.parametrize("role", list(Role))
def test_every_link_of_the_pages_of_the_table_opens(role: Role, world: World) -> None:
    walk = _Walk(world.members[role]).look_around(_pages_of_table(world, role))
    _report(walk.faults)
    assert any(name.startswith("board:") for name in walk.routes), "the role has come nowhere"

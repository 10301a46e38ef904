"""Every page as every role: axe finds nothing, titles and headings say where one is, no page scrolls sideways."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import User
from contracting.tenders.queries.board import public_calls
from kernel import permissions
from kernel.tenancy import tenant_scope
from reporting.demo.people import PASSWORD
from tenants.models import Invitation, Membership, RegionMembership, Tenant
from tenants.roles import ANALYST, OPERATOR, Role
from tenants.rules.invitations import hash_of
from tests.architecture.addresses import OURS, Route
from tests.architecture.entries import read_table
from tests.architecture.world import World, build_world, write_mail
from tests.browser.walking import (
    Findings,
    check_page,
    check_print,
    check_reading,
    check_skip_link,
    check_width,
    open_page,
    read_along,
    walk,
)
from tests.factories.people import client_of
from tests.reading import Reading, read_page, route_of

TENANT = "barlinek"
# Where the demo has a cycle, and calls at every stage up to contracts.
PLANNING = "szczecin"
PLANNERS = [
    Role.DIRECTOR,
    Role.COORDINATOR,
    Role.ACCOUNTANT,
    Role.COMMITTEE_MEMBER,
    Role.NGO_MANAGER,
    Role.NGO_COORDINATOR,
]
TOKEN = "klucz-zaproszenia-do-obejrzenia"
PHONE = {"width": 390, "height": 844}
ERRORS = [f"/ui/error/{status}/" for status in (400, 403, 404, 409, 413)]
# Drawn without the site: the server has failed, so no frame, no skip link.
BARE_ERRORS = [f"/ui/error/{status}/" for status in (500, 503)]
ACCOUNT = [
    "/me/profile/",
    "/account/2fa/",
    "/account/sessions/",
    "/account/password/change/",
    "/account/email/",
]
SIGNED_OUT = [
    "/account/login/",
    "/account/password/reset/",
    "/account/password/reset/done/",
    "/account/login/code/",
    "/account/signup/",
    "/invitation/no-such-link/",
    "/outbox/",
    "/ui/",
]
NOT_FOUND = {"/invitation/accept/"}
# Routes that no walk comes to a page of, each with its reason; the others of the table must have been looked at.
UNSEEN = {
    "accounts:asked_file": "looked at by the test of asked files: a session finds only what it asked for",
    "accounts:end_idle": "takes what is sent, and sends whoever is signed out to sign in",
    "crisis:document": "looked at by the test of rare pages: only the team of a case reads its documents",
    "crisis:revise_document": "looked at by the test of rare pages: only the team of a case writes its documents",
    "crisis:case_file": "a file, for those who work on the case",
    "supervision:reopen_dossier": "the form of a reason, as elsewhere; sends on where the dossier is open, as in the world",
    "icon:icon": "sends on to a picture",
    "invitation:open": "sends on to the page of the invitation",
    "invitation:accept": "needs a link opened in the same session; the test of invitations goes there",
    "field:open_grid": "sends on to the grid",
    "settlement:contract_forecast": "sends on to the ledger of the contract",
    "delivery:refused_copy": "a file, which the import of the table's world has not",
    "advice:refused_copy": "a file, which the file of the table's world has not",
    "committee:pair": "looked at by the test of rare pages: sends on unless its query names two offers",
    "committee:finish": "takes what is sent, and sends back whoever only looks",
    "contracts:edit_draft": "looked at by the test of rare pages: sends on where the draft waits for signatures",
    "continuity:issue": "takes what is sent, and sends back whoever only looks",
    "contracts:make_document": "takes what is sent, and sends back whoever only looks",
    "form_choice:score_forms": "looked at by the test of rare pages: sends on where no criteria are set or the step has passed",
    "arrangement:show": "looked at by the test of rare pages: sends on where a call chooses",
    "arrangement:record": "looked at by the test of rare pages, as the page that shows it",
    "statistics:figures_file": "a file, where something is released",
    "statistics:place_file": "a file, where something is released",
    "statistics:open_file": "a file, where something is released",
    "statistics:api_figures": "for programs; refuses a question without an indicator",
    "operator:certificate": "a file, once a tenant is erased",
    "sending:approve": "sends on where the sending is approved, as it is everywhere in the demo",
}


@pytest.fixture(scope="module")
def demo(live_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The demo, an open invitation, a mail in the outbox, and a person with a second factor."""
    call_command("load_territories", stdout=StringIO())
    call_command("load_demo", stdout=StringIO())
    tenant = Tenant.objects.get(slug=TENANT)
    for role, token in ((Role.INSPECTOR, TOKEN), (Role.ACCOUNTANT, TOKEN + "2")):
        Invitation.objects.create(
            email=f"nowa-{role}@przyklad.test",
            full_name="Ola Nowa",
            tenant=tenant,
            role=role,
            token_hash=hash_of(token),
            expires_at=timezone.now() + timedelta(days=5),
        )
    outbox = tmp_path_factory.mktemp("outbox")
    write_mail(outbox)
    with override_settings(EMAIL_FILE_PATH=outbox):
        yield


@dataclass
class Looks:
    """What has been looked at in this module: routes with the first who came there, and all kinds of elements."""

    routes: dict[str, str] = field(default_factory=dict)
    kinds: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def looks() -> Looks:
    return Looks()


def _person(role: str) -> User:
    if role == OPERATOR:
        return User.objects.get(is_operator=True)
    if role == ANALYST:
        return RegionMembership.objects.get(voivodeship_id="32").user
    members = Membership.objects.current().filter(tenant__slug=TENANT, user__email__endswith="siedem.test")
    return members.get(role=role).user


def _planners(role: str) -> list[User]:
    """Everybody with the role where services are planned: bidders of one call see different pages."""
    members = Membership.objects.current().filter(tenant__slug=PLANNING, role=role)
    return [member.user for member in members.select_related("user").order_by("user__email")]


def _boards() -> list[str]:
    """The public pages of every call of the demo, whatever its stage."""
    with tenant_scope(Tenant.objects.get(slug=PLANNING)):
        return [f"/{PLANNING}/board/{pk}/" for pk in public_calls().values_list("pk", flat=True)]


def _sign_in_by_form(page: Page, user: User) -> None:
    page.goto("/account/login/")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/account/login/" not in url)


class Checks:
    """What is looked at on each page of one walk."""

    def __init__(self, who: str, new_page: Callable[..., Page], client: Client | None, looks: Looks) -> None:
        self.who, self.seen, self.kinds, self.found = who, looks.routes, looks.kinds, Findings()
        self.client = client or Client()
        cookie = self.client.cookies.get(settings.SESSION_COOKIE_NAME)
        self._new_page, self._session = new_page, cookie.value if cookie else None

    @cached_property
    def page(self) -> Page:
        return self._new_page(theme="light", session=self._session)

    @cached_property
    def phone(self) -> Page:
        return self._new_page(language="en", theme="dark", viewport=PHONE, session=self._session)

    def read(self, route: str, path: str, status: int, reading: Reading) -> None:
        """Everybody's page by its text; in the browser each route, and whatever has kinds of elements that no look had."""
        self.found.note(route, self.who, check_reading(reading, "pl"))
        if status >= 400:
            self.found.note(route, self.who, [f"{path} answers {status}"])
        if route not in self.seen or reading.kinds - self.kinds:
            open_page(self.page, path)
            self.look(route, path, status)
            self.kinds |= reading.kinds

    def walk(self, starts: list[str]) -> set[str]:
        """Follow every link from these addresses; returns the routes."""
        return read_along(self.client, starts, self.read)

    def look(self, route: str, path: str, status: int) -> None:
        """Everybody's page in Polish on a desktop; each route once more in English, dark, on a phone."""
        if status >= 400:
            self.found.note(route, self.who, [f"{path} answers {status}"])
        self.found.note(route, self.who, check_page(self.page, "pl"))
        if route in self.seen:
            return
        self.seen[route] = self.who
        self.found.note(route, self.who, check_skip_link(self.page) + check_width(self.page, 390, 320))
        self.found.note(route, self.who, check_print(self.page))
        if open_page(self.phone, path) is not None:
            dark = check_page(self.phone, "en") + check_width(self.phone, 390, 320)
            self.found.note(f"{route} (English, dark, phone)", self.who, dark)

    def report(self) -> None:
        lines = sorted(set(self.found.lines))
        if lines:
            pytest.fail(f"{len(lines)} faults (route | person | fault):\n" + "\n".join(lines), pytrace=False)


@pytest.fixture
def checks(new_page: Callable[..., Page], looks: Looks) -> Callable[..., Checks]:
    def make(who: str, client: Client | None = None) -> Checks:
        return Checks(who, new_page, client, looks)

    return make


# The planners come first: their tenant has most, and what others see of it again needs no second look.
@pytest.mark.parametrize("role", PLANNERS)
def test_every_page_of_planning_and_calls(role: str, demo: None, checks: Callable[..., Checks]) -> None:
    starts = [f"/{PLANNING}/", f"/{PLANNING}/board/"]
    for place, person in enumerate(_planners(role)):
        looking = checks(f"{role} {place}", client_of(person))
        seen = looking.walk(starts)
        looking.report()
        assert len(seen) > 5, "the role has come nowhere"


@pytest.mark.parametrize("role", [*Role, ANALYST, OPERATOR])
def test_every_page_that_a_role_comes_to(role: str, demo: None, checks: Callable[..., Checks]) -> None:
    looking = checks(role, client_of(_person(role)))
    seen = looking.walk(["/"])
    looking.report()
    assert seen - {"home"}, "the role has come nowhere"


def test_the_public_notice_board(demo: None, checks: Callable[..., Checks]) -> None:
    looking = checks("visitor")
    seen = looking.walk([f"/{PLANNING}/board/", *_boards()])
    looking.report()
    assert {"board:list", "board:call"} <= seen


def test_pages_of_the_own_account(demo: None, checks: Callable[..., Checks]) -> None:
    """Second factors and sessions are shown to whoever has just signed in with a password."""
    signing_in = checks("own account").page
    _sign_in_by_form(signing_in, _person(Role.DIRECTOR))
    client = Client()
    for cookie in signing_in.context.cookies():
        client.cookies[cookie["name"]] = cookie["value"]
    looking = checks("own account", client)
    seen = looking.walk(ACCOUNT)
    looking.report()
    assert {"mfa_index", "mfa_activate_totp", "usersessions_list", "accounts:profile"} <= seen


def test_the_second_step_of_signing_in(demo: None, checks: Callable[..., Checks]) -> None:
    person = _person(Role.COORDINATOR)
    TOTP.activate(person, generate_totp_secret())
    looking = checks("second step")
    for page in (looking.page, looking.phone):
        _sign_in_by_form(page, person)
    assert route_of(urlsplit(looking.page.url).path) == "mfa_authenticate"
    looking.look("mfa_authenticate", "/account/2fa/authenticate/", 200)
    looking.report()


def test_pages_of_who_is_signed_out(demo: None, checks: Callable[..., Checks], faults: Any) -> None:
    faults.allow("status of 404")
    looking = checks("signed out")

    def look(route: str, path: str, status: int) -> None:
        looking.look(route, path, 200 if path in NOT_FOUND else status)

    seen = walk(looking.page, SIGNED_OUT, look)
    looking.report()
    assert {"account_login", "account_reset_password", "ui:styleguide", "outbox:message"} <= seen


def test_pages_of_an_invitation(demo: None, checks: Callable[..., Checks]) -> None:
    looking = checks("invited")
    for page in (looking.page, looking.phone):
        assert open_page(page, f"/invitation/{TOKEN}/") == 200
    looking.look("invitation:accept", "/invitation/accept/", 200)
    looking.report()


def _entrants(route: Route, world: World) -> list[Client]:
    """Whoever may enter there, in the world of the table of routes."""
    door = route.door
    if door is None or not door.permission:
        return [world.nobody, Client()]
    roles = permissions.known()[door.permission]
    beyond = {ANALYST: world.analyst, OPERATOR: world.operator}
    return [*world.holders(roles).values(), *(client for role, client in beyond.items() if role in roles)]


def test_every_page_of_the_table_of_routes_is_looked_at(
    demo: None, checks: Callable[..., Checks], looks: Looks, faults: Any
) -> None:
    """What no walk before came to is gone to here, by the table's addresses; alone, this test goes to every page."""
    faults.allow("status of 409")
    world = build_world(Tenant.objects.get(slug="alfa"), Tenant.objects.get(slug="beta"))
    table, answers, eyes = read_table(), defaultdict(set), dict[Client, Checks]()
    for name in sorted(OURS.keys() - looks.routes.keys()):
        route = OURS[name]
        inside = {"tenant_slug": "alfa"} if route.is_inside_a_tenant else {}
        address = reverse(name, kwargs={**inside, **table[name].kwargs(world.own)})
        for client in _entrants(route, world):
            answer: Any = client.get(address)
            is_text = not answer.streaming and answer.headers["Content-Type"].startswith("text/html")
            reading = read_page(answer.content.decode()) if is_text else Reading()
            answers[name].add(answer.status_code)
            if reading.is_whole and answer.status_code in {200, 409}:
                looking = eyes.setdefault(client, checks("table of routes", client))
                looking.read(name, address, 200, reading)
                break
    for looking in eyes.values():
        looking.report()
    # What answered somebody, and not with a page, is a file or a part of one; some routes only take what is sent, and
    # programs are refused without their token.
    without_page = {name for name, told in answers.items() if 200 in told or told in ({405}, {401})}
    assert OURS.keys() - looks.routes.keys() - without_page - UNSEEN.keys() == set(), (
        "no look came to these pages"
    )
    assert UNSEEN.keys() <= OURS.keys(), "the list of exceptions names routes that are gone"


@pytest.mark.parametrize("signed_in", [False, True], ids=["signed out", "signed in"])
def test_pages_of_errors(signed_in: bool, demo: None, checks: Callable[..., Checks], faults: Any) -> None:
    faults.allow("the server responded with a status of")
    looking = checks("signed in" if signed_in else "signed out")
    if signed_in:
        looking = checks("signed in", client_of(_person(Role.DIRECTOR)))
    for path in ERRORS:
        open_page(looking.page, path)
        looking.look(f"{path} {signed_in}", path, 200)
    for path in BARE_ERRORS:
        open_page(looking.page, path)
        looking.found.note(
            path, "anybody", check_page(looking.page, "pl") + check_width(looking.page, 390, 320)
        )
    looking.report()


def test_a_fault_would_be_found(demo: None, checks: Callable[..., Checks]) -> None:
    looking = checks("nobody")
    # The first page of a browser's tab is given axe, the next ones find it at hand: faults are planted in such a one.
    open_page(looking.page, "/account/password/reset/")
    assert check_page(looking.page, "pl") == []
    open_page(looking.page, "/account/login/")
    looking.page.evaluate("""() => {
      document.title = "Siedem";
      document.querySelector("main").insertAdjacentHTML("beforeend",
        '<h1>x</h1><input name="nameless"><div class="broad">x</div>');
      document.querySelector(".broad").style.width = "2000px";
      document.querySelector(".skip-link").remove();
    }""")
    told = " ".join(
        [*check_page(looking.page, "en"), *check_width(looking.page, 390), *check_skip_link(looking.page)]
    )
    for fault in (
        "label: ",
        "title: ",
        "2 headings",
        "language: ",
        "scrolls sideways: ",
        ".broad",
        "skip link: ",
    ):
        assert fault in told


def test_a_picture_that_does_not_print_would_be_found(demo: None, checks: Callable[..., Checks]) -> None:
    looking = checks("nobody")
    open_page(looking.page, "/ui/")
    assert check_print(looking.page) == []
    looking.page.evaluate("""() => {
      const [first, second, third] = document.querySelectorAll("main .chart");
      first.querySelector("table").remove();
      second.querySelector("svg").style.minWidth = "2000px";
      third.querySelector(".chart-table").style.display = "none";
    }""")
    assert check_print(looking.page) == [
        "on paper, picture 1: no table",
        "on paper, picture 2: wider than the sheet",
        "on paper, picture 3: no table",
    ]

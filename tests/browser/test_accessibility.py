"""Every page as every role: axe finds nothing, titles and headings say where one is, no page scrolls sideways."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import User
from contracting.commissioning.models import Cycle
from contracting.tenders.models import Call
from kernel.tenancy import tenant_scope
from reporting.demo.people import PASSWORD
from tenants.models import Invitation, Membership, RegionMembership, Tenant
from tenants.roles import ANALYST, OPERATOR, Role
from tenants.rules.invitations import hash_of
from tests.architecture.world import write_mail
from tests.browser.walking import (
    Findings,
    check_page,
    check_skip_link,
    check_width,
    open_page,
    route_of,
    walk,
)

TENANT = "barlinek"
# Where the demo has a cycle, and calls at every stage up to contracts.
PLANNING = "szczecin"
PLANNERS = [Role.DIRECTOR, Role.COMMITTEE_MEMBER]
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


@pytest.fixture(scope="module")
def routes_seen() -> dict[str, str]:
    """Routes that some role has come to in this module, with the first that did."""
    return {}


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


def _stages() -> list[str]:
    """The pages of every call of the demo, whatever its stage, and of every cycle: one of a route is not enough."""
    with tenant_scope(Tenant.objects.get(slug=PLANNING)):
        calls = list(Call.objects.real().values_list("pk", flat=True))
        cycles = list(Cycle.objects.values_list("pk", flat=True))
    return [f"/{PLANNING}/cycles/{pk}/" for pk in cycles] + [
        f"/{PLANNING}/{part}/{pk}/" for pk in calls for part in ("calls", "committee", "board")
    ]


def _session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _sign_in_by_form(page: Page, user: User) -> None:
    page.goto("/account/login/")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/account/login/" not in url)


class Checks:
    """What is looked at on each page of one walk."""

    def __init__(
        self, who: str, new_page: Callable[..., Page], session: str | None, seen: dict[str, str]
    ) -> None:
        self.who, self.seen, self.found = who, seen, Findings()
        self.page = new_page(theme="light", session=session)
        self.phone = new_page(language="en", theme="dark", viewport=PHONE, session=session)

    def look(self, route: str, path: str, status: int) -> None:
        """Everybody's page in Polish on a desktop; each route once more in English, dark, on a phone."""
        if status >= 400:
            self.found.note(route, self.who, [f"{path} answers {status}"])
        self.found.note(route, self.who, check_page(self.page, "pl"))
        if route in self.seen:
            return
        self.seen[route] = self.who
        self.found.note(route, self.who, check_skip_link(self.page) + check_width(self.page, 390, 320))
        if open_page(self.phone, path) is not None:
            dark = check_page(self.phone, "en") + check_width(self.phone, 390, 320)
            self.found.note(f"{route} (English, dark, phone)", self.who, dark)

    def report(self) -> None:
        lines = sorted(set(self.found.lines))
        if lines:
            pytest.fail(f"{len(lines)} faults (route | person | fault):\n" + "\n".join(lines), pytrace=False)


@pytest.fixture
def checks(new_page: Callable[..., Page], routes_seen: dict[str, str]) -> Callable[..., Checks]:
    def make(who: str, session: str | None = None) -> Checks:
        return Checks(who, new_page, session, routes_seen)

    return make


@pytest.mark.parametrize("role", [*Role, ANALYST, OPERATOR])
def test_every_page_that_a_role_comes_to(role: str, demo: None, checks: Callable[..., Checks]) -> None:
    looking = checks(role, _session_of(_person(role)))
    seen = walk(looking.page, ["/"], looking.look)
    looking.report()
    assert seen - {"home"}, "the role has come nowhere"


@pytest.mark.parametrize("role", PLANNERS)
def test_every_page_of_planning_and_calls(role: str, demo: None, checks: Callable[..., Checks]) -> None:
    starts = [f"/{PLANNING}/", f"/{PLANNING}/board/"]
    for place, person in enumerate(_planners(role)):
        looking = checks(f"{role} {place}", _session_of(person))
        seen = walk(looking.page, starts + (_stages() if role == Role.DIRECTOR else []), looking.look)
        looking.report()
        assert len(seen) > 5, "the role has come nowhere"


def test_the_public_notice_board(demo: None, checks: Callable[..., Checks]) -> None:
    looking = checks("visitor")
    boards = [path for path in _stages() if "/board/" in path]
    seen = walk(looking.page, [f"/{PLANNING}/board/", *boards], looking.look)
    looking.report()
    assert {"board:list", "board:call"} <= seen


def test_pages_of_the_own_account(demo: None, checks: Callable[..., Checks]) -> None:
    """Second factors and sessions are shown to whoever has just signed in with a password."""
    looking = checks("own account")
    person = _person(Role.DIRECTOR)
    for page in (looking.page, looking.phone):
        _sign_in_by_form(page, person)
    seen = walk(looking.page, ACCOUNT, looking.look)
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


@pytest.mark.parametrize("signed_in", [False, True], ids=["signed out", "signed in"])
def test_pages_of_errors(signed_in: bool, demo: None, checks: Callable[..., Checks], faults: Any) -> None:
    faults.allow("the server responded with a status of")
    looking = checks("signed in" if signed_in else "signed out")
    if signed_in:
        looking = checks("signed in", _session_of(_person(Role.DIRECTOR)))
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

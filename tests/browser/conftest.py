"""A real Chromium, a server on a copy of the test database, and pages of people who are signed in.

Every module of browser tests begins with a fresh copy of the test database, and the server and the test work on
that copy: what they write is committed, both see it, and no other test ever does. The fixtures `alfa`, `beta`,
`in_alfa` and `sign_in` mean the same as elsewhere, only that nothing is rolled back between the tests of a module.
One worker of a parallel run has all tests of a module (tests/sharing_out.py).
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from tests.browser.serving import serving
from tests.copies import copied_database
from tests.factories.people import signed_in_client

HERE = Path(__file__).parent
NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = {"width": 1280, "height": 900}

# A machine with much to do is slow, which is no fault of a page; what is there at once is found at once.
expect.set_options(timeout=15_000)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where Chromium lies: `BROWSER` of the environment, or what the machine has."""
    named = os.environ.get("BROWSER", "")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        looked = named or ", ".join(NAMES)
        pytest.skip(f"no Chromium on this machine (looked for: {looked}); install it or name it in BROWSER")
    return found


@pytest.fixture(scope="module")
def browser_database(chromium_path: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A copy of the test database, which this process and its server use until the module ends."""
    with django_db_blocker.unblock(), copied_database("browser"):
        yield


@pytest.fixture(scope="module")
def _playwright(browser_database: None) -> Iterator[Playwright]:
    # While Playwright runs, the thread counts as one with an event loop, and there Django keeps connections of their
    # own: they begin after the switch of databases and must end with it.
    with sync_playwright() as playwright:
        yield playwright
        connections.close_all()


@pytest.fixture(scope="module")
def browser(chromium_path: str, _playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for the module; each page has a context (cookies, storage) of its own."""
    chromium = _playwright.chromium.launch(executable_path=chromium_path, args=list(FLAGS))
    yield chromium
    chromium.close()


@pytest.fixture(scope="module")
def live_server(browser: Browser) -> Iterator[LiveServer]:
    """The site, static files included, at `live_server.url`."""
    with serving() as server:
        yield server


@pytest.fixture
def db(live_server: LiveServer) -> None:
    """Instead of pytest-django's: the copy, with everything committed at once."""


@pytest.fixture
def transactional_db(live_server: LiveServer) -> None:
    """Instead of pytest-django's, which would empty every table."""


class Faults:
    """What went wrong in the pages of a test: errors of scripts, of the console, of the content policy."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._allowed: list[re.Pattern[str]] = []

    def allow(self, pattern: str) -> None:
        """Faults that match are what the test is about, for example a server that is stopped."""
        self._allowed.append(re.compile(pattern))

    def watch(self, page: Page) -> None:
        page.on("console", self._note_console)
        page.on("pageerror", lambda error: self.found.append(f"error in a script: {error} ({page.url})"))

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.found.append(f"console: {message.text} ({message.location.get('url', '')})")

    @property
    def unexpected(self) -> list[str]:
        return [fault for fault in self.found if not any(p.search(fault) for p in self._allowed)]


@pytest.fixture
def faults() -> Iterator[Faults]:
    """Collects the faults of every page of the test; those that it does not allow fail it."""
    noted = Faults()
    yield noted
    assert noted.unexpected == [], "the browser reported faults"


@pytest.fixture
def new_page(browser: Browser, live_server: LiveServer, faults: Faults) -> Iterator[Callable[..., Page]]:
    """`new_page(language="pl", theme="", viewport=DESKTOP, session=None)`: a page in a context of its own.

    `theme` is "", "light" or "dark"; `session` is the value of a session cookie. Addresses are relative to the site
    (or to `base_url` of the options).
    """
    contexts: list[BrowserContext] = []

    def make(
        language: str = "pl",
        theme: str = "",
        viewport: dict[str, int] = DESKTOP,
        session: str | None = None,
        **options: Any,
    ) -> Page:
        context = browser.new_context(
            **{"base_url": live_server.url, **options},
            viewport=viewport,
            locale="pl-PL",
            reduced_motion="reduce",
        )
        contexts.append(context)
        chosen = {settings.LANGUAGE_COOKIE_NAME: language, "theme": theme}
        if session:
            chosen[settings.SESSION_COOKIE_NAME] = session
        context.add_cookies(
            [
                {"name": name, "value": value, "url": live_server.url}
                for name, value in chosen.items()
                if value
            ]
        )
        page = context.new_page()
        page.set_default_timeout(10_000)
        faults.watch(page)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def signed_in_page(new_page: Callable[..., Page], db: None) -> Callable[..., Page]:
    """`signed_in_page(role, tenant="alfa", organisation=None, **look)`: a page of a new person with that role.

    `tenant` is a tenant or its address; `look` is what `new_page` takes; the person is `page.user`.
    """

    def make(role: str | None, tenant: Any = "alfa", organisation: Any = None, **look: Any) -> Page:
        from tenants.models import Tenant

        if isinstance(tenant, str):
            tenant = Tenant.objects.get(slug=tenant)
        client = signed_in_client(role, tenant, organisation)
        page = new_page(session=client.cookies[settings.SESSION_COOKIE_NAME].value, **look)
        page.user = client.user  # type: ignore[attr-defined]
        return page

    return make

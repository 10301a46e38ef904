"""A file of many persons in a real browser: asked anew who one is, and it comes by itself, under our content policy."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from tenants.models import Tenant
from tenants.roles import Role
from tests.browser.walking import check_page, check_width
from tests.factories.people import signed_in_client

PASSWORD = "Truskawka-na-ganku-7"


def _follow(page: Page, address: str) -> None:
    """As a link of the page does: it is where one came from."""
    page.evaluate("address => { location.href = address; }", address)


def test_it_follows_the_password(alfa: Tenant, new_page: Callable[..., Page], live_server: Any) -> None:
    known: Any = signed_in_client(Role.DIRECTOR, alfa)
    known.user.set_password(PASSWORD)
    known.user.save()
    # Of a session that tells of no proof, whenever it began.
    client = Client()
    client.force_login(known.user)
    page = new_page(session=client.cookies[settings.SESSION_COOKIE_NAME].value)
    list_of_advice, export = (reverse(f"advice:{name}", args=["alfa"]) for name in ("list", "export"))
    page.goto(list_of_advice)
    _follow(page, export)
    expect(page.get_by_text("zawiera dane osobowe wielu osób")).to_be_visible()
    assert check_page(page, "pl") + check_width(page, 390, 320) == []

    page.fill("input[name=password]", PASSWORD)
    with page.expect_download() as download:
        page.locator("main form button").click()
    assert download.value.suggested_filename.endswith(".csv")
    expect(page.locator("h1")).to_have_text("Twój plik")
    page.get_by_role("link", name="Wróć na stronę, z której prosisz o plik").click()
    page.wait_for_url(f"**{list_of_advice}*")

    # A second one within the quarter of an hour asks nothing.
    with page.expect_download():
        _follow(page, export)
    expect(page.locator("main form input[name=password]")).to_have_count(0)

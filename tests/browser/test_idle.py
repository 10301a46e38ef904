"""Nobody does anything for an hour, by a clock that the test sets: warned, hidden, signed in again, nothing lost."""

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect

from kernel.tenancy import tenant_scope
from reporting.care.models import Person
from tenants.models import Tenant
from tests.browser.conftest import Faults
from tests.browser.walking import check_page, check_width

PASSWORD = "Truskawka-na-ganku-7"
FORM = "/alfa/care/persons/new/"
SURNAME = "input[name=surname]"


def _typing(signed_in_page: Callable[..., Page]) -> Page:
    """A half-filled form of somebody whose page's clock stands in the hands of the test."""
    page = signed_in_page("coordinator")
    user: Any = page.user  # type: ignore[attr-defined]
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.get_or_create(user=user, email=user.email, verified=True, primary=True)
    # A changed password ends sessions of before.
    page.context.clear_cookies()
    _sign_in(page, user.email)
    page.clock.install()
    page.goto(FORM)
    page.fill(SURNAME, "Dąbek")
    page.fill("input[name=given_name]", "Ola")
    return page


def _sign_in(page: Page, email: str) -> None:
    page.goto("/account/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda url: "login" not in url)


def test_a_warning_is_answered_by_the_keyboard(signed_in_page: Callable[..., Page]) -> None:
    page = _typing(signed_in_page)
    warning = page.get_by_role("alertdialog", name="Sesja za chwilę wygaśnie")
    page.clock.fast_forward("54:00")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("01:30")
    expect(warning).to_be_visible()
    expect(warning.get_by_role("button", name="Pozostań zalogowany")).to_be_focused()
    expect(warning.locator("[data-left]")).to_have_text("5")
    assert check_page(page, "pl") + check_width(page, 390, 320) == []
    with page.expect_response("**/me/stay/"):
        page.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("54:00")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("02:00")
    expect(warning).to_be_visible()
    # Escape says that somebody is there, too.
    page.keyboard.press("Escape")
    expect(warning).to_be_hidden()
    expect(page.locator(SURNAME)).to_have_value("Dąbek")


def test_what_was_typed_is_hidden_and_comes_back_to_the_same_person(
    signed_in_page: Callable[..., Page], faults: Faults
) -> None:
    faults.allow("401")
    page = _typing(signed_in_page)
    with page.expect_response("**/me/idle/") as left:
        page.clock.fast_forward("01:01:00")
    assert left.value.status == 204
    ended = page.get_by_role("alertdialog", name="Sesja wygasła")
    expect(ended).to_be_visible()
    expect(page.locator(SURNAME)).to_be_hidden()
    expect(page).to_have_title("Sesja wygasła · Siedem")
    assert check_page(page, "pl") + check_width(page, 390, 320) == []
    ended.get_by_role("button", name="Zalogowano: pokaż stronę").click()
    expect(ended.get_by_text("Jeszcze nie zalogowano.")).to_be_visible()
    stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "Dąbek" not in stored
    with page.context.expect_page() as opened:
        ended.get_by_role("link", name="Zaloguj się w nowej karcie").click()
    beside = opened.value
    beside.fill("input[name=login]", page.user.email)  # type: ignore[attr-defined]
    beside.fill("input[name=password]", PASSWORD)
    beside.locator("main form button[type=submit]").first.click()
    expect(beside.locator("h1")).to_have_text("Zalogowano")
    beside.close()
    page.bring_to_front()
    # The page looks by itself when somebody comes back to it, and every ten seconds.
    page.clock.fast_forward("00:11")
    expect(page.locator(SURNAME)).to_be_visible()
    expect(page).not_to_have_title("Sesja wygasła · Siedem")
    expect(page.locator(SURNAME)).to_have_value("Dąbek")
    # The form goes through with the token that holds by now.
    page.locator("main form.form button[type=submit]").first.click()
    page.wait_for_url("**/care/persons/*-*/")
    with tenant_scope(Tenant.objects.get(slug="alfa")):
        assert Person.objects.filter(surname="Dąbek", given_name="Ola").exists()


def test_somebody_else_sees_nothing_of_it(signed_in_page: Callable[..., Page], faults: Faults) -> None:
    faults.allow("401")
    page = _typing(signed_in_page)
    with page.expect_response("**/me/idle/"):
        page.clock.fast_forward("01:01:00")
    other = signed_in_page("coordinator")
    page.context.add_cookies(other.context.cookies())
    ended = page.get_by_role("alertdialog", name="Sesja wygasła")
    with page.expect_navigation():
        ended.get_by_role("button", name="Zalogowano: pokaż stronę").click()
    expect(page.locator(SURNAME)).to_have_value("")

"""Nobody does anything for an hour, by a clock that the test sets: warned, hidden, signed in again, nothing lost."""

import re
import time
from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Locator, Page, expect

from kernel.tenancy import tenant_scope
from reporting.care.models import Person
from tenants.models import Tenant
from tests.browser.conftest import Faults
from tests.browser.walking import check_page, check_width
from tests.factories.people import partner

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
    expect(warning.get_by_role("button", name="Nie wylogowuj mnie")).to_be_focused()
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
    _sign_in_beside(page, ended)
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


def _sign_in_beside(page: Page, ended: Locator) -> None:
    with page.context.expect_page() as opened:
        ended.get_by_role("link", name="Zaloguj się w nowej karcie").click()
    beside = opened.value
    beside.fill("input[name=login]", page.user.email)  # type: ignore[attr-defined]
    beside.fill("input[name=password]", PASSWORD)
    beside.locator("main form button[type=submit]").first.click()
    expect(beside.locator("h1")).to_have_text("Zalogowano")
    beside.close()
    page.bring_to_front()


def test_a_page_hides_itself_when_the_session_is_old_however_much_is_done_and_comes_back(
    signed_in_page: Callable[..., Page], faults: Faults
) -> None:
    faults.allow("401")
    page = _typing(signed_in_page)
    _open_anew(page, minutes=20)
    page.fill(SURNAME, "Dąbek")
    # So soon that doing something is not told to the server, whose clock has not jumped.
    page.clock.fast_forward("02:00")
    page.fill("input[name=given_name]", "Ola")
    ended = page.get_by_role("alertdialog", name="Sesja wygasła")
    expect(ended).to_be_hidden()
    with page.expect_response("**/me/idle/"):
        page.clock.fast_forward("18:10")
    expect(ended).to_be_visible()
    expect(page.locator(SURNAME)).to_be_hidden()
    _sign_in_beside(page, ended)
    page.clock.fast_forward("00:11")
    expect(page.locator(SURNAME)).to_be_visible()
    expect(page.locator(SURNAME)).to_have_value("Dąbek")
    page.clock.fast_forward("20:00")
    expect(ended).to_be_hidden()


def _open_anew(page: Page, *, minutes: int) -> None:
    """Open the form so long before twelve hours have passed since signing in."""
    cookie = next(one for one in page.context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME)
    session = SessionStore(cookie["value"])
    session["begun"] = int(time.time()) - settings.SESSION_HOURS * 3600 + minutes * 60
    session.save()
    page.goto(FORM)


def test_the_end_by_age_is_told_before_once_and_somebody_may_sign_in_ahead_of_it(
    signed_in_page: Callable[..., Page], faults: Faults
) -> None:
    faults.allow("401")
    page = _typing(signed_in_page)
    _open_anew(page, minutes=20)
    page.fill(SURNAME, "Dąbek")
    warning = page.get_by_role("alertdialog", name="Sesja za chwilę wygaśnie")
    page.clock.fast_forward("10:00")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("06:00")
    expect(warning).to_be_visible()
    expect(warning).to_have_accessible_description(
        re.compile("Od zalogowania minęło dużo czasu.*pozostanie na tej stronie")
    )
    expect(warning.get_by_role("button")).to_have_text(["Kontynuuj pracę", "Zaloguj się ponownie"])
    expect(warning.get_by_role("button", name="Kontynuuj pracę")).to_be_focused()
    assert check_page(page, "pl") + check_width(page, 390, 320) == []
    page.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    page.clock.fast_forward("00:11")
    expect(warning).to_be_hidden()
    # Nor on the next page, as the browser remembers it.
    _open_anew(page, minutes=4)
    page.clock.fast_forward("00:11")
    expect(warning).to_be_hidden()
    page.fill(SURNAME, "Dąbek")
    page.evaluate("localStorage.clear()")
    page.clock.fast_forward("00:11")
    expect(warning).to_be_visible()
    with page.expect_response("**/me/idle/") as left:
        warning.get_by_role("button", name="Zaloguj się ponownie").click()
    assert left.value.status == 204
    ended = page.get_by_role("alertdialog", name="Sesja wygasła")
    _sign_in_beside(page, ended)
    page.clock.fast_forward("00:11")
    expect(page.locator(SURNAME)).to_be_visible()
    expect(page.locator(SURNAME)).to_have_value("Dąbek")
    page.clock.fast_forward("20:00")
    expect(warning).to_be_hidden()
    expect(ended).to_be_hidden()


def _with_session_of(page: Page, other: Page) -> None:
    """As if the other person had signed in beside, in the same browser."""
    page.context.add_cookies(other.context.cookies())


def test_somebody_else_sees_nothing_of_it_and_cannot_come_back_to_it(
    signed_in_page: Callable[..., Page], faults: Faults
) -> None:
    faults.allow("401")
    page = _typing(signed_in_page)
    page.evaluate(
        "addEventListener('pagehide', () => sessionStorage.setItem('left', new FormData(document.querySelector('main form.form')).get('surname')))"
    )
    with page.expect_response("**/me/idle/"):
        page.clock.fast_forward("01:01:00")
    other = signed_in_page("coordinator")
    _with_session_of(page, other)
    ended = page.get_by_role("alertdialog", name="Sesja wygasła")
    with page.expect_navigation():
        ended.get_by_role("button", name="Zalogowano: pokaż stronę").click()
    expect(page.get_by_text(other.user.full_name).first).to_be_attached()  # type: ignore[attr-defined]
    assert "/care/persons/" not in page.url
    # The form was emptied before the page was left, and going back does not lead to it.
    assert page.evaluate("sessionStorage.getItem('left')") == ""
    page.go_back()
    assert FORM not in page.url


def test_a_page_that_is_not_hidden_yet_makes_room_for_somebody_else(
    signed_in_page: Callable[..., Page], faults: Faults
) -> None:
    page = _typing(signed_in_page)
    other = signed_in_page("coordinator")
    _with_session_of(page, other)
    beside = page.context.new_page()
    faults.watch(beside)
    with page.expect_navigation():
        beside.goto("/alfa/care/persons/")
    expect(page.get_by_text(other.user.full_name).first).to_be_attached()  # type: ignore[attr-defined]
    expect(beside.locator("h1")).to_be_visible()
    assert beside.evaluate("localStorage.getItem('siedem-active')").split()[0] == str(other.user.pk)  # type: ignore[attr-defined]


def test_a_page_ends_no_session_that_began_after_it(
    signed_in_page: Callable[..., Page], faults: Faults
) -> None:
    """The same person has signed in anew beside: the old page finds out and goes on with the new session."""
    page = _typing(signed_in_page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/me/" in request.url else None)
    before = page.locator("#idle").get_attribute("data-since")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    beside = page.context.new_page()
    faults.watch(beside)
    # Where the storage of the browser is closed no tab hears of another.
    beside.add_init_script("Storage.prototype.setItem = () => { throw new Error('closed'); }")
    _sign_in(beside, page.user.email)  # type: ignore[attr-defined]
    beside.close()
    with page.expect_response("**/me/stay/"):
        page.clock.fast_forward("01:01:00")
    page.clock.fast_forward("00:11")
    expect(page.locator(SURNAME)).to_be_visible()
    expect(page.locator(SURNAME)).to_have_value("Dąbek")
    assert page.locator("#idle").get_attribute("data-since") not in {before, ""}
    assert not [url for url in sent if url.endswith("/me/idle/")]
    assert "login" not in page.context.request.get("/alfa/care/persons/").url


def test_a_page_that_has_ended_asks_ever_less_often(
    signed_in_page: Callable[..., Page], faults: Faults
) -> None:
    faults.allow("401")
    page = _typing(signed_in_page)
    with page.expect_response("**/me/idle/"):
        page.clock.fast_forward("01:01:00")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/me/stay/" in request.url else None)
    page.clock.run_for("01:00:00")
    page.evaluate("0")
    assert 10 <= len(asked) <= 20
    # Whoever comes back to it is not kept waiting.
    with page.expect_request("**/me/stay/"):
        page.evaluate("dispatchEvent(new Event('focus'))")


def test_a_desk_left_open_stays_while_the_phone_is_used(signed_in_page: Callable[..., Page]) -> None:
    desk = signed_in_page("worker", organisation=partner(Tenant.objects.get(slug="alfa")))
    desk.clock.install()
    desk.goto("/me/profile/")
    phone = desk.context.new_page()
    phone.goto("/alfa/field/")
    expect(phone.locator("#phone")).to_have_attribute("data-ready", "yes")
    desk.clock.fast_forward("50:00")
    phone.keyboard.press("Tab")
    warning = desk.get_by_role("alertdialog", name="Sesja za chwilę wygaśnie")
    desk.clock.fast_forward("20:00")
    expect(warning).to_be_hidden()
    expect(desk.get_by_role("alertdialog", name="Sesja wygasła")).to_be_hidden()
    desk.clock.fast_forward("35:30")
    expect(warning).to_be_visible()


def test_a_progress_that_draws_itself_says_that_nobody_asked(
    signed_in_page: Callable[..., Page],
) -> None:
    page = signed_in_page("coordinator")
    page.goto("/alfa/care/persons/")
    asked: list[dict[str, str]] = []
    page.route(
        "**/progress/",
        lambda route: (asked.append(route.request.headers), route.fulfill(body="<p>ready</p>")),
    )
    page.evaluate(
        """() => { const part = document.createElement("div"); part.innerHTML =
        '<div hx-get="/progress/" hx-trigger="every 10ms" hx-swap="outerHTML"></div>';
        document.querySelector("main").append(part); htmx.process(part); }"""
    )
    expect(page.get_by_text("ready")).to_be_visible()
    assert asked[0]["x-by-itself"] == "1"
    page.evaluate(
        """() => { const part = document.createElement("div"); part.innerHTML =
        '<button hx-get="/progress/" hx-swap="outerHTML">Ask</button>';
        document.querySelector("main").append(part); htmx.process(part); }"""
    )
    with page.expect_response("**/progress/"):
        page.get_by_role("button", name="Ask").click()
    assert "x-by-itself" not in asked[-1]

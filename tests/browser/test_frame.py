"""The frame of every page in a real browser: signing in by the form, the switch of language, no fault."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.factories.people import UserFactory


def test_a_person_signs_in_with_address_and_password_and_leaves_in_english(
    new_page: Callable[..., Page], db: None
) -> None:
    person = UserFactory(email="ewa@przyklad.test")
    person.set_password("Truskawka-na-ganku-7")
    person.save()
    page = new_page()
    page.goto("/account/login/")
    expect(page).to_have_title(re.compile(" · Siedem$"))
    page.fill("input[name=login]", person.email)
    page.fill("input[name=password]", "Truskawka-na-ganku-7")
    page.get_by_role("button", name="Zaloguj się", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "pl")
    expect(page).not_to_have_url(re.compile("/account/login/"))
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_faults_of_a_page_are_noticed(new_page: Callable[..., Page], faults: Any) -> None:
    page = new_page()
    page.goto("/account/login/")
    page.evaluate(
        "document.head.append(Object.assign(document.createElement('style'), {textContent: 'p{}'}))"
    )
    page.evaluate("setTimeout(() => { throw new Error('thrown on purpose') })")
    page.evaluate("console.error('said on purpose')")
    page.wait_for_timeout(100)
    told = "\n".join(faults.unexpected)
    assert "Content Security Policy" in told
    assert "thrown on purpose" in told
    assert "said on purpose" in told
    faults.allow(".")


def test_what_a_page_shows_is_committed_and_seen_by_both_sides(
    signed_in_page: Callable[..., Page], alfa: Any
) -> None:
    page = signed_in_page("director")
    page.goto("/alfa/services/")
    expect(page.locator("h1")).to_have_count(1)
    expect(page.locator("h1")).to_be_visible()


def test_a_year_of_long_ago_stays_as_it_was_typed(new_page: Callable[..., Page], db: None) -> None:
    page = new_page()
    page.goto("/account/login/")
    read = """async (typed) => {
        const { parseDay } = await import("/static/ui/js/days.js");
        return typed.map(parseDay);
    }"""
    typed = ["01.10.0026", "5.10.2026", "29.02.2026", "29.02.2028", "2026-10-05"]
    assert page.evaluate(read, typed) == ["0026-10-01", "2026-10-05", None, "2028-02-29", "2026-10-05"]

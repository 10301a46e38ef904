"""A month from the provider's hand to acceptance and back, in the browser: the whole way that two people go together."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from kernel.tenancy import tenant_scope
from reporting.compliance.models import ContractMonth, Resolution
from tenants.models import Tenant
from tests.browser.walking import check_width
from tests.factories.care import visit
from tests.reporting.compliance.closing_world import ClosingWorld, build_world

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def world(alfa: Tenant) -> ClosingWorld:
    """One slip of the diary (the visit of `over` is too long), and two deviations that have a reason."""
    made = build_world(alfa, valid_from=date(2026, 10, 1))
    with tenant_scope(alfa):
        visit(made.clean, made.worker, date(2026, 10, 2), "08:00", 60, activities=["gardening"])
    return made


class Desk:
    """The month in front of one person."""

    def __init__(self, page: Page, world: ClosingWorld) -> None:
        self.page = page
        self.address = f"/alfa/month/{world.contract.pk}/2026-10/"

    def open(self) -> None:
        self.page.goto(self.address)

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=re.compile(f"^{re.escape(name)}")).first.click()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def tick(self, *codes: str) -> None:
        for code in codes:
            self.page.get_by_role("checkbox", name=re.compile(rf"^{code} ")).first.check()

    def told(self, *words: str) -> None:
        for word in words:
            expect(self.page.locator("#told")).to_contain_text(word)

    def expect_state(self, word: str) -> None:
        expect(self.page.locator("h1 ~ .badge, .page-header .badge").first).to_contain_text(word)


def test_a_month_is_handed_in_returned_corrected_explained_accepted_and_opened_again(
    signed_in_page: Callable[..., Page], world: ClosingWorld, faults: Any
) -> None:
    # An answer without its reason, a month opened without one: refused on purpose.
    faults.allow(r"status of 422")
    provider = Desk(
        signed_in_page("ngo_coordinator", world.tenant, world.organisation, viewport=PHONE), world
    )
    director = Desk(signed_in_page("director", world.tenant, language="en"), world)

    # The provider begins on the start page, on a phone.
    provider.page.goto("/alfa/")
    provider.follow("Sprawdź i oddaj")
    expect(provider.page.get_by_role("link", name=re.compile("^Oddaj miesiąc")).first).to_be_visible()
    assert check_width(provider.page, 390) == []
    provider.follow("Oddaj miesiąc")
    expect(provider.page.get_by_text("3 odchylenia będą wymagały wyjaśnienia")).to_be_visible()
    provider.press("Oddaj miesiąc")
    provider.expect_state("oddany")

    # The director cannot accept yet, sees why at once, and gives one decision back.
    director.open()
    director.follow("Accept the month")
    expect(director.page.get_by_role("button", name="Accept the month")).to_have_count(0)
    listed = director.page.locator(".error-summary li")
    expect(listed).to_have_count(3)
    expect(listed.filter(has_text=world.over.number)).to_have_count(1)
    director.follow("Return the month…")
    director.page.locator("#id_reason").fill("5.10: wizyta trwała dwie godziny")
    director.page.locator(f"#id_reason_{world.over.pk}").select_option("hours")
    director.press("Return the month")
    director.expect_state("returned")

    # The provider reads the reason, corrects that visit in the diary and hands in again.
    provider.page.goto("/alfa/")
    expect(provider.page.get_by_text("5.10: wizyta trwała dwie godziny")).to_be_visible()
    grid = f"/alfa/diary/grid/?month=2026-10&contract={world.contract.pk}"
    provider.page.set_viewport_size({"width": 1280, "height": 900})
    provider.page.goto(grid)
    expect(provider.page.locator("#diary[data-ready]")).to_have_count(1)
    provider.page.locator(f'tr[data-row="{world.over.pk}"] td[data-cell]').nth(4).click()
    provider.page.keyboard.type("10-12")
    provider.page.keyboard.press("Enter")
    expect(provider.page.locator("#diary-saved")).to_contain_text(re.compile(r"zapisano \d\d:\d\d ✓"))
    provider.open()
    provider.follow("Oddaj miesiąc")
    provider.press("Oddaj miesiąc")
    provider.expect_state("oddany")

    # The director explains what has a reason: first without one, which is told in place, then both at once.
    director.open()
    expect(director.page.locator("#to-explain h2")).to_contain_text("2")
    director.tick("H1", "S1")
    director.press("Answer what is ticked with this reason")
    summary = director.page.locator("#to-explain .error-summary")
    expect(summary).to_be_focused()
    expect(director.page).to_have_url(re.compile(f"{director.address}$"))
    summary.get_by_role("link").click()
    reason = director.page.get_by_label("Reason", exact=True)
    expect(reason).to_be_focused()
    reason.select_option("agreed")
    director.press("Answer what is ticked with this reason")

    # One reason for deviations of two kinds is asked about once more.
    expect(summary).to_contain_text("H1, S1")
    director.page.get_by_label("I have looked at each of them").check()
    director.press("Answer what is ticked with this reason")
    director.told("2 answers are saved.", "To explain 0")
    expect(director.page.locator("#to-explain > h2")).to_be_focused()

    # One answer is taken back and given again; each time the keyboard goes on where it was.
    director.page.get_by_role("button", name=re.compile("^Take the answer back ?: S1")).click()
    director.told("To explain 1")
    expect(director.page.get_by_role("checkbox", name=re.compile("^S1 "))).to_be_focused()
    reason.select_option("urgent")
    reason.focus()
    director.page.keyboard.press("Tab")
    director.page.keyboard.press("Enter")
    director.told("The answer is saved.", "To explain 0")
    director.press("Acknowledge all 3 notes")
    director.told("To note 0")

    director.follow("Accept the month")
    director.press("Accept the month")
    director.expect_state("accepted")
    expect(director.page.get_by_text("SHA-256")).to_be_visible()
    expect(director.page.locator(".answer-bar")).to_have_count(0)
    with tenant_scope(world.tenant):
        row = ContractMonth.objects.get(contract=world.contract)
        assert (row.state, row.accepted_minutes) == ("accepted", 300)
        given = Resolution.objects.order_by("code").values_list("code", "reason")
        assert list(given) == [("D4", "")] * 3 + [("H1", "agreed"), ("S1", "urgent")]

    director.follow("Open again…")
    director.press("Open the month again")
    expect(director.page.locator(".error-summary")).to_be_focused()
    director.page.get_by_label("Reason").fill("Brak wizyty z 12.10")
    director.press("Open the month again")
    director.expect_state("returned")
    provider.page.goto("/alfa/")
    expect(provider.page.get_by_text("Brak wizyty z 12.10")).to_be_visible()


def test_after_an_answer_the_keyboard_goes_to_the_next_open_deviation(
    signed_in_page: Callable[..., Page], world: ClosingWorld
) -> None:
    director = Desk(signed_in_page("director", world.tenant), world)
    director.page.goto(f"/alfa/month/decision/{world.over.pk}/2026-10/")
    notes = director.page.locator("#to-note [data-pick]")
    expect(notes).to_have_count(3)
    following = notes.nth(2).get_attribute("value")
    notes.nth(1).focus()
    director.page.keyboard.press("Space")
    director.page.keyboard.press("Enter")
    director.told("Przyjęto do wiadomości 1 sprawę.", "Do wiadomości 2")
    expect(director.page.locator(f'[data-pick][value="{following}"]')).to_be_focused()
    director.page.get_by_role("checkbox", name=re.compile("^Zaznacz wszystkie D4")).check()
    expect(director.page.locator("#acknowledge [data-picked]")).to_have_text("Zaznaczono: 2")
    director.press("Przyjmij zaznaczone do wiadomości")
    director.told("Do wiadomości 0")
    expect(director.page.locator("#to-note > h2")).to_be_focused()


def test_sorting_leaves_the_keyboard_at_its_heading(
    signed_in_page: Callable[..., Page], world: ClosingWorld
) -> None:
    director = Desk(signed_in_page("director", world.tenant), world)
    director.open()
    heading = director.page.locator("#decisions thead").get_by_role("link", name="Przyznano, h")
    heading.focus()
    director.page.keyboard.press("Enter")
    expect(director.page).to_have_url(re.compile(r"\?sort=granted"))
    expect(heading).to_be_focused()
    director.page.keyboard.press("Enter")
    expect(director.page).to_have_url(re.compile(r"\?sort=-granted"))
    expect(heading).to_be_focused()
    expect(director.page.locator("#decisions th[aria-sort=descending]")).to_have_count(1)

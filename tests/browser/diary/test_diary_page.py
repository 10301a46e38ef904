"""How the page of the month grid looks and opens: sums in sight, help, the opened cell, a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from kernel.tenancy import tenant_scope
from reporting.delivery.models import Visit
from tests.browser.diary.grid_page import GridPage, stored
from tests.reporting.delivery.diary_world import MONDAY, DiaryWorld


def test_the_help_closes_by_escape_and_by_a_click_elsewhere(grid: GridPage) -> None:
    help_panel = grid.page.locator(".diary-keys")
    summary = help_panel.locator("summary")
    summary.click()
    expect(help_panel).to_contain_text("gdy plan nie przewiduje wizyty, wpisz godziny")
    keys = help_panel.locator("kbd", has_text="Ctrl Shift Z")
    assert keys.evaluate("keys => keys.getClientRects().length") == 1, "its keys stand on one line"
    grid.page.keyboard.press("Escape")
    expect(help_panel.locator("dl")).to_be_hidden()
    expect(summary).to_be_focused()
    summary.click()
    grid.cell(25).click()
    expect(help_panel.locator("dl")).to_be_hidden()


@pytest.mark.parametrize("day", ["2024-10-01", "2024-10-22", "2024-10-31"])
def test_the_sums_are_in_sight_wherever_the_grid_opens(
    signed_in_page: Callable[..., Page], world: DiaryWorld, day: str
) -> None:
    page = signed_in_page("ngo_coordinator", world.tenant, world.organisation)
    page.route("**/grid/month/**", lambda route: _as_if_today(route, day))
    grid = GridPage(page, world).open()
    frame = page.locator(".diary-scroll").bounding_box()
    for sum_ in (page.locator("[data-used]").first, page.locator("[data-left]").first):
        box = sum_.bounding_box()
        assert box and frame and box["x"] >= frame["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]
    expect(grid.cell(int(day[-2:]))).to_be_in_viewport()


def _as_if_today(route: Any, day: str) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, json={**answer.json(), "today": day})


def test_times_are_typed_on_a_clock_of_24_hours_whatever_the_browser_speaks(
    signed_in_page: Callable[..., Page], world: DiaryWorld
) -> None:
    page = signed_in_page("ngo_coordinator", world.tenant, world.organisation)
    grid = GridPage(page, world).open()
    assert page.locator("input[type=time], input[type=month]").count() == 0
    expect(page.get_by_label("Miesiąc").locator("option:checked")).to_have_text("październik 2024")
    grid.cell(7).click()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    start, end = dialog.get_by_label("Początek"), dialog.get_by_label("Koniec")
    start.fill("25:00")
    dialog.get_by_role("button", name="Wpisz").click()
    expect(dialog.get_by_role("alert")).to_contain_text("„25:00” nie jest godziną")
    expect(start).to_be_focused()
    expect(start).to_have_attribute("aria-invalid", "true")
    expect(start).to_have_value("25:00")
    start.fill("1430")
    end.fill("16")
    start.focus()
    expect(end).to_have_value("16:00")
    dialog.get_by_role("button", name="Wpisz").click()
    grid.saved()
    assert stored(world) == [(7, "14:30", "90", "done")]


def test_the_styles_of_the_diary_stay_in_the_diary(grid: GridPage, world: DiaryWorld) -> None:
    look = "() => getComputedStyle(document.querySelector('header kbd')).cssText || getComputedStyle(document.querySelector('header kbd')).border"
    here = grid.page.evaluate(look)
    grid.page.goto(world.url("import/"))
    grid.page.goto(f"/{world.tenant.slug}/")
    assert grid.page.evaluate(look) == here


def test_the_cell_opens_with_times_carer_activities_and_note(grid: GridPage, world: DiaryWorld) -> None:
    grid.type("8-10", 7)
    grid.saved()
    grid.cell(7).click()
    grid.page.keyboard.press("Enter")
    dialog = grid.page.get_by_role("dialog")
    expect(dialog).to_contain_text("poniedziałek, 7 października")
    dialog.get_by_label("Koniec").fill("10:30")
    dialog.get_by_label("Opiekunka").select_option(label="Wójcik Beata")
    dialog.get_by_label("Higiena").uncheck()
    dialog.get_by_label("Uwaga").fill("bez pośpiechu")
    dialog.get_by_role("button", name="Dodaj wizytę").click()
    second = dialog.locator("fieldset").nth(1)
    second.get_by_label("Początek").fill("16:00")
    dialog.get_by_role("button", name="Wpisz").click()
    expect(dialog).to_contain_text("Podaj godzinę zakończenia wizyty.")
    second.get_by_label("Koniec").fill("17:00")
    dialog.get_by_role("button", name="Wpisz").click()
    expect(dialog).to_be_hidden()
    expect(grid.cell(7)).to_be_focused()
    grid.saved()
    with tenant_scope(world.tenant):
        first, added = Visit.objects.filter(decision=world.decision, date=MONDAY).order_by("starts_at")
        assert (first.minutes, first.worker_id, first.activities, first.note) == (
            150,
            world.beata.pk,
            ["meals", "shopping"],
            "bez pośpiechu",
        )
        assert (added.minutes, added.worker_id) == (60, world.anna.pk)


def test_on_a_phone_a_day_is_a_list_with_large_buttons(
    signed_in_page: Callable[..., Page], world: DiaryWorld
) -> None:
    page = signed_in_page(
        "ngo_coordinator", world.tenant, world.organisation, viewport={"width": 390, "height": 844}
    )
    grid = GridPage(page, world).open()
    days = page.locator("#diary-days")
    expect(days).to_be_visible()
    expect(page.locator(".diary-scroll")).to_be_hidden()
    expect(days.get_by_role("heading")).to_have_text("czwartek, 31 października")
    days.get_by_role("button", name="dzień wcześniej").click()
    expect(days.get_by_role("heading")).to_have_text("środa, 30 października")
    days.get_by_role("button", name="Zgodnie z planem").first.click()
    expect(days.locator(".day-card").first).to_contain_text("08:00–10:00 wykonana · Zięba Anna")
    grid.saved()
    assert [(each[0], each[3]) for each in stored(world)] == [(30, "done")]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_visit_longer_than_usual_stays_marked_until_it_is_changed(
    grid: GridPage, world: DiaryWorld
) -> None:
    told = (
        "09:00–08.10, 08:00: wizyta trwa 23\xa0h, dłużej niż zwykle (do 12\xa0h). Sprawdź początek i koniec."
    )
    grid.type("9:00-8:00", 7)
    grid.saved()
    for _ in range(2):
        expect(grid.cell(7)).to_have_attribute("title", told)
        expect(grid.cell(7).locator(".visually-hidden")).to_have_text(told)
        assert grid.cell(7).evaluate("cell => getComputedStyle(cell, '::before').content").startswith('"▲"')
        grid.cell(7).click()
        expect(grid.answer).to_contain_text("dłużej niż zwykle")
        # The server draws the same.
        grid.page.reload()
        grid.ready()
    grid.page.set_viewport_size({"width": 390, "height": 800})
    while ", 7 października" not in (grid.page.locator("#diary-day-name").text_content() or ""):
        grid.page.get_by_role("button", name="dzień wcześniej").click()
    expect(grid.page.locator("#diary-days")).to_contain_text(told)
    grid.page.set_viewport_size({"width": 1280, "height": 800})
    grid.type("9-11", 7)
    expect(grid.cell(7)).to_have_text("2:00")
    expect(grid.cell(7)).not_to_have_attribute("title", told)
    grid.page.keyboard.press("Control+z")
    expect(grid.cell(7)).to_have_attribute("title", told)
    grid.saved()

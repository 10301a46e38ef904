"""The bar of places on a phone: each role reaches what it does daily without opening “More”."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.walking import check_width
from tests.factories.people import partner

PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.mark.parametrize(
    ("role", "daily", "under_more"),
    [
        ("ngo_coordinator", ["Dzienniczek", "Miesiąc"], "Oferty"),
        ("director", ["Dziś", "Miesiąc"], "Konkursy"),
    ],
)
def test_daily_places_stand_in_the_bar_of_a_phone(
    signed_in_page: Callable[..., Page], alfa: Any, role: str, daily: list[str], under_more: str
) -> None:
    page = signed_in_page(role, alfa, partner(alfa) if role.startswith("ngo") else None)
    page.set_viewport_size(PHONE)
    page.goto("/alfa/")
    bar = page.get_by_role("navigation", name="Miejsca")
    for label in daily:
        place = bar.get_by_role("link", name=label)
        expect(place).to_be_visible()
        box = place.bounding_box()
        assert box and box["y"] + box["height"] <= PHONE["height"]
    expect(bar.get_by_role("link", name=under_more)).to_be_hidden()
    expect(bar.locator("[aria-current]").first).to_be_visible()
    bar.locator("summary").click()
    expect(bar.get_by_role("link", name=under_more)).to_be_visible()
    page.keyboard.press("Escape")
    assert check_width(page, 390, 320) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(bar.get_by_role("link", name=under_more)).to_have_count(1)
    expect(bar.get_by_role("link", name=under_more)).to_be_visible()

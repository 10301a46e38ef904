"""The month grid without its server: nothing typed is lost, nothing is written twice, and it says so plainly."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from kernel.tenancy import tenant_scope
from reporting.delivery.models import Visit
from tests.browser.diary.grid_page import GridPage, stored
from tests.reporting.delivery.diary_world import MONDAY, DiaryWorld


def test_without_a_connection_nothing_is_lost_and_nothing_written_twice(
    grid: GridPage, world: DiaryWorld, faults: Any
) -> None:
    faults.allow(r"ERR_INTERNET_DISCONNECTED")
    grid.page.context.set_offline(True)
    for day in (7, 8, 9):
        grid.type(".", day)
    grid.type("8-11", 8)
    expect(grid.status).to_contain_text("3 wpisy czekają na połączenie, są bezpieczne w tej przeglądarce.")
    expect(grid.cell(8)).to_have_class(re.compile("cell-waiting"))
    assert stored(world) == []
    kept = grid.page.evaluate(
        "Object.keys(localStorage).filter((key) => key.startsWith('siedem-diary:')).length"
    )
    assert kept == 1
    grid.page.context.set_offline(False)
    grid.saved()
    assert [(day, minutes) for day, _, minutes, _ in stored(world)] == [(7, "120"), (8, "180"), (9, "120")]
    kept = grid.page.evaluate(
        "Object.keys(localStorage).filter((key) => key.startsWith('siedem-diary:')).length"
    )
    assert kept == 0


def test_an_answer_that_is_lost_is_asked_for_again_and_written_once(
    grid: GridPage, world: DiaryWorld, faults: Any
) -> None:
    """The server has saved, the browser never hears of it, the page is closed: the next page sends it again."""
    faults.allow(r"ERR_FAILED|Failed to load")

    def lose(route: Any) -> None:
        route.fetch()
        route.abort()

    grid.page.route("**/grid/save/", lose)
    grid.type(".", 7)
    expect(grid.status).to_contain_text("1 wpis czeka na połączenie")
    assert stored(world) == [(7, "08:00", "120", "done")]
    grid.page.unroute("**/grid/save/")
    grid.page.reload()
    grid.ready()
    grid.saved()
    expect(grid.cell(7)).to_have_text("2:00")
    assert stored(world) == [(7, "08:00", "120", "done")]
    with tenant_scope(world.tenant):
        assert Visit.objects.get(decision=world.decision, date=MONDAY).version == 1


@pytest.mark.parametrize(
    ("status", "words"), [(503, "Serwer chwilowo nie odpowiada"), (401, "Wylogowano Cię")]
)
def test_a_server_that_rests_or_has_signed_one_out_is_told_plainly(
    grid: GridPage, world: DiaryWorld, faults: Any, status: int, words: str
) -> None:
    faults.allow(rf"status of {status}")
    grid.page.route(
        "**/grid/save/",
        lambda route: route.fulfill(status=status, body="{}", content_type="application/json"),
    )
    grid.type(".", 7)
    expect(grid.status).to_contain_text(words)
    expect(grid.status.get_by_role("link", name="Zaloguj się")).to_have_count(1 if status == 401 else 0)
    grid.page.unroute("**/grid/save/")
    grid.page.evaluate("dispatchEvent(new Event('focus'))")
    grid.saved()
    assert stored(world) == [(7, "08:00", "120", "done")]


HOTSPOT = "<!doctype html><title>Wi-Fi</title><p>Zaakceptuj regulamin sieci."


@pytest.mark.parametrize(
    ("body", "kind"), [(HOTSPOT, "text/html"), ("{}", "application/json"), ("{", "application/json")]
)
def test_an_answer_of_somebody_between_is_none_and_the_entry_is_sent_again(
    grid: GridPage, world: DiaryWorld, body: str, kind: str
) -> None:
    """The page of a hotspot comes with 200, and the next attempt reaches the server by itself."""
    grid.page.route(
        "**/grid/save/", lambda route: route.fulfill(status=200, body=body, content_type=kind), times=1
    )
    grid.type(".", 7)
    expect(grid.status).to_contain_text("1 wpis czeka na połączenie")
    assert stored(world) == []
    grid.saved()
    assert stored(world) == [(7, "08:00", "120", "done")]


def test_a_page_that_gets_a_hotspot_for_its_data_asks_again(grid: GridPage) -> None:
    grid.page.route(
        "**/grid/month/**",
        lambda route: route.fulfill(status=200, body=HOTSPOT, content_type="text/html"),
        times=1,
    )
    grid.page.reload()
    grid.ready()


def test_whoever_is_led_to_the_pages_of_signing_in_is_asked_to_sign_in(
    grid: GridPage, world: DiaryWorld
) -> None:
    def lead_away(route: Any) -> None:
        route.fulfill(status=302, headers={"Location": reverse("account_login")})

    grid.page.route("**/grid/save/", lead_away)
    grid.type(".", 7)
    expect(grid.status.get_by_role("link", name="Zaloguj się")).to_be_visible()
    grid.page.unroute("**/grid/save/")
    grid.saved()
    assert stored(world) == [(7, "08:00", "120", "done")]


def test_an_account_without_its_second_factor_keeps_what_is_typed_until_it_has_one(
    grid: GridPage, world: DiaryWorld, settings: Any, faults: Any
) -> None:
    faults.allow("status of 401")
    settings.SECOND_FACTOR_REQUIRED = True
    grid.type(".", 7)
    expect(grid.status.get_by_role("link", name="Zaloguj się")).to_be_visible()
    assert stored(world) == []
    settings.SECOND_FACTOR_REQUIRED = False
    grid.saved()
    assert stored(world) == [(7, "08:00", "120", "done")]


def test_a_storage_that_keeps_nothing_warns_before_typing(
    signed_in_page: Callable[..., Page], world: DiaryWorld
) -> None:
    page = signed_in_page("ngo_coordinator", world.tenant, world.organisation)
    page.add_init_script(
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
    )
    grid = GridPage(page, world).open()
    expect(page.locator("#diary-unsafe")).to_contain_text("Ta przeglądarka nie może przechować wpisów")
    grid.type(".", 7)
    grid.saved()
    assert stored(world) == [(7, "08:00", "120", "done")]

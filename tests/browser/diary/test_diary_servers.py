"""The database or Redis stopped and started again while the page is open: nothing typed is lost or written twice."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from celery.contrib.testing.worker import start_worker
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connections
from playwright.sync_api import Page, expect

from config.celery import app
from kernel.tenancy import tenant_scope
from reporting.delivery.models import Visit
from tests.browser.diary.grid_page import GridPage, stored
from tests.browser.diary.stopping import Stoppable
from tests.reporting.delivery.diary_files import csv_file
from tests.reporting.delivery.diary_world import MONDAY, DiaryWorld
from tests.reporting.delivery.test_imports import line

# Tries come after 1, 2, 5 and 10 seconds.
SOON = 20_000


@pytest.fixture(scope="module")
def database(browser_database: None) -> Iterator[Stoppable]:
    """The database behind something that can be cut; everything of the module reaches it so."""
    described: Any = connections.settings["default"]
    before = {name: described[name] for name in ("HOST", "PORT")}
    server = Stoppable(before["HOST"], int(before["PORT"] or 5432))
    described |= {"HOST": "127.0.0.1", "PORT": str(server.port)}
    yield server
    described |= before
    server.stop()


@pytest.fixture(scope="module")
def live_server(database: Stoppable, live_server: Any) -> Any:
    return live_server


@pytest.fixture
def redis(settings: Any) -> Iterator[Stoppable]:
    """Redis behind something that can be cut, for the cache and for what is handed to the background."""
    parts = urlsplit(django_settings.REDIS_URL)
    server = Stoppable(parts.hostname or "127.0.0.1", parts.port or 6379)
    secret = f":{parts.password}@" if parts.password else ""
    # A database of its own: no other worker takes what is handed over here.
    address = f"redis://{secret}127.0.0.1:{server.port}/15"
    settings.CACHES = {"default": {**django_settings.CACHES["default"], "LOCATION": address}}
    before = app.conf.broker_url
    app.conf.broker_url = app.conf.broker_write_url = app.conf.broker_read_url = address
    yield server
    app.conf.broker_url = app.conf.broker_write_url = app.conf.broker_read_url = before
    server.stop()


def test_the_database_stopped_and_started_while_the_grid_is_open(
    database: Stoppable, grid: GridPage, world: DiaryWorld, faults: Any
) -> None:
    faults.allow(r"status of 503")
    grid.type(".", 7)
    grid.saved()
    database.stop()
    grid.type(".", 8)
    grid.type("8-11", 9)
    grid.type("8-12", 9)
    expect(grid.status).to_contain_text("Serwer chwilowo nie odpowiada; 2 wpisy czekają")
    expect(grid.cell(8)).to_have_text("2:00")
    grid.cell(10).click()
    grid.page.keyboard.type("8-10")
    expect(grid.answer).to_contain_text("sprawdzone później")
    grid.page.keyboard.press("Enter")
    database.start()
    connections.close_all()  # those of the test itself were cut too
    expect(grid.status).to_contain_text("zapisano", timeout=SOON)
    assert [(day, minutes) for day, _, minutes, _ in stored(world)] == [
        (7, "120"),
        (8, "120"),
        (9, "240"),
        (10, "120"),
    ]


def test_a_page_opened_anew_while_the_database_is_away_loses_nothing(
    database: Stoppable, grid: GridPage, world: DiaryWorld, faults: Any
) -> None:
    faults.allow(r"status of 503")
    database.stop()
    grid.type(".", 7)
    expect(grid.status).to_contain_text("Serwer chwilowo nie odpowiada")
    answer = grid.page.reload()
    assert answer is not None and answer.status == 503
    database.start()
    connections.close_all()
    grid.page.reload()
    grid.ready()
    grid.saved()
    expect(grid.cell(7)).to_have_text("2:00")
    assert stored(world) == [(7, "08:00", "120", "done")]


def test_the_grid_needs_no_redis(redis: Stoppable, grid: GridPage, world: DiaryWorld) -> None:
    redis.stop()
    with pytest.raises(Exception, match=r"refused|closed|connecting"):
        cache.get("anything")
    grid.type(".", 7)
    grid.saved()
    grid.page.reload()
    grid.ready()
    expect(grid.cell(7)).to_have_text("2:00")
    redis.start()
    grid.type(".", 8)
    grid.saved()
    assert [each[0] for each in stored(world)] == [7, 8]


def test_a_file_brought_while_redis_is_away_is_kept_and_imported_once(
    redis: Stoppable, signed_in_page: Callable[..., Page], world: DiaryWorld
) -> None:
    page = signed_in_page("ngo_coordinator", world.tenant, world.organisation)
    page.goto(world.url("import/"))
    redis.stop()
    page.set_input_files(
        "input[type=file]",
        {"name": "pazdziernik.csv", "mimeType": "text/csv", "buffer": csv_file([line(world)])},
    )
    page.get_by_role("button", name="Sprawdź plik").click()
    page.wait_for_url("**/import/*-*/")
    expect(page.locator("main")).to_contain_text("Część systemu pracująca w tle nie odpowiada", timeout=SOON)
    redis.start()
    with start_worker(app, perform_ping_check=False, pool="solo", loglevel="ERROR"):
        page.get_by_role("button", name="Spróbuj ponownie").click()
        save = page.get_by_role("button", name="Zapisz wizyty")
        expect(save).to_be_visible(timeout=SOON)
        save.click()
        expect(page.locator("main")).to_contain_text("Wizyty są zapisane", timeout=SOON)
    with tenant_scope(world.tenant):
        assert Visit.objects.filter(decision=world.decision, date=MONDAY).count() == 1

"""A diary with two persons, open in a browser."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page

from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.browser.diary.grid_page import GridPage
from tests.factories.care import visit
from tests.reporting.delivery.diary_world import DiaryWorld, build_diary


@pytest.fixture
def world(alfa: Tenant) -> DiaryWorld:
    """Two persons; Anna came to both lately, so that the rows know who comes."""
    made = build_diary(alfa)
    with tenant_scope(alfa):
        for decision in made.decisions:
            visit(decision, made.anna, date(2024, 10, 1), "08:00", 120)
    return made


@pytest.fixture
def grid(signed_in_page: Callable[..., Page], world: DiaryWorld) -> GridPage:
    page = signed_in_page("ngo_coordinator", world.tenant, world.organisation)
    return GridPage(page, world).open()

"""The page of the month grid, with the words of somebody who types into it."""

import re
from datetime import date

from playwright.sync_api import Locator, Page, expect

from kernel.tenancy import tenant_scope
from reporting.delivery.models import Visit
from tests.reporting.delivery.diary_world import OCTOBER, DiaryWorld

SAVED = re.compile(r"zapisano \d\d:\d\d ✓")


class GridPage:
    """The page of the grid, with the words of somebody who types into it."""

    def __init__(self, page: Page, world: DiaryWorld) -> None:
        self.page = page
        self.world = world

    def open(self, query: str = "") -> "GridPage":
        self.page.goto(self.world.url(f"grid/?month={OCTOBER}{query}"))
        self.ready()
        return self

    def ready(self) -> None:
        expect(self.page.locator("#diary[data-ready]")).to_have_count(1)

    def cell(self, day: int, row: int = 0) -> Locator:
        decision = self.world.decisions[row].pk
        return self.page.locator(f'tr[data-row="{decision}"] td[data-cell]').nth(day - 1)

    def type(self, text: str, day: int, row: int = 0, end: str = "Enter") -> None:
        self.cell(day, row).click()
        self.page.keyboard.type(text)
        self.page.keyboard.press(end)

    def saved(self) -> None:
        expect(self.page.locator("#diary-saved")).to_contain_text(SAVED)

    @property
    def status(self) -> Locator:
        return self.page.locator("#diary-saved")

    @property
    def answer(self) -> Locator:
        return self.page.locator("#diary-answer")


def stored(world: DiaryWorld) -> list[tuple[int, str, str, str]]:
    """(day, start, minutes, state) of the visits after the first day of October."""
    with tenant_scope(world.tenant):
        visits = Visit.objects.filter(decision__in=world.decisions, date__gt=date(2024, 10, 1))
        return [
            (each.date.day, f"{each.start:%H:%M}", f"{each.minutes}", each.state)
            for each in visits.order_by("date", "starts_at", "decision__number")
        ]

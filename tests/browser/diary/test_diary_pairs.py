"""A person to whom two carers come at once: each of two equal visits of the plan keeps a carer of its own."""

from collections.abc import Callable
from datetime import date, time

import pytest
from playwright.sync_api import Page, expect

from kernel.tenancy import tenant_scope
from reporting.care.models import Decision, PlanSlot
from reporting.delivery.models import Visit
from tests.browser.diary.grid_page import GridPage
from tests.factories.care import visit
from tests.reporting.delivery.diary_world import DiaryWorld


@pytest.fixture
def pairs(world: DiaryWorld) -> DiaryWorld:
    """The first person's visits are planned for two; on 1 October Beata came together with Anna."""
    with tenant_scope(world.tenant):
        Decision.objects.filter(pk=world.decision.pk).update(two_workers=True)
        for weekday in range(1, 6):
            PlanSlot.objects.create(
                decision=world.decision, weekday=weekday, start=time(8), minutes=120, place=2
            )
        visit(world.decision, world.beata, date(2024, 10, 1), "08:00", 120)
    return world


def carers(world: DiaryWorld, day: int) -> list[tuple[str, str]]:
    """(carer, state) of the day's visits of the first person."""
    with tenant_scope(world.tenant):
        visits = Visit.objects.filter(decision=world.decision, date=date(2024, 10, day))
        return sorted(visits.values_list("worker__given_name", "state"))


@pytest.mark.parametrize(("text", "state"), [(".", "done"), ("x", "no_show"), ("8-10 8-10", "done")])
def test_each_of_two_equal_visits_has_its_own_carer(
    pairs: DiaryWorld, grid: GridPage, text: str, state: str
) -> None:
    grid.type(text, 7)
    grid.saved()
    expect(grid.page.locator("#diary-troubles")).to_be_hidden()
    assert carers(pairs, 7) == [("Anna", state), ("Beata", state)]
    # Typed again over both, each stays with the one who was there.
    grid.type("x", 7)
    grid.saved()
    assert carers(pairs, 7) == [("Anna", "no_show"), ("Beata", "no_show")]


def test_the_one_who_is_missing_is_added_beside_the_one_who_stands(pairs: DiaryWorld, grid: GridPage) -> None:
    with tenant_scope(pairs.tenant):
        visit(pairs.decision, pairs.beata, date(2024, 10, 8), "08:00", 120)
    grid.page.reload()
    grid.ready()
    grid.type(".", 8)
    grid.saved()
    assert carers(pairs, 8) == [("Anna", "done"), ("Beata", "done")]


def test_a_copy_of_the_plan_names_both(pairs: DiaryWorld, grid: GridPage) -> None:
    grid.cell(7).click()
    grid.page.get_by_role("button", name="Przenieś plan…").click()
    dialog = grid.page.get_by_role("dialog")
    # 22 days of the one, each for two, and 22 of the other.
    expect(dialog).to_contain_text("Do wpisania: 66 wizyt u 2 osób")
    dialog.get_by_role("button", name="Wpisz").click()
    grid.saved()
    expect(grid.page.locator("#diary-troubles")).to_be_hidden()
    assert carers(pairs, 31) == [("Anna", "done"), ("Beata", "done")]


def test_a_second_carer_who_is_not_known_is_asked_for(world: DiaryWorld, grid: GridPage) -> None:
    grid.type("8-10 8-10", 7)
    dialog = grid.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Nie wiadomo, kto był na wizycie")
    choices = dialog.get_by_label("Opiekunka")
    expect(choices).to_have_count(2)
    expect(choices.nth(0)).to_have_value(str(world.anna.pk))
    expect(choices.nth(1)).to_be_focused()
    choices.nth(1).select_option(label="Wójcik Beata")
    dialog.get_by_role("button", name="Wpisz").click()
    grid.saved()
    assert carers(world, 7) == [("Anna", "done"), ("Beata", "done")]
    # From now on they are known to come together.
    grid.type("8-10 8-10", 8)
    grid.saved()
    assert carers(world, 8) == [("Anna", "done"), ("Beata", "done")]


def test_a_carer_enters_her_own_visit_only(pairs: DiaryWorld, signed_in_page: Callable[..., Page]) -> None:
    page = signed_in_page("worker", pairs.tenant, pairs.organisation)
    with tenant_scope(pairs.tenant):
        pairs.beata.user_id = page.user.pk  # type: ignore[attr-defined]
        pairs.beata.save(update_fields=["user_id"])
    grid = GridPage(page, pairs).open()
    grid.type(".", 7)
    grid.saved()
    assert carers(pairs, 7) == [("Beata", "done")]

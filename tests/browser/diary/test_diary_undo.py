"""Ctrl Z in the month grid takes back the last thing done: what was refused, what was given up, a whole copy."""

from collections.abc import Callable

from playwright.sync_api import Route, expect

from kernel.tenancy import tenant_scope
from tests.browser.diary.grid_page import GridPage, stored
from tests.reporting.delivery.diary_world import MONDAY, DiaryWorld


def undo(grid: GridPage) -> None:
    grid.page.keyboard.press("Control+z")


def redo(grid: GridPage) -> None:
    grid.page.keyboard.press("Control+Shift+z")


def hold_back(grid: GridPage, text: str, day: int) -> Callable[[], None]:
    """Type it and keep what is sent on its way until the function is called."""
    held: list[Route] = []
    grid.page.route("**/grid/save/", lambda route: held.append(route), times=1)
    with grid.page.expect_request("**/grid/save/"):
        grid.type(text, day)

    def release() -> None:
        held[0].continue_()

    return release


def test_what_was_not_understood_is_taken_back_before_what_came_earlier(
    grid: GridPage, world: DiaryWorld
) -> None:
    grid.type("8-10", 7)
    grid.type("bzdura", 7)
    grid.type("8-9", 8)
    undo(grid)
    expect(grid.cell(8)).to_have_text("")
    expect(grid.cell(7)).to_have_text("bzdura")
    undo(grid)
    expect(grid.answer).to_have_text("cofnięto")
    expect(grid.cell(7)).to_have_text("2:00")
    expect(grid.cell(7)).not_to_have_attribute("aria-invalid", "true")
    expect(grid.page.locator("#diary-troubles")).to_be_hidden()
    expect(grid.page.locator("#diary-note")).to_be_hidden()
    redo(grid)
    expect(grid.cell(7)).to_have_text("bzdura")
    undo(grid)
    undo(grid)
    expect(grid.cell(7)).to_have_text("")
    grid.saved()
    assert stored(world) == []


def test_what_the_server_refused_is_taken_back(grid: GridPage, world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        type(world.anna).objects.filter(pk=world.anna.pk).update(active=False, ended_on=MONDAY)
    grid.type("8-10", 7)
    grid.saved()
    # The page was opened before: it does not know yet that her work has ended.
    grid.type("8-10", 8)
    expect(grid.cell(8)).to_have_attribute("aria-invalid", "true")
    expect(grid.page.locator("#diary-troubles")).to_contain_text("07.10.2024")
    undo(grid)
    expect(grid.cell(8)).to_have_text("")
    expect(grid.cell(8)).not_to_have_attribute("aria-invalid", "true")
    expect(grid.page.locator("#diary-troubles")).to_be_hidden()
    expect(grid.cell(7)).to_have_text("2:00")
    redo(grid)
    expect(grid.cell(8)).to_have_attribute("aria-invalid", "true")
    undo(grid)
    expect(grid.cell(8)).to_have_text("")
    undo(grid)
    expect(grid.cell(7)).to_have_text("")
    grid.saved()
    assert stored(world) == []


def test_a_refusal_that_comes_after_it_was_taken_back_shows_nothing(
    grid: GridPage, world: DiaryWorld
) -> None:
    # Longer than a day: the night of the changed clock has an hour more.
    release = hold_back(grid, "0-23:59", 27)
    undo(grid)
    expect(grid.cell(27)).to_have_text("")
    release()
    grid.saved()
    expect(grid.page.locator("#diary-troubles")).to_be_hidden()
    expect(grid.cell(27)).to_have_text("")
    assert stored(world) == []


def test_a_correction_on_its_way_stands_though_what_it_corrects_is_refused(
    grid: GridPage, world: DiaryWorld
) -> None:
    release = hold_back(grid, "0-23:59", 27)
    grid.type("8-10", 27)
    release()
    grid.saved()
    expect(grid.page.locator("#diary-troubles")).to_be_hidden()
    expect(grid.cell(27)).to_have_text("2:00")
    assert stored(world) == [(27, "08:00", "120", "done")]


def test_what_was_given_up_comes_back(grid: GridPage) -> None:
    grid.type("25h", 7)
    grid.page.get_by_role("button", name="Porzuć ten wpis").click()
    expect(grid.cell(7)).to_have_text("")
    expect(grid.cell(7)).to_be_focused()
    undo(grid)
    expect(grid.cell(7)).to_have_text("25h")
    expect(grid.page.locator("#diary-troubles")).to_contain_text("więcej niż 24 godziny")


def test_a_copy_of_the_plan_and_of_a_week_is_one_step_wherever_one_is(
    grid: GridPage, world: DiaryWorld
) -> None:
    dialog = grid.page.get_by_role("dialog")
    grid.cell(7).click()
    grid.page.get_by_role("button", name="Przenieś plan…").click()
    dialog.get_by_role("button", name="Wpisz").click()
    expect(grid.cell(31)).to_have_text("2:00")
    expect(grid.cell(7)).to_be_focused()
    undo(grid)
    expect(grid.cell(31)).to_have_text("")
    expect(grid.cell(2)).to_have_text("")
    grid.type("9-10", 7)
    grid.cell(15).click()
    grid.page.get_by_role("button", name="Powtórz tydzień…").click()
    dialog.get_by_role("button", name="Wpisz").click()
    expect(grid.cell(14)).to_have_text("1:00")
    # Not in the grid: on a button of the page.
    grid.page.get_by_role("button", name="Powtórz tydzień…").focus()
    undo(grid)
    expect(grid.cell(14)).to_have_text("")
    grid.saved()
    assert stored(world) == [(7, "09:00", "60", "done")]
    redo(grid)
    expect(grid.cell(14)).to_have_text("1:00")

"""What is refused in the month grid, and by whom: said at its cell, nothing typed is lost, two people choose."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from kernel.tenancy import tenant_scope
from reporting.delivery.models import Visit
from tenants.models import Tenant
from tests.browser.diary.grid_page import GridPage, stored
from tests.reporting.delivery.diary_world import MONDAY, DiaryWorld, build_diary


def test_what_the_server_refuses_keeps_its_text(grid: GridPage, world: DiaryWorld) -> None:
    grid.type("0-23:59", 27)
    grid.type("25h", 28)
    grid.saved()
    expect(grid.cell(28)).to_have_text("25h")
    expect(grid.cell(28)).to_have_attribute("aria-invalid", "true")
    expect(grid.cell(27)).to_have_text("0-23:59")
    expect(grid.page.locator("#diary-troubles")).to_contain_text("trwa dłużej niż 24 godziny")
    assert stored(world) == []
    grid.page.reload()
    grid.ready()
    expect(grid.cell(28)).to_have_text("25h")
    grid.page.get_by_role("button", name="Porzuć ten wpis").first.click()
    grid.page.get_by_role("button", name="Porzuć ten wpis").first.click()
    expect(grid.cell(28)).to_have_text("")
    expect(grid.page.locator("#diary-troubles")).to_be_hidden()


def test_a_refused_entry_is_explained_at_its_cell_and_one_stays_there(
    grid: GridPage, world: DiaryWorld
) -> None:
    note = grid.page.locator("#diary-note")
    grid.type("8-10", 7)
    grid.saved()
    width = grid.cell(7).bounding_box()["width"]  # type: ignore[index]
    grid.type("bzdura i jeszcze więcej słów", 7)
    expect(grid.cell(7)).to_be_focused()
    expect(grid.cell(7)).to_have_attribute("aria-describedby", "diary-note")
    for told in (note, grid.answer):
        expect(told).to_contain_text("Nie wiadomo, co znaczy „bzdura”")
    expect(note).to_contain_text("Enter – popraw, Delete – porzuć.")
    assert grid.answer.get_attribute("role") == "status", "a screen reader hears the line"
    # Both are measured at once: while a slow machine still lays the page out, they move together.
    grid.page.wait_for_function(
        """([note, cell]) => {
            const [beside, at] = [note.getBoundingClientRect(), cell.getBoundingClientRect()];
            const gap = Math.min(Math.abs(beside.top - at.bottom), Math.abs(at.top - beside.bottom));
            return 0 < gap && gap < 12;
        }""",
        arg=[note.element_handle(), grid.cell(7).element_handle()],
    )
    cell = grid.cell(7).bounding_box()
    assert cell and cell["width"] == width, "a long text widens no column"
    grid.page.keyboard.press("ArrowDown")
    expect(note).to_be_hidden()
    grid.cell(7).click()
    expect(note).to_be_visible()
    # Given up is what was refused, never the visit that stands there.
    grid.page.keyboard.press("Delete")
    expect(note).to_be_hidden()
    expect(grid.page.locator("#diary-troubles")).to_be_hidden()
    expect(grid.cell(7)).to_have_text("2:00")
    assert stored(world) == [(7, "08:00", "120", "done")]
    grid.cell(7).click()
    grid.page.keyboard.type("25h")
    grid.cell(14).click()
    expect(grid.cell(7)).to_be_focused()
    expect(note).to_contain_text("więcej niż 24 godziny")


def test_what_the_server_refuses_is_explained_at_its_cell_though_one_has_gone_on(
    grid: GridPage, world: DiaryWorld
) -> None:
    with tenant_scope(world.tenant):
        type(world.anna).objects.filter(pk=world.anna.pk).update(active=False, ended_on=MONDAY)
    grid.type("8-10", 8)
    note = grid.page.locator("#diary-note")
    expect(note).to_contain_text("07.10.2024")
    expect(grid.cell(8)).to_have_text("8-10")
    expect(grid.cell(8, row=1)).to_be_focused()
    expect(grid.answer).to_contain_text("wtorek, 8 października")
    expect(grid.answer).to_contain_text("07.10.2024")
    grid.page.keyboard.type("9")
    expect(note).to_be_visible()
    assert stored(world) == []


def test_a_worker_who_has_left_is_not_taken_for_granted(grid: GridPage, world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        type(world.anna).objects.filter(pk=world.anna.pk).update(active=False, ended_on=MONDAY)
    grid.open()
    grid.type(".", 7)
    grid.saved()
    grid.type(".", 8)
    dialog = grid.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Nie wiadomo, kto był na wizycie")
    dialog.get_by_label("Opiekunka").select_option(label="Wójcik Beata")
    dialog.get_by_role("button", name="Wpisz").click()
    expect(grid.cell(8)).to_be_focused()
    grid.saved()
    assert [each[0] for each in stored(world)] == [7, 8]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("Zostaw moje", [("08:00", "180")]),
        ("Zostaw tamto", [("08:00", "120")]),
        ("Zostaw oba", [("08:00", "120"), ("08:00", "180")]),
    ],
)
def test_the_later_of_two_people_in_a_cell_sees_both_and_chooses(
    grid: GridPage,
    world: DiaryWorld,
    signed_in_page: Callable[..., Page],
    choice: str,
    expected: list[tuple[str, str]],
) -> None:
    other = GridPage(signed_in_page("ngo_coordinator", world.tenant, world.organisation), world).open()
    other.type("8-10", 7)
    other.saved()
    grid.type("8-11", 7)
    panel = grid.page.locator("#diary-troubles")
    expect(panel).to_contain_text("8–11 Zięba Anna")
    expect(panel).to_contain_text("8–10 Zięba Anna")
    expect(panel).to_contain_text(other.page.user.full_name)  # type: ignore[attr-defined]
    assert [each[1:3] for each in stored(world)] == [("08:00", "120")]
    panel.get_by_role("button", name=choice).click()
    expect(panel).to_be_hidden()
    grid.saved()
    expect(grid.cell(7)).to_have_text({"Zostaw moje": "3:00", "Zostaw tamto": "2:00"}.get(choice, "5:00"))
    # Two visits with the same start stand in the order of their ids, which either browser may win.
    assert sorted(each[1:3] for each in stored(world)) == expected


def test_a_row_whose_carer_is_unknown_asks_who_was_there(
    signed_in_page: Callable[..., Page], alfa: Tenant
) -> None:
    world = build_diary(alfa)
    page = signed_in_page("ngo_coordinator", alfa, world.organisation)
    grid = GridPage(page, world).open()
    grid.type("8-10", 7)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Nie wiadomo, kto był na wizycie")
    expect(dialog.get_by_label("Opiekunka")).to_be_focused()
    dialog.get_by_label("Opiekunka").select_option(label="Wójcik Beata")
    dialog.get_by_role("button", name="Wpisz").click()
    expect(grid.cell(7)).to_have_text("2:00")
    grid.type(".", 8)
    grid.saved()
    with tenant_scope(alfa):
        assert set(Visit.objects.filter(decision=world.decision).values_list("worker", flat=True)) == {
            world.beata.pk
        }


def test_the_unit_reads_and_cannot_type(signed_in_page: Callable[..., Page], world: DiaryWorld) -> None:
    page = signed_in_page("director", world.tenant)
    grid = GridPage(page, world).open(f"&contract={world.contract.pk}")
    expect(page.get_by_role("button", name="Przenieś plan…")).to_be_hidden()
    grid.cell(7).click()
    page.keyboard.type("8-10")
    expect(grid.answer).to_contain_text("możesz czytać ten dzienniczek")
    expect(page.locator(".diary-input")).to_have_count(0)
    assert stored(world) == []

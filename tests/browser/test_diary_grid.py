"""The month grid in a real browser: typing, pasting, undoing, losing the connection, two people in one cell."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from kernel.tenancy import tenant_scope
from reporting.delivery.models import Visit
from tenants.models import Tenant
from tests.factories.care import visit
from tests.reporting.delivery.diary_world import MONDAY, OCTOBER, DiaryWorld, build_diary

SAVED = re.compile(r"zapisano \d\d:\d\d ✓")


@pytest.fixture
def world(alfa: Tenant) -> DiaryWorld:
    """Two persons; Anna came to both lately, so that the rows know who comes."""
    made = build_diary(alfa)
    with tenant_scope(alfa):
        for decision in made.decisions:
            visit(decision, made.anna, date(2024, 10, 1), "08:00", 120)
    return made


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


@pytest.fixture
def grid(signed_in_page: Callable[..., Page], world: DiaryWorld) -> GridPage:
    page = signed_in_page("ngo_coordinator", world.tenant, world.organisation)
    return GridPage(page, world).open()


def stored(world: DiaryWorld) -> list[tuple[int, str, str, str]]:
    """(day, start, minutes, state) of the visits after the first day of October."""
    with tenant_scope(world.tenant):
        visits = Visit.objects.filter(decision__in=world.decisions, date__gt=date(2024, 10, 1))
        return [
            (each.date.day, f"{each.start:%H:%M}", f"{each.minutes}", each.state)
            for each in visits.order_by("date", "starts_at", "decision__number")
        ]


def test_what_is_typed_is_answered_saved_and_summed(grid: GridPage, world: DiaryWorld) -> None:
    grid.cell(7).click()
    grid.page.keyboard.type("8-10")
    expect(grid.answer).to_contain_text(f"decyzja {world.decision.number}")
    expect(grid.answer).to_contain_text("po tym wpisie zostanie 16:00 z 20:00")
    expect(grid.answer).to_contain_text("Zięba Anna – termin wolny")
    expect(grid.answer).to_contain_text("mieści się w planie")
    assert stored(world) == [], "asking saves nothing"
    grid.page.keyboard.press("Enter")
    expect(grid.cell(7)).to_have_text("2:00")
    expect(grid.cell(7, row=1)).to_be_focused()
    grid.saved()
    assert stored(world) == [(7, "08:00", "120", "done")]
    row = grid.page.locator(f'tr[data-row="{world.decision.pk}"]')
    expect(row.locator("[data-used]")).to_have_text("4:00")
    expect(row.locator("[data-left]")).to_have_text("16:00")
    expect(grid.page.locator("tfoot [data-total]").nth(6)).to_have_text("2:00")
    grid.page.reload()
    grid.ready()
    expect(grid.cell(7)).to_have_text("2:00")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8:30-10:15", [("08:30", "105", "done")]),
        ("2h", [("08:00", "120", "done")]),
        (".", [("08:00", "120", "done")]),
        ("x", [("08:00", "120", "no_show")]),
        ("22-6", [("22:00", "480", "done")]),
        ("8-9 14-15:30", [("08:00", "60", "done"), ("14:00", "90", "done")]),
    ],
)
def test_the_short_forms(
    grid: GridPage, world: DiaryWorld, text: str, expected: list[tuple[str, str, str]]
) -> None:
    grid.type(text, 8)
    grid.saved()
    assert [each[1:] for each in stored(world)] == expected


def test_arrows_move_and_commit_and_delete_empties_and_undo_brings_back(
    grid: GridPage, world: DiaryWorld
) -> None:
    grid.cell(7).click()
    for _ in range(3):
        grid.page.keyboard.type(".")
        grid.page.keyboard.press("ArrowRight")
    expect(grid.cell(10)).to_be_focused()
    grid.saved()
    assert [each[0] for each in stored(world)] == [7, 8, 9]
    grid.page.keyboard.press("ArrowLeft")
    grid.page.keyboard.press("Shift+ArrowLeft")
    expect(grid.page.locator('td[aria-selected="true"]')).to_have_count(2)
    grid.page.keyboard.press("Delete")
    expect(grid.cell(9)).to_have_text("")
    expect(grid.status).to_contain_text(SAVED)
    assert [each[0] for each in stored(world)] == [7]
    grid.page.keyboard.press("Control+z")
    expect(grid.cell(9)).to_have_text("2:00")
    grid.saved()
    assert [each[0] for each in stored(world)] == [7, 8, 9]
    grid.page.keyboard.press("Control+Shift+z")
    expect(grid.cell(9)).to_have_text("")
    grid.saved()
    for _ in range(4):
        grid.page.keyboard.press("Control+z")
    expect(grid.cell(7)).to_have_text("")
    grid.saved()
    assert stored(world) == []


def paste(page: Page, text: str) -> None:
    """Paste as the browser does when somebody presses Ctrl V with this on the clipboard."""
    page.evaluate(
        """text => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
        }""",
        text,
    )


def test_a_block_of_a_spreadsheet_is_pasted_and_copied(grid: GridPage, world: DiaryWorld) -> None:
    grid.cell(7).click()
    paste(grid.page, "8-10\t\t9-10; 14-15\r\nx\tbzdura\t2h\r\n")
    expect(grid.cell(9)).to_have_text("2:00")
    expect(grid.answer).to_contain_text("wklejono 4 komórki")
    expect(grid.answer).to_contain_text("1 komórka do poprawy")
    grid.saved()
    assert stored(world) == [
        (7, "08:00", "120", "done"),
        (7, "08:00", "120", "no_show"),
        (9, "08:00", "120", "done"),
        (9, "09:00", "60", "done"),
        (9, "14:00", "60", "done"),
    ]
    # What was not understood stays as it was typed, with the sentence and a way to correct it.
    expect(grid.cell(8, row=1)).to_have_text("bzdura")
    expect(grid.page.locator("#diary-troubles")).to_contain_text("Nie wiadomo, co znaczy „bzdura”")
    grid.page.get_by_role("button", name="Popraw", exact=True).click()
    grid.page.keyboard.press("Control+a")
    grid.page.keyboard.type("8-9")
    grid.page.keyboard.press("Enter")
    expect(grid.page.locator("#diary-troubles")).to_be_hidden()
    expect(grid.cell(8, row=1)).to_have_text("1:00")
    grid.cell(9).click()
    grid.page.keyboard.press("Shift+ArrowDown")
    copied = grid.page.evaluate(
        """() => {
            const clipboardData = new DataTransfer();
            document.activeElement.dispatchEvent(new ClipboardEvent("copy", {clipboardData, bubbles: true, cancelable: true}));
            return clipboardData.getData("text/plain");
        }"""
    )
    assert copied == "9-10; 14-15\n8-10"


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


def test_the_plan_and_last_week_are_copied_after_a_preview(grid: GridPage, world: DiaryWorld) -> None:
    grid.cell(7).click()
    grid.page.get_by_role("button", name="Przenieś plan…").click()
    dialog = grid.page.get_by_role("dialog")
    # 23 working days in October 2024, of which each row has one already.
    expect(dialog).to_contain_text("Do wpisania: 44 wizyty u 2 osób")
    dialog.get_by_role("button", name="Wpisz").click()
    expect(grid.cell(31)).to_have_text("2:00")
    grid.saved()
    assert len(stored(world)) == 44
    grid.page.get_by_role("button", name="Cofnij").click()
    expect(grid.cell(31)).to_have_text("")
    grid.saved()
    assert stored(world) == []
    grid.type("9-10", 7)
    grid.cell(15).click()
    grid.page.get_by_role("button", name="Powtórz tydzień…").click()
    expect(dialog).to_contain_text("Do wpisania: 1 wizyta u 1 osoby")
    dialog.get_by_role("button", name="Wpisz").click()
    expect(grid.cell(14)).to_have_text("1:00")
    grid.saved()
    assert [each[0] for each in stored(world)] == [7, 14]


def test_one_stop_of_the_tab_key_and_the_head_of_a_row_by_arrows(grid: GridPage) -> None:
    assert grid.page.locator('td[data-cell][tabindex="0"]').count() == 1
    grid.cell(1).click()
    grid.page.keyboard.press("ArrowLeft")
    expect(grid.page.locator("[data-who]").first).to_be_focused()
    grid.page.keyboard.press("ArrowRight")
    expect(grid.cell(1)).to_be_focused()
    grid.page.keyboard.press("Control+End")
    expect(grid.cell(31, row=1)).to_be_focused()
    expect(grid.answer).to_contain_text("czwartek, 31 października")
    grid.page.keyboard.press("Home")
    expect(grid.cell(1, row=1)).to_be_focused()


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


def test_the_unit_reads_and_cannot_type(signed_in_page: Callable[..., Page], world: DiaryWorld) -> None:
    page = signed_in_page("director", world.tenant)
    grid = GridPage(page, world).open(f"&contract={world.contract.pk}")
    expect(page.get_by_role("button", name="Przenieś plan…")).to_be_hidden()
    grid.cell(7).click()
    page.keyboard.type("8-10")
    expect(grid.answer).to_contain_text("możesz czytać ten dzienniczek")
    expect(page.locator(".diary-input")).to_have_count(0)
    assert stored(world) == []


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


def test_the_words_of_the_parser(grid: GridPage) -> None:
    """The pure part, asked directly: texts and what they mean."""
    told = grid.page.evaluate(
        """async () => {
            const { parseEntry, parseBlock } = await import("/static/delivery/entry.js");
            const around = { planned: [["08:00", "10:00", 120]], after: "12:00", usualStart: "07:30" };
            const of = (text, given = around) => {
                const parsed = parseEntry(text, given);
                return parsed.visits?.map((v) => `${v.start}-${v.end}`).join(" ") ?? parsed.code ?? parsed.kind;
            };
            return {
                texts: Object.fromEntries(["8–10", "830-1015", "8.30-10.15", "1,5h", "90m", "1h30", "2:00", "8 - 10", "8-24",
                    "8-9, 14-15", "+14-16", "0", "-", "25h", "-2h", "8-8", "8-25", "24-2", "abc", "1,333h"].map((text) => [text, of(text)])),
                afterLast: of("1h", { after: "12:00" }),
                unknownStart: of("1h", {}),
                noPlan: of(".", {}),
                block: parseBlock('8-10\\t"a\\tb""c"\\r\\n\\t2h\\r\\n'),
            };
        }"""
    )
    assert told["texts"] == {
        "8–10": "08:00-10:00",
        "830-1015": "08:30-10:15",
        "8.30-10.15": "08:30-10:15",
        "1,5h": "08:00-09:30",
        "90m": "08:00-09:30",
        "1h30": "08:00-09:30",
        "2:00": "08:00-10:00",
        "8 - 10": "08:00-10:00",
        "8-24": "08:00-00:00",
        "8-9, 14-15": "08:00-09:00 14:00-15:00",
        "+14-16": "14:00-16:00",
        "0": "empty",
        "-": "empty",
        "25h": "too_long",
        "-2h": "negative",
        "8-8": "equal_times",
        "8-25": "no_such_time",
        "24-2": "no_such_time",
        "abc": "not_understood",
        "1,333h": "not_understood",
    }
    assert (told["afterLast"], told["unknownStart"], told["noPlan"]) == (
        "12:00-13:00",
        "needs_start",
        "no_plan",
    )
    assert told["block"] == [["8-10", 'a\tb"c'], ["", "2h"]]

"""Typing into the month grid in a real browser: short forms, arrows, pasting, undoing, copying the plan."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.diary.grid_page import SAVED, GridPage, stored
from tests.reporting.delivery.diary_world import DiaryWorld


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

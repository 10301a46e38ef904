"""The committee's desk in a real browser: scoring by keyboard alone, the matrix by arrows, two offers in two clicks."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from contracting.tenders.models import Score
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.browser.walking import check_page, check_width
from tests.contracting.tenders.judging_world import JudgingWorld, build_judging
from tests.factories.judging import close, pass_form, score
from tests.factories.tenders import declare_all

_count = iter(range(100))


@pytest.fixture
def world(alfa: Tenant) -> JudgingWorld:
    """Two offers that passed the form; all three members have declared. Committed, so each call has its own number."""
    made = build_judging(alfa, number=f"K/P{next(_count)}/2026")
    with tenant_scope(alfa):
        declare_all(made.committee)
        pass_form(made.call)
    return made


@pytest.fixture
def page_of(new_page: Callable[..., Page]) -> Callable[..., Page]:
    """`page_of(world, place)`: the page of a member."""

    def make(world: JudgingWorld, place: int = 0, **look: Any) -> Page:
        client = world.client(world.people[place])
        return new_page(session=client.cookies[settings.SESSION_COOKIE_NAME].value, **look)

    return make


def given(world: JudgingWorld, place: int = 0) -> list[tuple[int, str, Decimal | None, str]]:
    with tenant_scope(world.tenant):
        rows = Score.objects.filter(seat=world.seat(place)).order_by("offer__number", "criterion__position")
        return list(rows.values_list("offer__number", "criterion__name", "points", "reason"))


def test_two_offers_are_scored_by_keyboard_alone(world: JudgingWorld, page_of: Callable[..., Page]) -> None:
    page = page_of(world)
    page.goto(world.url("offers", world.offers[0], "score"))
    expect(page.locator("#score[data-ready]")).to_have_count(1)
    keys = page.keyboard
    # The first criterion without points has the focus already.
    for points, reason in (("17", "jasny plan dyżurów"), ("8,5", "wszystkie z kursem")):
        keys.type(points)
        keys.press("Enter")
        keys.type(reason)
        keys.press("Control+Enter")
    page.wait_for_url(re.compile(str(world.offers[1].pk)))
    expect(page.locator("[data-done]")).to_have_text("1")
    expect(page.locator("#score[data-ready]")).to_have_count(1)
    keys.type("12")
    keys.press("Tab")
    # Past the row of buttons for the mouse, straight to the reason.
    keys.type("ogólnie")
    expect(page.locator("#score-state")).to_have_text("zapisano ✓")
    assert given(world) == [
        (1, "Koncepcja usługi", Decimal("17.0"), "jasny plan dyżurów"),
        (1, "Kadra", Decimal("8.5"), "wszystkie z kursem"),
        (2, "Koncepcja usługi", Decimal("12.0"), "ogólnie"),
    ]


def test_points_out_of_range_are_told_at_once_and_not_sent(
    world: JudgingWorld, page_of: Callable[..., Page]
) -> None:
    page = page_of(world)
    page.goto(world.url("offers", world.offers[0], "score"))
    expect(page.locator("#score[data-ready]")).to_have_count(1)
    page.keyboard.type("21")
    first = page.locator("[data-criterion]").first
    expect(first.locator(".error")).to_have_text(
        "Punkty to liczba od 0 do 20, najwyżej z jednym miejscem po przecinku, na przykład 7 albo 7,5."
    )
    page.wait_for_timeout(900)
    assert given(world) == []


def test_what_was_typed_without_a_connection_is_sent_when_it_is_back(
    world: JudgingWorld, page_of: Callable[..., Page], faults: Any
) -> None:
    faults.allow("ERR_INTERNET_DISCONNECTED")
    page = page_of(world)
    page.goto(world.url("offers", world.offers[0], "score"))
    expect(page.locator("#score[data-ready]")).to_have_count(1)
    page.context.set_offline(True)
    page.keyboard.type("9")
    expect(page.locator("#score-state")).to_contain_text("brak połączenia")
    page.context.set_offline(False)
    expect(page.locator("#score-state")).to_have_text("zapisano ✓", timeout=15_000)
    assert given(world) == [(1, "Koncepcja usługi", Decimal("9.0"), "")]


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (200, "<p>Zaakceptuj regulamin sieci.", "text/html", "brak połączenia"),
        (200, "{}", "application/json", "brak połączenia"),
        (401, '{"errors": [{"message": "Wylogowano Cię."}]}', "application/json", "Wylogowano Cię."),
    ],
)
def test_points_stay_and_go_again_after_an_answer_that_did_not_save_them(
    world: JudgingWorld,
    page_of: Callable[..., Page],
    faults: Any,
    status: int,
    body: str,
    kind: str,
    words: str,
) -> None:
    faults.allow("status of 401")
    page = page_of(world)
    page.goto(world.url("offers", world.offers[0], "score"))
    expect(page.locator("#score[data-ready]")).to_have_count(1)
    answers = iter([True])

    def answer(route: Any) -> None:
        if route.request.method == "POST" and next(answers, False):
            route.fulfill(status=status, body=body, content_type=kind)
        else:
            route.continue_()

    page.route("**/score/", answer)
    page.keyboard.type("9")
    expect(page.locator("#score-state")).to_contain_text(words)
    assert given(world) == []
    expect(page.locator("#score-state")).to_have_text("zapisano ✓", timeout=15_000)
    assert given(world) == [(1, "Koncepcja usługi", Decimal("9.0"), "")]


@pytest.fixture
def scored(world: JudgingWorld) -> JudgingWorld:
    with tenant_scope(world.tenant):
        for place, points in enumerate(((18, 9), (17, 9), (8, 8))):
            for offer in world.offers:
                score(world.seat(place), offer, {"Koncepcja usługi": points[0], "Kadra": points[1]})
        close(world.committee)
    return world


def test_the_matrix_is_walked_by_arrows_and_a_cell_opens_beside_it(
    scored: JudgingWorld, page_of: Callable[..., Page]
) -> None:
    page = page_of(scored)
    page.goto(scored.url("compare"))
    cells = page.locator("[data-row]").first.locator("[data-cell]")
    cells.nth(1).focus()
    page.keyboard.press("ArrowRight")
    expect(cells.nth(2)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    panel = page.locator("#cell-panel")
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("opis koncepcji")
    expect(panel).to_contain_text("uzasadnienie: Koncepcja usługi")
    assert check_page(page, "pl") == []
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(cells.nth(1)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-row]").nth(1).locator("[data-cell]").nth(1)).to_be_focused()


def test_two_offers_stand_side_by_side_after_two_clicks(
    scored: JudgingWorld, page_of: Callable[..., Page]
) -> None:
    page = page_of(scored)
    page.goto(scored.url("compare"))
    boxes = page.locator("[name='offer']")
    boxes.nth(0).click()
    boxes.nth(1).click()
    page.wait_for_url(re.compile("/compare/two/"))
    expect(page.locator(".pair-head h2")).to_have_count(2)
    assert check_page(page, "pl") == []
    assert check_width(page, 390) == []


def test_a_slider_tries_a_weight_out_without_saving(
    scored: JudgingWorld, page_of: Callable[..., Page]
) -> None:
    page = page_of(scored)
    page.goto(scored.url("compare"))
    page.locator(".weights summary").click()
    slider = page.locator("#w1")
    slider.focus()
    for _press in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".compare-summary")).to_contain_text("wagi próbne")
    expect(slider).to_be_focused()
    assert "w1=43" in page.url
    # One scale: the others give up what this one took, and the head of the table says the same percentage.
    expect(page.locator(".weight output").first).to_have_text("43 %")
    values = page.locator(".weight input").evaluate_all("all => all.map((one) => Number(one.value))")
    assert abs(sum(values) - 100) < 0.01 and values[1] / values[2] == pytest.approx(35 / 25, rel=0.001)
    expect(page.locator("thead .criterion-meta", has_text="43")).to_have_count(1)
    with tenant_scope(scored.tenant):
        assert scored.call.criteria.get(position=1).weight == 40


@pytest.mark.parametrize(
    "look", [{}, {"language": "en", "theme": "dark", "viewport": {"width": 390, "height": 844}}]
)
def test_the_pages_of_a_committee_pass_axe_and_fit_a_phone(
    scored: JudgingWorld, page_of: Callable[..., Page], look: dict[str, Any]
) -> None:
    page = page_of(scored, **look)
    found = {}
    for name in ("", "declarations", "form", "scoring", "compare", "opinion", "protocol"):
        page.goto(scored.url(name))
        found[name] = check_page(page, look.get("language", "pl")) + check_width(page, 390, 1280)
    for tail in ("form", "score", ""):
        page.goto(scored.url("offers", *[one for one in (scored.offers[0], tail) if one]))
        found[f"offer {tail}"] = check_page(page, look.get("language", "pl")) + check_width(page, 390, 1280)
    assert {name: faults for name, faults in found.items() if faults} == {}

"""An offer in the browser: written by two, through a lost connection, handed in, and opened by two of the committee."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from contracting.tenders.actions import drafting
from contracting.tenders.models import Call, Offer, OpenedOffer
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.browser.walking import check_width
from tests.contracting.tenders.offers_world import (
    bidder,
    complete_content,
    published_call,
    write,
    written_offer,
)
from tests.factories.people import signed_in_client
from tests.factories.tenders import make_committee

PASSWORD = "dlugie-haslo-do-prob"
SAVED = re.compile(r"Zapisano o \d\d:\d\d:\d\d")


class Desk:
    """A call with a nearly complete draft of one organisation."""

    def __init__(self, alfa: Tenant) -> None:
        self.tenant = alfa
        with tenant_scope(alfa):
            self.call = published_call(number=f"K/{Call.objects.count() + 1}/B", lots=("600000.00",))
            self.organisation = bidder()
            self.offer = written_offer(self.call, self.organisation)
            content = complete_content(self.call)
            content["budget"]["costs"] = []
            write(self.offer, content)

    def address(self, part: str = "") -> str:
        return f"/alfa/offers/{self.offer.pk}/{part}"

    def content(self) -> dict[str, Any]:
        with tenant_scope(self.tenant):
            found = drafting.read_draft(Offer.objects.get(pk=self.offer.pk))
        assert found is not None
        return found


@pytest.fixture
def desk(alfa: Tenant) -> Desk:
    return Desk(alfa)


def _section(page: Page, desk: Desk, key: str) -> None:
    page.goto(desk.address(f"section/{key}/"))
    page.wait_for_selector("#offer-form[data-ready]")


def _wait_saved(page: Page) -> None:
    """Until nothing waits in the browser's storage; what was typed slowly is sent in parts, each told as saved."""
    page.wait_for_function("() => !Object.keys(localStorage).some(key => key.startsWith('siedem-offer:'))")
    expect(page.locator("[data-saved]")).to_have_text(SAVED)


def test_a_budget_adds_itself_and_saves_itself(signed_in_page: Callable[..., Page], desk: Desk) -> None:
    page = signed_in_page("ngo_coordinator", "alfa", desk.organisation)
    _section(page, desk, "budget")
    for row, (cost, quantity, kind) in enumerate((("41,50", "2400", "action"), ("333,33", "12", "admin"))):
        if row:
            page.get_by_role("button", name="Dodaj wiersz").click()
        page.locator(f"[name='budget.costs.{row}.kind']").select_option(kind)
        for name, value in (("name", "koszt"), ("unit", "h"), ("unit_cost", cost), ("quantity", quantity)):
            page.locator(f"[name='budget.costs.{row}.{name}']").fill(value)
        page.locator(f"[name='budget.costs.{row}.year']").fill(str(desk.call.task_from.year))
    # Added at once, before the server answers, and the same once it did.
    expect(page.locator("[data-sum=total]")).to_have_text(re.compile(r"103\s599,96"))
    _wait_saved(page)
    expect(page.locator("[data-sum=grant]")).to_have_text(re.compile(r"102\s099,96"))
    budget = desk.content()["budget"]
    assert (budget["total"], budget["grant"]) == ("103599.96", "102099.96")
    page.get_by_role("button", name=re.compile("Zapisz i przejdź dalej")).click()
    page.wait_for_url(re.compile("/files/$"))


def test_a_common_promise_is_written_into_the_row_that_is_empty(
    signed_in_page: Callable[..., Page], desk: Desk
) -> None:
    with tenant_scope(desk.tenant):
        write(desk.offer, {**complete_content(desk.call), "promises": []})
    page = signed_in_page("ngo_coordinator", "alfa", desk.organisation)
    _section(page, desk, "promises")
    for count in (1, 2):
        page.locator("[data-suggest]").first.click()
        expect(page.locator("[data-rows-list] > [data-row]")).to_have_count(count)
    assert page.locator("[name='promises.0.indicator']").input_value()


def test_what_is_typed_without_a_connection_is_sent_when_it_is_back(
    signed_in_page: Callable[..., Page], desk: Desk, faults: Any
) -> None:
    faults.allow("ERR_INTERNET_DISCONNECTED|ERR_FAILED")
    page = signed_in_page("ngo_coordinator", "alfa", desk.organisation)
    _section(page, desk, "task")
    page.context.set_offline(True)
    page.get_by_label("Miejsce").fill("wpisane bez sieci")
    expect(page.locator("[data-saved]")).to_contain_text("Brak połączenia")
    assert desk.content()["task"]["place"] != "wpisane bez sieci"
    page.context.set_offline(False)
    _wait_saved(page)
    assert desk.content()["task"]["place"] == "wpisane bez sieci"
    # A page that was closed before the server had it: what was typed is back at the next visit.
    page.route(
        "**/section/task/",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    page.get_by_label("Miejsce").fill("wpisane przed zamknięciem")
    expect(page.locator("[data-saved]")).to_contain_text("Brak połączenia")
    page.unroute("**/section/task/")
    page.goto("about:blank")
    _section(page, desk, "task")
    expect(page.get_by_label("Miejsce")).to_have_value("wpisane przed zamknięciem")
    _wait_saved(page)
    assert desk.content()["task"]["place"] == "wpisane przed zamknięciem"


def test_an_answer_of_somebody_between_is_none_and_the_section_is_sent_again(
    signed_in_page: Callable[..., Page], desk: Desk
) -> None:
    page = signed_in_page("ngo_coordinator", "alfa", desk.organisation)
    _section(page, desk, "task")
    answers = iter(["<p>Zaakceptuj regulamin sieci."])

    def answer(route: Any) -> None:
        body = next(answers, "") if route.request.method == "POST" else ""
        if body:
            route.fulfill(status=200, body=body, content_type="text/html")
        else:
            route.continue_()

    page.route("**/section/task/", answer)
    page.get_by_label("Miejsce").fill("wpisane za bramką sieci")
    expect(page.locator("[data-saved]")).to_contain_text("Brak połączenia")
    assert desk.content()["task"]["place"] != "wpisane za bramką sieci"
    _wait_saved(page)
    assert desk.content()["task"]["place"] == "wpisane za bramką sieci"


def test_two_who_write_one_field_see_both_values_and_choose(
    signed_in_page: Callable[..., Page], desk: Desk, faults: Any
) -> None:
    faults.allow(r"status of 409")
    one = signed_in_page("ngo_coordinator", "alfa", desk.organisation)
    two = signed_in_page("ngo_manager", "alfa", desk.organisation)
    for page in (one, two):
        _section(page, desk, "task")
    one.get_by_label("Tytuł zadania").fill("Tytuł pierwszej osoby")
    _wait_saved(one)
    two.get_by_label("Tytuł zadania").fill("Tytuł drugiej osoby")
    two.get_by_label("Miejsce").fill("nowe miejsce")
    clash = two.locator("[data-clashes] .clash")
    expect(clash).to_contain_text("Tytuł pierwszej osoby")
    expect(clash).to_contain_text("Tytuł drugiej osoby")
    assert desk.content()["task"]["title"] == "Tytuł pierwszej osoby"
    assert desk.content()["task"]["place"] == "nowe miejsce"
    # Until it is settled nothing claims to be saved, and what would go on leads to the question.
    expect(two.locator("[data-saved]")).to_contain_text("Nie zapisano tego, co ktoś inny napisał inaczej")
    two.get_by_role("button", name=re.compile("Zapisz i przejdź dalej")).click()
    expect(clash).to_be_focused()
    # Neither a new visit nor a second tab of the same browser decides it: the question comes back in each.
    other = two.context.new_page()
    faults.watch(other)
    for page in (two, other):
        _section(page, desk, "task")
        expect(page.get_by_label("Tytuł zadania")).to_have_value("Tytuł drugiej osoby")
        expect(page.locator("[data-clashes] .clash")).to_contain_text("Tytuł pierwszej osoby")
        assert desk.content()["task"]["title"] == "Tytuł pierwszej osoby"
    # What the other tab sends of its own clears the storage of both: the question here outlives it.
    other.locator("[data-take=theirs]").click()
    expect(other.locator("[data-clashes] .clash")).to_have_count(0)
    expect(other.locator("[data-saved]")).to_have_text(SAVED)
    other.close()
    _section(two, desk, "task")
    expect(clash).to_contain_text("Tytuł pierwszej osoby")
    with two.expect_response(lambda answer: answer.request.method == "POST" and answer.status == 200):
        clash.get_by_role("button", name="Wstaw moją").click()
    expect(clash).to_have_count(0)
    assert desk.content()["task"]["title"] == "Tytuł drugiej osoby"


def _member(new_page: Callable[..., Page], alfa: Tenant) -> Page:
    client = signed_in_client("committee_member", alfa)
    client.user.set_password(PASSWORD)  # type: ignore[attr-defined]
    client.user.save()  # type: ignore[attr-defined]
    client.force_login(client.user)  # type: ignore[attr-defined]
    page = new_page(session=client.cookies[settings.SESSION_COOKIE_NAME].value)
    page.user = client.user  # type: ignore[attr-defined]
    return page


def test_an_offer_is_handed_in_and_opened_by_two(
    signed_in_page: Callable[..., Page], new_page: Callable[..., Page], desk: Desk, alfa: Tenant, faults: Any
) -> None:
    faults.allow(r"status of 422")
    phone = {"width": 390, "height": 844}
    manager = signed_in_page("ngo_manager", "alfa", desk.organisation, viewport=phone)
    manager.goto(desk.address("hand-in/"))
    # The check list leads to what is missing.
    manager.get_by_role("link", name=re.compile("Uzupełnij")).first.click()
    manager.wait_for_url(re.compile("/section/budget/"))
    with tenant_scope(alfa):
        write(desk.offer, complete_content(desk.call))
    manager.goto(desk.address("hand-in/"))
    assert check_width(manager, 390) == []
    code = manager.locator("#bidder-code").inner_text()
    manager.get_by_role("button", name="Złóż ofertę").click()
    expect(manager.locator(".code-shown")).to_have_text(code)
    number = manager.locator("h1").inner_text()
    manager.wait_for_url(re.compile("/receipts/1/$"))
    with manager.expect_download() as receipt:
        manager.get_by_role("button", name=re.compile("Pobierz potwierdzenie")).click()
    assert receipt.value.path().read_bytes().startswith(b"%PDF")
    # Loading the page again hands nothing in twice and tells of no mistake; only the code is gone.
    manager.reload()
    expect(manager.locator("h1")).to_have_text(number)
    expect(manager.get_by_text(code)).to_have_count(0)
    expect(manager.locator(".error-summary")).to_have_count(0)
    expect(manager.get_by_text("Kod był pokazany raz")).to_be_visible()
    assert check_width(manager, 390) == []

    one, two = _member(new_page, alfa), _member(new_page, alfa)
    with tenant_scope(alfa):
        make_committee(desk.call, one.user, two.user)  # type: ignore[attr-defined]
        Call.objects.filter(pk=desk.call.pk).update(deadline=timezone.now() - timedelta(seconds=0))
    room = f"/alfa/offers/opening/{desk.call.pk}/"
    one.goto(room)
    expect(one.get_by_text("1 oferta jest zapieczętowana")).to_be_visible()
    assert "Aronia" not in one.content()
    one.get_by_label("Twoje hasło").fill("nie to haslo")
    one.get_by_role("button", name="Potwierdzam otwarcie").click()
    expect(one.locator("#proof-error")).to_be_visible()
    one.get_by_label("Twoje hasło").fill(PASSWORD)
    one.get_by_role("button", name="Potwierdzam otwarcie").click()
    expect(one.get_by_text("Twoje potwierdzenie jest")).to_be_visible()
    two.goto(room)
    two.get_by_label("Twoje hasło").fill(PASSWORD)
    two.get_by_role("button", name="Otwórz wszystkie oferty").click()
    log = two.locator("#opening-log")
    expect(log).to_contain_text("Fundacja Aronia")
    expect(log).to_contain_text(number.rsplit(" ", 1)[-1])
    with tenant_scope(alfa):
        assert json.dumps(OpenedOffer.objects.get(offer=desk.offer).content).count("Aronia") > 20
    manager.goto(desk.address("read/"))
    expect(manager.get_by_text("Pomoc w domu Aronia")).to_be_visible()
    assert check_width(manager, 390) == []


@pytest.mark.parametrize(("width", "is_open"), [(390, False), (1280, True)])
@pytest.mark.parametrize("place", ["files/", "section/budget/"])
def test_on_a_phone_what_one_came_for_stands_above_the_list_of_sections(
    signed_in_page: Callable[..., Page], desk: Desk, place: str, width: int, is_open: bool
) -> None:
    viewport = {"width": width, "height": 844}
    manager = signed_in_page("ngo_manager", "alfa", desk.organisation, viewport=viewport)
    manager.goto(desk.address(place))
    sections = manager.locator("[data-sections]")
    expect(sections).to_have_attribute("open", "") if is_open else expect(sections).not_to_have_attribute(
        "open", ""
    )

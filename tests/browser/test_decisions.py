"""Decisions in a real browser: typed as people type, refused in their words, nothing typed lost, and axe finds nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from kernel.tenancy import public_scope, tenant_scope
from reporting.care.models import Decision
from tenants.models import Tenant
from tests.browser.walking import check_page, check_width
from tests.factories.care import ContractFactory, DecisionFactory, PersonFactory
from tests.factories.people import partner

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LOOKS = [("pl", "light", DESKTOP), ("pl", "dark", PHONE), ("en", "dark", DESKTOP), ("en", "light", PHONE)]


@dataclass
class Care:
    tenant: Tenant
    person: Any
    decision: Any

    @property
    def address(self) -> str:
        return f"/{self.tenant.slug}/care/decisions/{self.decision.pk}/"

    @property
    def new(self) -> str:
        return f"/{self.tenant.slug}/care/persons/{self.person.pk}/decisions/new/"


@pytest.fixture
def care(alfa: Tenant) -> Iterator[Care]:
    """A contract and a decision for 2026, the only ones of their tenant."""
    with public_scope():
        organisation = partner(alfa)
    year = {"valid_from": date(2026, 1, 1), "valid_to": date(2026, 12, 31)}
    with tenant_scope(alfa):
        contract = ContractFactory(organisation=organisation, **year)
        person = PersonFactory()
        decision = DecisionFactory(contract=contract, service=contract.service, person=person, **year)
    yield Care(alfa, person, decision)
    with tenant_scope(alfa):
        Decision.objects.filter(person=person).delete()
        contract.delete()


class Form:
    """A form of a page, filled in as people do."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def type(self, **texts: str) -> None:
        for name, text in texts.items():
            field = self.page.locator(f"[name={name.replace('__', '-')}]")
            field.fill("")
            field.press_sequentially(text)

    def tick(self, name: str, at: int = 0) -> None:
        self.page.locator(f"[name={name}]").nth(at).check(force=True)

    def send(self) -> None:
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            self.page.locator("main form[method=post] button[type=submit]").last.click()
        self.page.wait_for_load_state()

    @property
    def summary(self) -> Locator:
        return self.page.locator(".error-summary")

    def refused(self, *words: str) -> None:
        expect(self.summary).to_be_focused()
        for word in words:
            expect(self.summary).to_contain_text(word)

    def keeps(self, **texts: str) -> None:
        for name, text in texts.items():
            expect(self.page.locator(f"[name={name.replace('__', '-')}]")).to_have_value(text)


@pytest.fixture
def open_form(signed_in_page: Callable[..., Page], care: Care, faults: Any) -> Callable[..., Form]:
    faults.allow(r"status of 422")

    def make(address: str, **look: Any) -> Form:
        page = signed_in_page("director", care.tenant, **look)
        page.goto(address)
        return Form(page)

    return make


def test_a_new_decision_says_all_that_is_wrong_and_keeps_what_was_typed(
    open_form: Callable[..., Form], care: Care
) -> None:
    form = open_form(care.new)
    form.send()
    form.refused("Wpisz numer decyzji", "Wpisz dzień", "Zaznacz, jak określono wymiar", "Wpisz wymiar")
    form.type(number=care.decision.number, issued_on="2.1.2026", valid_from="29022027", valid_to="31.06.2027")
    form.type(minutes="20 kwadransów", plan__0__start="25:00", plan__0__minutes="30 h")
    form.tick("amount_per")
    form.tick("activities")
    form.tick("plan-0-weekdays")
    form.send()
    form.refused(
        "„29022027”: nie ma takiego dnia, bo luty 2027 ma tylko 28 dni", "czerwiec 2027 ma tylko 30 dni"
    )
    form.refused(
        "„20 kwadransów” to nie czas trwania", "„25:00”: nie ma takiej godziny", "„30 h” to więcej niż 24 h"
    )
    form.keeps(issued_on="02.01.2026", valid_from="29022027", valid_to="31.06.2027", minutes="20 kwadransów")
    form.keeps(plan__0__start="25:00", plan__0__minutes="30 h")
    form.type(
        valid_from="1.6.2026",
        valid_to="31.12.2026",
        minutes="20",
        plan__0__start="830",
        plan__0__minutes="2 h",
    )
    form.send()
    form.refused(f"Numer {care.decision.number} ma już inna decyzja", "ma już na tę usługę decyzję")
    form.keeps(plan__0__start="08:30", minutes="20")
    with tenant_scope(care.tenant):
        assert Decision.objects.filter(person=care.person).count() == 1


def test_a_day_is_chosen_from_the_calendar(open_form: Callable[..., Form], care: Care) -> None:
    form = open_form(care.new)
    control = form.page.locator(".day-control", has=form.page.locator("[name=valid_from]"))
    control.get_by_role("button", name="Wybierz z kalendarza").click()
    # What the browser's own calendar does when somebody picks a day.
    control.locator("input[type=date]").evaluate(
        "calendar => { calendar.value = '2026-10-05'; calendar.dispatchEvent(new Event('change')); }"
    )
    form.keeps(valid_from="05.10.2026")
    expect(form.page.locator("[name=valid_from]")).to_be_focused()
    expect(control.locator("input[type=date]")).to_have_count(0)


def test_amending_suspending_and_revoking(open_form: Callable[..., Form], care: Care) -> None:
    form = open_form(f"{care.address}amend/")
    form.type(number="D/nowa", issued_on="1.6.2026", valid_from="1.1.2025")
    form.send()
    form.refused("Decyzja zmieniająca zaczynałaby się 01.01.2025", "po 01.01.2026")
    form.page.goto(f"{care.address}suspensions/new/")
    form.type(first_day="10.3.2026", last_day="1.3.2026")
    form.send()
    form.refused("kończy się 01.03.2026, zanim się zacznie (10.03.2026)", "Zaznacz powód")
    form.type(first_day="1.3.2026", last_day="10.3.2026")
    form.tick("reason")
    form.send()
    expect(form.page.locator("main")).to_contain_text("jest zawieszona")
    form.page.goto(f"{care.address}revoke/")
    form.type(first_day="1.1.2025")
    form.tick("reason", 1)
    form.send()
    form.refused("W dniu 01.01.2025 decyzja nie obowiązuje")
    expect(form.page.locator("[name=reason]").nth(1)).to_be_checked()
    form.type(first_day="1.11.2026")
    form.send()
    expect(form.page.locator("main")).to_contain_text("jest uchylona")
    form.page.goto(f"{care.address}correct/")
    form.type(valid_from="1.12.2026")
    form.tick("reason")
    form.send()
    form.refused("Decyzja nie obowiązuje już od 01.11.2026, więc nie może zacząć się 01.12.2026")
    form.page.goto(f"{care.address}restore/")
    form.send()
    expect(form.page.locator("main")).to_contain_text("znów obowiązuje")


@pytest.mark.parametrize(("language", "theme", "viewport"), LOOKS)
def test_refused_forms_are_as_accessible_as_fresh_ones(
    open_form: Callable[..., Form], care: Care, language: str, theme: str, viewport: dict[str, int]
) -> None:
    form = open_form(care.new, language=language, theme=theme, viewport=viewport)
    found: list[str] = []
    wrong = {
        care.new: {"valid_from": "29.02.2027", "plan__0__start": "25:00"},
        f"{care.address}amend/": {"valid_from": "1.1.2025"},
        f"{care.address}correct/": {"minutes": "dużo"},
        f"{care.address}revoke/": {"first_day": "1.1.2025"},
        f"{care.address}suspensions/new/": {"first_day": "31.02.2026"},
        f"{care.address}restore/": {},
    }
    for address, texts in wrong.items():
        form.page.goto(address)
        form.type(**texts)
        form.send()
        expect(form.summary).to_be_visible()
        faults = check_page(form.page, language) + check_width(form.page, 390, 1280)
        found += [f"{address}: {fault}" for fault in faults]
    assert found == []

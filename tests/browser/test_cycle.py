"""The first steps of a cycle as a coordinator walks them in a real browser, and as a director opens one again."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from contracting.commissioning.models import Cycle
from kernel.tenancy import tenant_scope
from tests.browser.walking import check_page, check_width
from tests.factories.care import ServiceFactory
from tests.factories.commissioning import make_resource, states_of


def _save(page: Page, name: str = "Zapisz") -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_from_an_empty_cycle_to_a_passed_diagnosis_and_back(
    signed_in_page: Callable[..., Page], alfa: Any, faults: Any
) -> None:
    faults.allow(r"status of 422")
    with tenant_scope(alfa):
        ServiceFactory()
        make_resource()
    page = signed_in_page("coordinator")
    page.goto("/alfa/cycles/")
    page.get_by_role("link", name="Rozpocznij cykl").click()
    page.get_by_label("Usługa", exact=True).select_option(label="Usługi opiekuńcze")
    page.get_by_label("Tytuł", exact=True).fill("Usługi 2027")
    page.get_by_label("Usługa świadczona od").fill("2027-01-01")
    page.get_by_label("Usługa świadczona do").fill("2027-12-31")
    _save(page, "Rozpocznij cykl")
    expect(page.get_by_role("heading", level=1)).to_have_text("Usługi 2027")
    expect(page.locator(".step-now")).to_contain_text("Diagnoza potrzeb")

    # The gate says what is missing and leads there; a refused row says which it is, and nothing typed is lost.
    page.get_by_role("link", name=re.compile("Przejdź.*Grupy")).click()
    first = page.get_by_role("group", name="Wiersz 1")
    first.get_by_label("Grupa").select_option(label="osoby starsze")
    first.get_by_label("Liczba osób").fill("420")
    first.get_by_label("Rok").fill("2025")
    _save(page)
    expect(page.locator(".error-summary")).to_be_visible()
    assert check_page(page, "pl") + check_width(page, 390) == []
    first.get_by_label("Źródło liczby").fill("OZPS 2025")
    page.get_by_role("button", name="Dodaj wiersz").click()
    added = page.get_by_role("group", name="Nowy wiersz")
    added.get_by_label("Grupa").select_option(label="dzieci")
    added.get_by_label("Liczba osób").fill("80")
    added.get_by_label("Źródło liczby").fill("Szkoły")
    added.get_by_label("Rok").fill("2025")
    _save(page)
    expect(page.locator("#groups tbody tr")).to_have_count(2)

    page.get_by_role("link", name="Uzupełnij potrzeby").click()
    need = page.get_by_role("group", name="Wiersz 1")
    need.get_by_label("Grupa").select_option(label="osoby starsze")
    need.get_by_label("Potrzeba").fill("Zakupy i sprawunki")
    need.get_by_label("Liczba osób").fill("26")
    need.get_by_label("Godzin w miesiącu").fill("200")
    expect(need).to_contain_text("= 200")
    _save(page)
    page.get_by_role("link", name="Wybierz zasoby").click()
    counted = page.get_by_role("group", name="Wiersz 1")
    counted.get_by_label("Zasób").select_option(index=1)
    counted.get_by_label("Godzin w miesiącu").fill("40 h")
    _save(page)
    expect(page.locator("#needs tfoot")).to_contain_text("160:00")

    page.get_by_role("link", name="Zatwierdź etap").click()
    page.get_by_label("Uzasadnienie decyzji").fill("Diagnoza omówiona na naradzie")
    _save(page, "Zatwierdź etap")
    expect(page.locator(".step-now")).to_contain_text("Ustalenie zakresu usługi")
    with tenant_scope(alfa):
        cycle = Cycle.objects.get()
        assert states_of(cycle)[:2] == ["passed", "open"]

    director = signed_in_page("director")
    director.goto(f"/alfa/cycles/{cycle.pk}/needs/")
    expect(director.get_by_role("link", name="Uzupełnij potrzeby")).to_have_count(0)
    director.get_by_role("link", name="Otwórz etap ponownie").click()
    director.get_by_label("Powód").fill("Zgłosiła się nowa grupa")
    _save(director, "Otwórz etap ponownie")
    expect(director.get_by_role("link", name="Uzupełnij potrzeby")).to_be_visible()
    expect(director.locator(".decisions")).to_contain_text(re.compile("nowa grupa"))
    with tenant_scope(alfa):
        assert states_of(cycle)[:2] == ["open", "waiting"]

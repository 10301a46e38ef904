"""Steps 2 to 4 of a cycle in a real browser: the scope, the matrix of forms by keyboard, the money, what a person pays."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from playwright.sync_api import Page, expect

from contracting.commissioning import steps
from contracting.commissioning.law import NATIONAL_BANDS
from contracting.commissioning.models import Cycle, FormOption, LegalLimit, PaymentTable
from kernel.tenancy import tenant_scope
from tests.browser.walking import check_page, check_width
from tests.factories.commissioning import make_cycle, make_need, make_standard, put_at, states_of


def _save(page: Page, name: str = "Zapisz") -> None:
    page.get_by_role("button", name=name, exact=True).click()


def _sound(page: Page) -> list[str]:
    return check_page(page, "pl") + check_width(page, 390)


def _plan(page: Page) -> None:
    page.get_by_role("link", name="Edytuj czynności").click()
    row = page.get_by_role("group", name="Wiersz 1")
    row.get_by_label("Czynność").select_option(label="Zakupy")
    row.get_by_label("Zdiagnozowana potrzeba").select_option(label="Zakupy")
    row.get_by_label("Kto wykonuje").select_option(label="opiekunka")
    row.get_by_label("Jak", exact=True).select_option(label="razem z osobą")
    row.get_by_label("Razy w tygodniu").fill("3")
    row.get_by_label("Za każdym razem").fill("60 min")
    row.get_by_label("Liczba osób").fill("5")
    assert _sound(page) == []
    _save(page)
    expect(page.locator("#scope-items")).to_contain_text("65:00")
    page.get_by_role("link", name="Edytuj miejsca i godziny").click()
    page.get_by_label("Miejsca świadczenia").fill("Mieszkania osób")
    for day in ("pn", "wt", "śr"):
        page.locator("#hours tbody tr").first.get_by_label(day, exact=True).check()
    page.locator("#id_hours-0-start").fill("7")
    page.locator("#id_hours-0-end").fill("20:00")
    assert _sound(page) == []
    _save(page)
    expect(page.get_by_text("pn, wt, śr:")).to_be_visible()
    page.get_by_role("link", name="Edytuj wskaźniki").click()
    row = page.get_by_role("group", name="Wiersz 1")
    row.get_by_label("Wskaźnik").fill("Wykonane z przyznanych")
    row.get_by_label("Jednostka").fill("%")
    row.get_by_label("Kierunek").select_option(label="co najmniej")
    row.get_by_label("Wartość docelowa").fill("95,5")
    row.get_by_label("Sposób pomiaru").fill("Z przyjętych miesięcy")
    row.get_by_label("Skąd wynik").select_option(index=1)
    _save(page)
    expect(page.locator("#indicators")).to_contain_text("95,5")
    assert _sound(page) == []


def _pass(page: Page, address: str, note: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Zatwierdź etap").click()
    page.get_by_label("Uzasadnienie decyzji").fill(note)
    _save(page, "Zatwierdź etap")
    expect(page.locator(".error-summary")).to_have_count(0)


def _compare_by_keyboard(page: Page) -> None:
    page.get_by_role("link", name="Wybierz formy i kryteria").click()
    for form in ("powierzenie zadania (konkurs)", "zamówienie publiczne"):
        page.get_by_label(form).check()
    expect(page.locator("#id_criteria-0-name")).to_have_value("Jakość i ciągłość dla osoby")
    assert _sound(page) == []
    _save(page)
    page.get_by_role("link", name="Przyznaj punkty").click()
    # Before its script is there, Enter would send the form.
    page.wait_for_load_state("load")
    results = page.locator("#matrix output")
    expect(results.first).to_have_text("–")
    page.locator("input[data-row='0'][data-column='0']").focus()
    for column, points in enumerate("52"):
        for row in range(5):
            if row:
                page.keyboard.press("ArrowDown")
            page.keyboard.press(points)
            page.keyboard.press("Enter")
            page.keyboard.type("powód")
            page.locator(f"input[data-row='{row}'][data-column='{column}']").focus()
        if not column:
            page.keyboard.press("ArrowRight")
            for _row in range(4):
                page.keyboard.press("ArrowUp")
    expect(results.nth(0)).to_have_text("100,0")
    expect(results.nth(1)).to_have_text("40,0")
    assert _sound(page) == []
    _save(page)
    expect(page.locator("#forms tfoot")).to_contain_text("40,0")
    assert _sound(page) == []


def _find_money(page: Page) -> None:
    page.get_by_role("link", name="Edytuj źródła").click()
    row = page.get_by_role("group", name="Wiersz 1")
    row.get_by_label("Rok").fill("2027")
    row.get_by_label("Źródło finansowania").select_option(label="budżet własny")
    row.get_by_label("Kwota [zł]").fill("30 000,00 zł")
    _save(page)
    page.get_by_role("link", name="Edytuj koszty").click()
    row = page.get_by_role("group", name="Wiersz 1")
    row.get_by_label("Rok").fill("2027")
    row.get_by_label("Rodzaj kosztu").select_option(label="godziny usługi")
    row.get_by_label("Koszt jednostki [zł]").fill("40")
    row.get_by_label("Ilość").fill("780")
    assert _sound(page) == []
    _save(page)
    # 30 000 zł pay 750 of 780 hours: December lacks 30 hours, 1 200 zł.
    expect(page.locator("#short-months")).to_contain_text("grudzień 2027")
    expect(page.locator("#short-months")).to_contain_text("30:00")
    assert _sound(page) == []
    page.get_by_role("link", name="Edytuj źródła").click()
    row = page.get_by_role("group", name="Wiersz 2")
    row.get_by_label("Rok").fill("2027")
    row.get_by_label("Źródło finansowania").select_option(label="odpłatność osób")
    row.get_by_label("Kwota [zł]").fill("1200")
    _save(page)
    expect(page.get_by_text("Pieniędzy starcza na każdą zaplanowaną godzinę")).to_be_visible()


def test_scope_form_and_money_until_the_contractor_can_be_chosen(
    signed_in_page: Callable[..., Page], alfa: Any, faults: Any
) -> None:
    with tenant_scope(alfa):
        cycle = put_at(make_cycle(), steps.SCOPE)
        make_need(cycle)
        Cycle.objects.update(standard=make_standard(cycle.service))
    address = f"/alfa/cycles/{cycle.pk}"
    page = signed_in_page("coordinator")
    page.goto(f"{address}/scope/")
    _plan(page)
    _pass(page, f"{address}/scope/", "Zakres omówiony z opiekunkami")
    page.goto(f"{address}/form/")
    _compare_by_keyboard(page)

    director = signed_in_page("director")
    director.goto(f"{address}/form/")
    director.get_by_role("link", name="Wybierz: powierzenie zadania (konkurs)").click()
    director.get_by_label("Powody wyboru").fill("Organizacje są na miejscu")
    assert _sound(director) == []
    _save(director, "Wybierz tę formę")
    expect(director.get_by_role("heading", name="Wybrano: powierzenie zadania (konkurs)")).to_be_visible()
    _pass(director, f"{address}/form/", "Konkurs")

    accountant = signed_in_page("accountant")
    accountant.goto(f"{address}/financing/")
    _find_money(accountant)
    _pass(director, f"{address}/financing/", "Kwoty w projekcie budżetu")
    with tenant_scope(alfa):
        assert states_of(cycle)[:5] == ["passed"] * 4 + ["open"]
        assert FormOption.objects.get(chosen=True).form == "entrust"
    # What follows needs the cycle above: tests of a module may run in different processes.
    _try_the_calculator(signed_in_page, alfa)
    _look_at_the_other_pages(signed_in_page, alfa)


def _try_the_calculator(signed_in_page: Callable[..., Page], alfa: Any) -> None:
    with tenant_scope(alfa):
        service = Cycle.objects.get().service
        PaymentTable.objects.create(
            service=service,
            name="Tabela krajowa",
            source="rozporządzenie",
            valid_from=date(2026, 1, 1),
            price_per_hour=Decimal("30.00"),
            bands=[band.as_json() for band in NATIONAL_BANDS],
        )
    page = signed_in_page("social_worker")
    page.goto("/alfa/payments/calculator/")
    page.get_by_label("Dochód miesięczny").fill("2323")
    page.get_by_label("Godziny wykonane w miesiącu").fill("20 h")
    _save(page, "Oblicz")
    expect(page.get_by_role("heading", level=2)).to_have_text("60,00 zł miesięcznie")
    assert _sound(page) == []
    page.goto("/alfa/payments/")
    assert _sound(page) == []
    page.goto("/alfa/law/")
    assert _sound(page) == []


def _look_at_the_other_pages(signed_in_page: Callable[..., Page], alfa: Any) -> None:
    with tenant_scope(alfa):
        cycle, table = put_at(Cycle.objects.get(), steps.FINANCING), PaymentTable.objects.get()
        own = LegalLimit.objects.create(
            code="call_days_min",
            value=30,
            unit="days",
            valid_from=date(2027, 1, 1),
            article="art. 13",
            source="Dz.U.",
        )
    page = signed_in_page("director")
    for address in (
        f"cycles/{cycle.pk}/financing/sources/",
        f"payments/{table.pk}/",
        f"payments/{table.pk}/edit/",
        f"payments/{table.pk}/remove/",
        f"payments/new/?from=national&service={cycle.service_id}",
        "law/call_days_min/",
        "law/call_days_min/enter/",
        f"law/call_days_min/{own.pk}/",
        f"law/call_days_min/{own.pk}/remove/",
        "law/?on=2028-05-01",
        "law/?unverified=on",
    ):
        page.goto(f"/alfa/{address}")
        assert {address: _sound(page)} == {address: []}

"""A call in a real browser: from a template through refusals to the public board, with its proofs."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, expect

from contracting.tenders.actions.calls import copy_call
from contracting.tenders.models import Call
from kernel.periods import local_date
from kernel.tenancy import tenant_scope
from tests.browser.walking import check_page, check_width
from tests.contracting.tenders.calls_world import DIRECTOR, ready_draft

PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"


def _save(page: Page, name: str = "Zapisz") -> None:
    page.get_by_role("button", name=name, exact=True).click()


def _section(page: Page, title: str) -> None:
    page.locator(".task").filter(has_text=title).get_by_role("link").click()


def _sound(page: Page) -> list[str]:
    return check_page(page, "pl") + check_width(page, 390)


def _day(days: int) -> str:
    return f"{local_date(timezone.now()) + timedelta(days=days):%d.%m.%Y}"


def _begin(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Nowy konkurs").click()
    page.get_by_label("Tytuł").fill("Usługi opiekuńcze 2027")
    page.get_by_label("wzór naszej jednostki").check()
    expect(page.locator("#id_cycle")).to_be_hidden()
    page.locator("#id_template").select_option(index=1)
    assert _sound(page) == []
    _save(page, "Utwórz projekt")


def _weigh(page: Page) -> None:
    """A third criterion in a row of its own; weights that do not add up yet are kept, with a word on it."""
    _section(page, "Kryteria wyboru")
    page.get_by_role("button", name="Dodaj wiersz").click()
    rows = page.locator("#criteria tbody tr")
    expect(rows).to_have_count(4)
    rows.nth(2).get_by_label("nazwa").fill("Kadra")
    rows.nth(2).get_by_label("waga, %").fill("15")
    _save(page)
    expect(page.locator(".messages")).to_contain_text("Wagi dają na razie 115 %")
    _section(page, "Kryteria wyboru")
    rows.nth(1).get_by_label("waga, %").fill("45")
    assert _sound(page) == []
    _save(page)
    expect(page.get_by_text("3 kryteria, razem 100 %")).to_be_visible()


def _date(page: Page) -> None:
    _section(page, "Nazwa, numer i rodzaj")
    page.get_by_label("Numer").fill("11/2027")
    _save(page)
    _section(page, "Kwoty i terminy")
    for label, days in (("Początek realizacji", 60), ("Koniec realizacji", 400), ("Wybór do dnia", 50)):
        page.get_by_label(label).fill(_day(days))
    page.get_by_label("Termin składania ofert: dzień").fill(_day(10))
    page.get_by_label("Termin składania ofert: godzina").fill("12:00")
    _save(page)
    _section(page, "Treść ogłoszenia")
    page.get_by_label("Zadania tego samego rodzaju").fill("Nie było.")
    _save(page)


def _publish(page: Page) -> None:
    page.get_by_role("link", name="Sprawdź i ogłoś").click()
    expect(page.get_by_text("jest za wcześnie")).to_be_visible()
    expect(page.get_by_role("button", name="Ogłoś konkurs")).to_have_count(0)
    assert _sound(page) == []
    page.locator(".check-open").get_by_role("link").click()
    page.get_by_label("Termin składania ofert: dzień").fill(_day(30))
    _save(page)
    page.get_by_role("link", name="Sprawdź i ogłoś").click()
    _save(page, "Ogłoś konkurs")
    expect(page.get_by_text("Ogłoszono konkurs 11/2027.")).to_be_visible()


def _prove(page: Page, folder: Path) -> None:
    file = folder / "tablica.pdf"
    file.write_bytes(PDF)
    for place in ("Biuletyn Informacji Publicznej (BIP)", "tablica ogłoszeń w siedzibie"):
        page.get_by_role("link", name="Zapisz publikację").click()
        page.get_by_label("Miejsce").select_option(label=place)
        page.get_by_label("Opublikowano dnia").fill(_day(0))
        page.get_by_label("Plik").set_input_files(file)
        assert _sound(page) == []
        _save(page, "Zapisz publikację")
    expect(page.get_by_text("Jeszcze nieogłoszony zgodnie z ustawą")).to_have_count(0)


def test_a_call_from_a_template_to_the_board(
    alfa: Any,
    signed_in_page: Callable[..., Page],
    new_page: Callable[..., Page],
    faults: Any,
    tmp_path: Path,
) -> None:
    with tenant_scope(alfa):
        copy_call(ready_draft(), title="Wzór usług", as_template=True, actor=DIRECTOR)
    # Refused forms are answered with 422.
    faults.allow("422")
    page = signed_in_page("director")
    _begin(page, "/alfa/calls/")
    _weigh(page)
    _date(page)
    _publish(page)
    _prove(page, tmp_path)
    with tenant_scope(alfa):
        call = Call.objects.get(number="11/2027")
    public = new_page()
    public.goto(f"/alfa/board/{call.pk}/")
    expect(public.get_by_role("heading", name="Usługi opiekuńcze 2027")).to_be_visible()
    expect(public.get_by_text("przyjmuje oferty")).to_be_visible()
    assert _sound(public) == []

"""The first half of the story: the first four steps of the cycle, by those who diagnose, plan, choose and pay."""

import re

from django.utils import timezone
from playwright.sync_api import expect

from contracting.commissioning.models import Cycle
from kernel.tenancy import tenant_scope
from tests.browser.storytelling import Story
from tests.factories.commissioning import states_of


def diagnose(story: Story) -> None:
    """A social worker enters a place of the directory; the coordinator begins the cycle and passes the diagnosis."""
    worker = story.at("Ola Terenowa", "resources/new/")
    worker.fill(
        {
            "Instytucja": "Klub Seniora Wrzos",
            "Co oferuje": "Obiady dla osób starszych",
            "Miejsce lub adres": "ul. Leśna 4",
            "Sektor": "pozarządowy",
            "Ostatnio sprawdzono": timezone.localdate().isoformat(),
        }
    )
    worker.press("Zapisz miejsce")
    worker.sees("Klub Seniora Wrzos", "ul. Leśna 4")

    desk = story.at("Krystyna Planista", "cycles/")
    desk.follow("Rozpocznij cykl")
    desk.fill(
        {
            "Usługa": "Usługi opiekuńcze",
            "Tytuł": f"Usługi {story.year}",
            "Usługa świadczona od": f"{story.year}-01-01",
            "Usługa świadczona do": f"{story.year}-12-31",
        }
    )
    desk.press("Rozpocznij cykl")
    expect(desk.page.locator(".step-now")).to_contain_text("Diagnoza potrzeb")
    story.cycle = f"cycles/{desk.path()}/"
    desk.page.get_by_role("link", name=re.compile("Przejdź.*Grupy")).click()
    desk.row(
        "Wiersz 1",
        {"Grupa": "osoby starsze", "Liczba osób": "420", "Rok": "2025", "Źródło liczby": "OZPS 2025"},
    )
    desk.press("Zapisz")
    desk.follow("Uzupełnij potrzeby")
    desk.row(
        "Wiersz 1",
        {
            "Grupa": "osoby starsze",
            "Potrzeba": "Zakupy i sprawunki",
            "Liczba osób": "26",
            "Godzin w miesiącu": "200",
        },
    )
    desk.press("Zapisz")
    desk.follow("Wybierz zasoby")
    counted = desk.page.get_by_role("group", name="Wiersz 1")
    # What the social worker entered is what the diagnosis counts on.
    offered = counted.get_by_label("Zasób").locator("option", has_text="Klub Seniora Wrzos")
    counted.get_by_label("Zasób").select_option(value=offered.get_attribute("value"))
    counted.get_by_label("Godzin w miesiącu").fill("40 h")
    desk.press("Zapisz")
    expect(desk.page.locator("#needs tfoot")).to_contain_text("160:00")
    desk.pass_step("Diagnoza omówiona na naradzie")
    expect(desk.page.locator(".step-now")).to_contain_text("Ustalenie zakresu usługi")


def plan(story: Story) -> None:
    """The coordinator plans the scope with an indicator of quality."""
    desk = story.at("Krystyna Planista", f"{story.cycle}edit/")
    desk.page.locator("[name=standard]").select_option(index=1)
    desk.go()
    desk = story.at("Krystyna Planista", f"{story.cycle}scope/")
    desk.follow("Edytuj czynności")
    desk.row(
        "Wiersz 1",
        {
            "Czynność": "Zakupy",
            "Zdiagnozowana potrzeba": "Zakupy i sprawunki",
            "Kto wykonuje": "opiekunka",
            "Jak": "razem z osobą",
            "Razy w tygodniu": "3",
            "Za każdym razem": "60 min",
            "Liczba osób": "5",
        },
    )
    desk.press("Zapisz")
    expect(desk.page.locator("#scope-items")).to_contain_text("65:00")
    desk.follow("Edytuj miejsca i godziny")
    desk.fill({"Miejsca świadczenia": "Mieszkania osób"})
    desk.page.locator("#hours tbody tr").first.get_by_label("pn", exact=True).check()
    desk.page.locator("#id_hours-0-start").fill("7")
    desk.page.locator("#id_hours-0-end").fill("20:00")
    desk.press("Zapisz")
    desk.follow("Edytuj wskaźniki")
    desk.row(
        "Wiersz 1",
        {
            "Wskaźnik": "Wykonane z przyznanych",
            "Jednostka": "%",
            "Kierunek": "co najmniej",
            "Wartość docelowa": "95,5",
            "Sposób pomiaru": "Z przyjętych miesięcy",
        },
    )
    desk.page.get_by_role("group", name="Wiersz 1").get_by_label("Skąd wynik").select_option(index=1)
    desk.press("Zapisz")
    expect(desk.page.locator("#indicators")).to_contain_text("95,5")
    desk.pass_step("Zakres omówiony z opiekunkami")
    expect(desk.page.locator(".step-now")).to_contain_text("Ustalenie formy")


def choose_form(story: Story) -> None:
    """The coordinator compares two forms; the director chooses to entrust and passes the gate."""
    desk = story.at("Krystyna Planista", f"{story.cycle}form/")
    desk.follow("Wybierz formy i kryteria")
    for form in ("powierzenie zadania (konkurs)", "zamówienie publiczne"):
        desk.page.get_by_label(form).check()
    desk.press("Zapisz")
    desk.follow("Przyznaj punkty")
    for column, points in enumerate("52"):
        for row in range(5):
            cell = desk.page.locator(f"input[data-row='{row}'][data-column='{column}']")
            cell.fill(points)
            cell.press("Enter")
            desk.page.keyboard.type("powód")
    expect(desk.page.locator("#matrix output").first).to_have_text("100,0")
    desk.press("Zapisz")

    head = story.at("Dorota Dyrektor", f"{story.cycle}form/")
    head.follow("Wybierz: powierzenie zadania (konkurs)")
    head.fill({"Powody wyboru": "Organizacje są na miejscu"})
    head.press("Wybierz tę formę")
    head.sees("Wybrano: powierzenie zadania (konkurs)")
    head.pass_step("Otwarty konkurs ofert")
    expect(head.page.locator(".step-now")).to_contain_text("Finansowanie")


def find_money(story: Story) -> None:
    """The accountant finds the money for every planned hour; the director passes the gate."""
    desk = story.at("Franciszek Księgowy", f"{story.cycle}financing/")
    desk.follow("Edytuj źródła")
    desk.row(
        "Wiersz 1",
        {"Rok": str(story.year), "Źródło finansowania": "budżet własny", "Kwota [zł]": "31 200,00 zł"},
    )
    desk.press("Zapisz")
    desk.follow("Edytuj koszty")
    desk.row(
        "Wiersz 1",
        {
            "Rok": str(story.year),
            "Rodzaj kosztu": "godziny usługi",
            "Koszt jednostki [zł]": "40",
            "Ilość": "780",
        },
    )
    desk.press("Zapisz")
    desk.sees("Pieniędzy starcza na każdą zaplanowaną godzinę")
    expect(desk.page.get_by_role("link", name="Zatwierdź etap")).to_have_count(0)
    story.at("Dorota Dyrektor", f"{story.cycle}financing/").pass_step("Kwoty w projekcie budżetu")
    expect(story.at("Dorota Dyrektor", story.cycle).page.locator(".step-now")).to_contain_text(
        "Wybór wykonawcy"
    )
    with tenant_scope(story.tenant):
        assert states_of(Cycle.objects.get())[:5] == ["passed"] * 4 + ["open"]

"""From the diagnosis of a need to the signed contract, in the browser: one story that seven roles walk together."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from contracting.commissioning.models import Cycle
from contracting.tenders.models import Call
from kernel.tenancy import public_scope, tenant_scope
from reporting.demo.tenders import pass_deadline
from tenants.models import Organisation, Tenant
from tests.contracting.tenders.judging_world import member
from tests.factories.care import ServiceFactory
from tests.factories.commissioning import make_standard, states_of
from tests.factories.people import partner

PASSWORD = "dlugie-haslo-do-prob"
# Stands in every text of the offer and nowhere else.
MARK = "Kalina"
MEMBERS = ("Maria Przewodnicząca", "Jan Członek")
OFFICE = {
    "Krystyna Planista": "coordinator",
    "Ola Terenowa": "social_worker",
    "Franciszek Księgowy": "accountant",
    "Dorota Dyrektor": "director",
    **dict.fromkeys(MEMBERS, "committee_member"),
}
BIDDER = {"Natalia Autorka": "ngo_coordinator", "Zofia Prezes": "ngo_manager"}


@dataclass
class Story:
    """The people of the story, each at a page of their own, and what they made; `last` is the page used last."""

    tenant: Tenant
    organisation: Organisation
    new_page: Callable[..., Page]
    pages: dict[str, Page] = field(default_factory=dict)
    cycle: str = ""
    call: str = ""
    offer: str = ""
    last: Page | None = None

    @property
    def year(self) -> int:
        """The year in which the service is to be delivered."""
        return timezone.localdate().year + 1

    def person(self, name: str, role: str, organisation: Organisation | None = None) -> None:
        """Somebody with a role and a password, signed in at a page of their own."""
        user = member(self.tenant, role, name, organisation)
        with public_scope():
            user.set_password(PASSWORD)
            user.save()
            client = Client()
            client.force_login(user)
        self.pages[name] = self.new_page(session=client.cookies[settings.SESSION_COOKIE_NAME].value)

    def at(self, name: str, address: str = "") -> "Desk":
        """The person's page, at an address of the tenant."""
        page = self.last = self.pages[name]
        if address:
            page.goto(f"/{self.tenant.slug}/{address}")
        return Desk(page)

    def finds_nothing(self) -> None:
        """Before the opening neither the director nor a member of the committee reads a word of the offer."""
        for name in ("Dorota Dyrektor", MEMBERS[1]):
            for address in ("calls", "committee", "offers/opening", "board"):
                page = self.last = self.pages[name]
                answer = page.goto(f"/{self.tenant.slug}/{address}/{self.call}/")
                assert answer is not None
                assert answer.status == 200, page.url
                assert MARK not in page.content(), f"{name} finds the offer at {page.url}"


class Desk:
    """What people do on a page: follow, press, type, choose."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def follow(self, name: str) -> None:
        self.page.locator("main").get_by_role("link", name=name).first.click()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def go(self) -> None:
        """Press the main button of the page's form, and see that nothing is refused."""
        before = self.page.url
        self.page.locator("main form[method=post] button.button-primary").last.click()
        expect(self.page).not_to_have_url(before)
        expect(self.page.locator(".error-summary")).to_have_count(0)

    def type(self, values: dict[str, str]) -> None:
        """Fields by their names; what is a list is chosen from by its value."""
        for name, value in values.items():
            control = self.page.locator(f"main [name='{name}']")
            if control.evaluate("e => e.tagName") == "SELECT":
                control.select_option(value=value)
            else:
                control.fill(value)

    def fill(self, values: dict[str, str], scope: Locator | None = None) -> None:
        """Fields by their labels; what is a list is chosen from."""
        for label, value in values.items():
            control = (scope or self.page.locator("main")).get_by_label(
                re.compile(rf"^{re.escape(label)}($|,| \()")
            )
            if control.evaluate("e => e.tagName") == "SELECT":
                control.select_option(label=value)
            else:
                control.fill(value)

    def row(self, name: str, values: dict[str, str]) -> None:
        """A row of a table that is edited at once, and the table saved."""
        self.fill(values, self.page.get_by_role("group", name=name, exact=True))

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def path(self) -> str:
        """The identifier in the address."""
        found = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", self.page.url)
        assert found
        return found[0]

    def pass_step(self, note: str) -> None:
        """Pass the gate of the step that is shown."""
        self.follow("Zatwierdź etap")
        self.page.get_by_label("Uzasadnienie decyzji").fill(note)
        self.press("Zatwierdź etap")
        expect(self.page.locator(".error-summary")).to_have_count(0)


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


def keep_recovery(story: Story) -> None:
    """The director proves who they are and makes the recovery key, without which no call is published."""
    head = story.at("Dorota Dyrektor", "offers/recovery-key/")
    head.follow("Potwierdź, że to Ty")
    head.page.locator("input[type=password]").fill(PASSWORD)
    head.page.locator("main button[type=submit], main form button").last.click()
    head.page.locator("main form[method=post] button.button-primary").click()
    head.sees("dyrektor")


def write_call(story: Story) -> None:
    """The coordinator writes the call from the cycle: form, money and scope are there already."""
    desk = story.at("Krystyna Planista", "calls/new/")
    desk.type({"title": f"Konkurs {story.year}"})
    desk.page.locator("[name=cycle]").select_option(index=1)
    desk.go()
    story.call = desk.path()
    desk = story.at("Krystyna Planista", f"calls/{story.call}/parameters/")
    expect(desk.page.locator("[name=funds]")).to_have_value(re.compile("31.?200,00"))
    for section, values in _sections(story.year).items():
        desk = story.at("Krystyna Planista", f"calls/{story.call}/{section}/")
        desk.type(values)
        desk.go()
    desk = story.at("Krystyna Planista", f"calls/{story.call}/criteria/")
    desk.type({"criteria-0-name": "Cena", "criteria-0-weight": "40"})
    desk.page.locator("[name='criteria-0-kind']").select_option(value="price")
    desk.press("Dodaj wiersz")
    desk.type({"criteria-1-name": "Zastępstwa", "criteria-1-weight": "60", "criteria-1-max_points": "20"})
    desk.page.locator("[name='criteria-1-excerpt']").select_option(value="concept.replacement")
    desk.go()
    # The office writes, the organ publishes.
    expect(desk.page.get_by_role("link", name="Sprawdź i ogłoś")).to_have_count(0)


def _sections(year: int) -> dict[str, dict[str, str]]:
    return {
        "basics": {"number": f"1/{year}", "contact": "Dział usług, tel. 91 000 00 00"},
        "texts": {
            "task_kind": "Usługi opiekuńcze w domu osoby.",
            "grant_rules": "Dotacja pokrywa koszty godzin usług.",
            "selection": "Ocena formalna, ocena komisji, decyzja prezydenta.",
            "earlier_tasks": "Nie było.",
        },
        "parameters": {"deadline_day": _day(30), "deadline_time": "12:00", "decision_due_on": _day(60)},
        "concept": {"replacement": "Jak szybko i przez kogo zastępują Państwo opiekunkę?"},
    }


def announce(story: Story) -> None:
    """The director publishes the call and records the two other proofs; everybody finds it on the board."""
    head = story.at("Dorota Dyrektor", f"calls/{story.call}/publish/")
    head.press("Ogłoś konkurs")
    head.sees(f"1/{story.year}")
    _prove(story, "announcement")
    passer_by = story.last = story.new_page()
    passer_by.goto(f"/{story.tenant.slug}/board/")
    passer_by.get_by_role("link", name=f"Konkurs {story.year}").click()
    expect(passer_by.locator("main")).to_contain_text(f"1/{story.year}")


def _prove(story: Story, subject: str) -> None:
    """The two proofs that the platform cannot give by itself: of the Bulletin and of the board at the seat."""
    for place, name, value in (
        ("bip", "url", "https://bip.alfa.test/1"),
        ("board", "note", "Widział inspektor"),
    ):
        head = story.at("Dorota Dyrektor", f"calls/{story.call}/publications/record/?subject={subject}")
        head.type({"place": place, "posted_on": _day(0), name: value})
        head.go()


def _day(later: int) -> str:
    return (timezone.localdate() + timedelta(days=later)).isoformat()


def appoint(story: Story) -> None:
    """The director appoints a committee of two."""
    head = story.at("Dorota Dyrektor", f"committee/{story.call}/appoint/")
    head.type(
        {"order_number": "Z/1", "appointed_on": _day(0), "quorum": "2", "without_ngo_reason": "none_named"}
    )
    head.go()
    for name, role in (("Maria Przewodnicząca", "chair"), ("Jan Członek", "member")):
        head = story.at("Dorota Dyrektor", f"committee/{story.call}/appoint/member/")
        person = head.page.locator("[name=user] option", has_text=name)
        head.type({"user": person.get_attribute("value") or "", "role": role})
        head.go()
    head = story.at("Dorota Dyrektor", f"committee/{story.call}/")
    head.sees("Maria Przewodnicząca", "Jan Członek")


def write_offer(story: Story) -> None:
    """The organisation's coordinator writes the offer, its concept and a promise that can be measured."""
    desk = story.at("Natalia Autorka", f"calls/{story.call}/")
    desk.follow("Napisz ofertę")
    if "/start/" in desk.page.url:
        desk.page.locator("main form[method=post] button").last.click()
    expect(desk.page).to_have_url(re.compile(r"/offers/[0-9a-f-]{36}/"))
    story.offer = desk.path()
    first, last = f"{story.year}-01-01", f"{story.year}-12-31"
    for section, values in _written(str(story.year), first, last).items():
        desk = story.at("Natalia Autorka", f"offers/{story.offer}/section/{section}/")
        desk.page.wait_for_selector("#offer-form[data-ready]")
        desk.type({f"{section}.{name}": value for name, value in values.items()})
        for box in desk.page.locator("[name^='declarations.'][type=checkbox]").all():
            box.check()
        desk.page.get_by_role("button", name=re.compile("Zapisz i przejdź dalej|^Zapisz")).first.click()
        expect(desk.page).not_to_have_url(re.compile(f"/section/{section}/"))


def _written(year: str, first: str, last: str) -> dict[str, dict[str, str]]:
    """What the check list demands, by section and field."""
    return {
        "bidder": {
            "name": f"Fundacja {MARK}",
            "legal_form": "fundacja",
            "address": f"ul. {MARK} 1",
            "email": "biuro@kalina.test",
            "contact_person": f"Jan {MARK}",
        },
        "task": {
            "title": f"Usługi {MARK}",
            "from": first,
            "to": last,
            "place": "Alfa",
            "summary": f"Pomoc w domu {MARK}",
        },
        "schedule": {"0.name": f"Wizyty {MARK}", "0.from": first, "0.to": last},
        "results": {"0.name": f"Osoby {MARK}", "0.level": "5", "0.monitoring": f"dziennik {MARK}"},
        "resources": {"experience": f"Osiem lat {MARK}", "staff": f"Opiekunki {MARK}"},
        "staff": {"0.name": f"Ewa {MARK}", "0.function": "opiekunka", "0.fte": "1"},
        "concept": {
            "replacement": f"Dyżur {MARK}: dwie opiekunki czekają na telefon i znają każdą osobę z wizyty wspólnej."
        },
        "promises": {
            "0.part": "replacement",
            "0.measure": "replacement_hours",
            "0.indicator": f"Zastępstwo {MARK}",
            "0.value": "4",
            "0.measured_by": "dziennik wizyt",
        },
        "budget": {
            "costs.0.kind": "action",
            "costs.0.name": f"Godziny {MARK}",
            "costs.0.unit": "h",
            "costs.0.unit_cost": "39,50",
            "costs.0.quantity": "780",
            "costs.0.year": year,
            "minutes": "780",
        },
        "declarations": {},
    }


def hand_in(story: Story) -> None:
    """The organisation's head hands the offer in and sees the receipt; nobody of the office finds its text."""
    desk = story.at("Zofia Prezes", f"offers/{story.offer}/hand-in/")
    code = desk.page.locator("#bidder-code").inner_text()
    desk.press("Złóż ofertę")
    expect(desk.page.locator(".code-shown")).to_have_text(code)
    desk.sees("SHA-256")
    story.finds_nothing()


def pass_time(story: Story) -> None:
    """The deadline passes: the one thing that no page can do. Still nobody finds anything."""
    with tenant_scope(story.tenant):
        pass_deadline(Call.objects.get())
    story.finds_nothing()


def open_offers(story: Story) -> None:
    """Two members confirm with their passwords; only the second confirmation opens."""
    room = f"offers/opening/{story.call}/"
    chair = story.at("Maria Przewodnicząca", room)
    chair.page.get_by_label("Twoje hasło").fill(PASSWORD)
    chair.press("Potwierdzam otwarcie")
    chair.sees("Twoje potwierdzenie jest")
    story.finds_nothing()
    other = story.at("Jan Członek", room)
    other.page.get_by_label("Twoje hasło").fill(PASSWORD)
    other.press("Otwórz wszystkie oferty")
    expect(other.page.locator("#opening-log")).to_contain_text(f"Fundacja {MARK}")
    # On the same pages the director finds it now.
    story.at("Dorota Dyrektor", room).sees(f"Fundacja {MARK}")
    story.at("Dorota Dyrektor", f"committee/offers/{story.offer}/").sees(f"Dyżur {MARK}")


def judge(story: Story) -> None:
    """Declared, checked, scored by each alone; the points open to all when both have finished."""
    for name in MEMBERS:
        desk = story.at(name, f"committee/{story.call}/declarations/")
        desk.page.get_by_label("Jestem bezstronny(-a)", exact=True).check()
        desk.page.locator("main form[method=post] button.button-primary").click()
        expect(desk.page).not_to_have_url(re.compile("/declarations/$"))
    desk = story.at("Maria Przewodnicząca", f"committee/offers/{story.offer}/form/")
    for box in desk.page.locator("#check input[type=radio][value=yes]").all():
        box.check()
    desk.press("Spełnia wymogi")
    for name, points in zip(MEMBERS, ("18", "16"), strict=True):
        desk = story.at(name, f"committee/offers/{story.offer}/score/")
        expect(desk.page.locator("#score[data-ready]")).to_have_count(1)
        # What the concept promises stands beside the field for the points.
        expect(desk.page.locator(".score-right")).to_contain_text(f"Dyżur {MARK}")
        desk.page.locator("[name^=points-]").fill(points)
        desk.page.locator("[name^=reason-]").fill("dyżur jest opisany")
        expect(desk.page.locator("#score-state")).to_have_text("zapisano ✓")
        desk = story.at(name, f"committee/{story.call}/scoring/")
        if name == MEMBERS[1]:
            # The other has finished; until both have, nobody sees points of others.
            story.at(name, f"committee/{story.call}/compare/").sees("Punkty są jeszcze ukryte")
            desk = story.at(name, f"committee/{story.call}/scoring/")
        desk.press("Zakończyłem(-am) ocenę")
    compare = story.at("Jan Członek", f"committee/{story.call}/compare/")
    compare.sees(f"Fundacja {MARK}", "17,00", "91,00")


def advise(story: Story) -> None:
    """The chair enters the committee's opinion and composes the protocol."""
    chair = story.at("Maria Przewodnicząca", f"committee/{story.call}/opinion/")
    chair.page.locator("main form[method=post] button.button-primary").click()
    chair = story.at("Maria Przewodnicząca", f"committee/{story.call}/protocol/")
    chair.page.locator("main form[method=post] button").first.click()
    chair.sees("Wersja 1")


def decide(story: Story) -> None:
    """The director decides as the committee advised and publishes the results on the board."""
    head = story.at("Dorota Dyrektor", f"committee/{story.call}/decision/")
    head.page.locator("main form[method=post] button.button-primary").last.click()
    head = story.at("Dorota Dyrektor", f"committee/{story.call}/decision/publish/")
    head.sees(f"Fundacja {MARK}")
    head.press("Ogłoś wyniki")
    _prove(story, "results")
    passer_by = story.last = story.new_page()
    passer_by.goto(f"/{story.tenant.slug}/board/{story.call}/")
    expect(passer_by.locator("main")).to_contain_text(f"Fundacja {MARK}")


def conclude(story: Story) -> None:
    """The contract is drafted from the award and signed by both sides; its page shows what the concept promised."""
    desk = story.at("Dorota Dyrektor", "contracts/to-sign/")
    desk.page.get_by_role("link", name="Przygotuj umowę").first.click()
    desk.go()
    draft = f"contracts/to-sign/{desk.path()}/"
    desk = story.at("Dorota Dyrektor", f"{draft}edit/")
    desk.type({"number": f"OPS/1/{story.year}"})
    desk.go()
    story.at("Dorota Dyrektor", f"{draft}send/").go()
    for side, function in (("unit", "dyrektor"), ("organisation", "prezes zarządu")):
        desk = story.at("Dorota Dyrektor", f"{draft}sign/")
        desk.page.locator(f"[name=side][value={side}]").check()
        desk.type({"function": function, "signed_on": _day(0)})
        desk.go()
    contract = story.at("Zofia Prezes", "contracts/")
    contract.follow(f"OPS/1/{story.year}")
    contract.sees(f"Zastępstwo {MARK}", "co najwyżej 4 h", f"{MARK} Ewa")

    # The page of the cycle leads on to the call and to the contract.
    cycle = story.at("Krystyna Planista", story.cycle)
    chain = cycle.page.get_by_role("region", name="Od potrzeby do ewaluacji")
    expect(chain.get_by_role("link", name=f"1/{story.year}").first).to_be_visible()
    chain.get_by_role("link", name=f"OPS/1/{story.year}").click()
    cycle.sees(f"Zastępstwo {MARK}")
    head = story.at("Dorota Dyrektor", f"{story.cycle}steps/contractor_choice/")
    head.pass_step("Umowa podpisana")
    expect(head.page.locator(".step-now")).to_contain_text("Nadzór i monitoring")


STEPS = (
    diagnose,
    plan,
    choose_form,
    find_money,
    keep_recovery,
    write_call,
    announce,
    appoint,
    write_offer,
    hand_in,
    pass_time,
    open_offers,
    judge,
    advise,
    decide,
    conclude,
)


def test_from_the_diagnosis_to_the_signed_contract(new_page: Callable[..., Page], alfa: Tenant) -> None:
    with public_scope():
        organisation = partner(alfa, name=f"Fundacja {MARK}")
    with tenant_scope(alfa):
        make_standard(ServiceFactory())
    story = Story(alfa, organisation, new_page)
    for name, role in OFFICE.items():
        story.person(name, role)
    for name, role in BIDDER.items():
        story.person(name, role, organisation)
    for step in STEPS:
        step(story)

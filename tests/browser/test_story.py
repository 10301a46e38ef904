"""From the diagnosis of a need to the signed contract, in the browser: one story that seven roles walk together."""

import re
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from contracting.tenders.models import Call
from kernel.tenancy import public_scope, tenant_scope
from reporting.demo.tenders import pass_deadline
from tenants.models import Tenant
from tests.browser.story_planning import choose_form, diagnose, find_money, plan
from tests.browser.storytelling import BIDDER, MARK, MEMBERS, OFFICE, PASSWORD, Story
from tests.factories.care import ServiceFactory
from tests.factories.commissioning import make_standard
from tests.factories.people import partner


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
    """The director declares, decides as the committee advised and publishes the results on the board."""
    head = story.at("Dorota Dyrektor", f"committee/{story.call}/declarations/")
    head.page.get_by_label("Jestem bezstronny(-a)", exact=True).check()
    head.page.locator("main form[method=post] button.button-primary").click()
    expect(head.page).not_to_have_url(re.compile("/declarations/$"))
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
    desk.page.get_by_role("button", name="Utwórz dokument").click()
    expect(desk.page.get_by_role("link", name=f"umowa-OPS-1-{story.year}.docx")).to_be_visible()
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

"""The pages of months over HTTP: what they show, to whom, and that they do not slow with rows."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Reading
from kernel.tenancy import tenant_scope
from reporting.compliance import actions
from reporting.compliance.answers import answered_month
from reporting.compliance.models import Resolution
from reporting.compliance.queries import compare_month
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import (
    ContractFactory,
    DecisionFactory,
    PersonFactory,
    ServiceFactory,
    WorkerFactory,
    plan,
    visit,
)
from tests.factories.people import partner
from tests.reporting.compliance.closing_world import (
    DIRECTOR,
    OCTOBER,
    PROVIDER,
    ClosingWorld,
    build_world,
)

SignIn = Callable[..., Client]


@pytest.fixture
def world(alfa: Tenant) -> ClosingWorld:
    return build_world(alfa)


@pytest.fixture
def director(world: ClosingWorld, sign_in: SignIn) -> Client:
    return sign_in(Role.DIRECTOR, world.tenant)


def month_page(world: ClosingWorld, query: str = "") -> str:
    return f"/alfa/month/{world.contract.pk}/2026-10/{query}"


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def row_of(page: str, number: str) -> str:
    """The row of the calendar that begins with the decision's number."""
    found = re.search(rf"<tr[^>]*>\s*<th scope=\"row\"><a [^>]*>{re.escape(number)}</a>.*?</tr>", page, re.S)
    assert found, f"no row of {number}"
    return found[0]


def test_the_months_list_every_contract_with_its_sums(world: ClosingWorld, director: Client) -> None:
    page = text_of(director, "/alfa/month/months/?month=2026-10")
    assert world.contract.number in page
    # Granted 2:00 + 2:00, delivered 2:00 + 3:30; one deviation to explain, three to note.
    for figure in ("4:00", "5:30", "137,5", "#to-explain"):
        assert figure in page
    assert "otwarty" in page
    assert "6\N{NO-BREAK SPACE}listopada 2026" in page


def _accept(world: ClosingWorld) -> str:
    """The hash of October, handed in, explained and accepted."""
    with tenant_scope(world.tenant):
        actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
        points = [("H1", world.one("H1").subject)]
        actions.justify_deviations(world.contract, OCTOBER, points=points, reason="urgent", actor=DIRECTOR)
        return actions.accept_month(world.contract, OCTOBER, actor=DIRECTOR).snapshot_sha256


def test_an_accepted_month_stands_in_the_list_as_it_was_accepted(
    world: ClosingWorld, director: Client
) -> None:
    _accept(world)
    page = text_of(director, "/alfa/month/months/?month=2026-10")
    assert "zmiany po przyjęciu" not in page
    with tenant_scope(world.tenant):
        world.clean.minutes = 240
        world.clean.save()
        DecisionFactory(contract=world.contract, minutes=600)
    page = text_of(director, "/alfa/month/months/?month=2026-10")
    # 4:00 granted and 5:30 delivered to two persons, although today there are three of them with 16:00.
    cells = re.findall(r'<td class="num"[^>]*><span>(?:<a [^>]*>)?([^<]+)', page)
    assert cells[:6] == ["2", "4:00", "5:30", "137,5", "0", "3"]
    assert "16:00" not in page
    assert f'<a class="mark" href="{month_page(world)}#changed">' in page
    opened = re.sub(r"\s", " ", text_of(director, month_page(world)))
    assert 'id="changed"' in opened
    assert "Przyjęto: przyznane 4 h, wykonane 5 h 30 min." in opened
    assert "Dziś wychodzi: przyznane 16 h" in opened


def test_queries_of_the_list_do_not_grow_with_accepted_months(world: ClosingWorld, director: Client) -> None:
    counts = []
    address = "/alfa/month/months/?month=2026-10"
    _accept(world)
    director.get(address)
    for size in (1, 12):
        with tenant_scope(world.tenant):
            for _ in range(size):
                contract = ContractFactory(organisation=world.organisation, service=world.contract.service)
                visit(
                    DecisionFactory(contract=contract, minutes=60),
                    world.worker,
                    date(2026, 10, 9),
                    "08:00",
                    60,
                )
                points = [
                    (one.code, one.subject)
                    for one in answered_month(compare_month(OCTOBER, contracts=[contract.pk]))
                    if one.is_must
                ]
                actions.submit_month(contract, OCTOBER, actor=PROVIDER)
                if points:
                    actions.justify_deviations(
                        contract, OCTOBER, points=points, reason="urgent", actor=DIRECTOR
                    )
                actions.accept_month(contract, OCTOBER, actor=DIRECTOR)
        with CaptureQueriesContext(connection) as seen:
            assert director.get(address).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_month_without_contracts_and_a_month_that_is_none(world: ClosingWorld, director: Client) -> None:
    assert "nie obowiązuje żadna umowa" in text_of(director, "/alfa/month/months/?month=2024-02")
    assert director.get(month_page(world).replace("2026-10", "2026-13")).status_code == 404
    assert director.get(month_page(world).replace("2026-10", "9999-12")).status_code == 404


def test_an_organisation_sees_its_own_months_only(world: ClosingWorld, sign_in: SignIn) -> None:
    stranger = partner(world.tenant)
    with tenant_scope(world.tenant):
        strange = ContractFactory(organisation=stranger, service=world.contract.service)
        decision = DecisionFactory(contract=strange, person=PersonFactory(surname="Tajna"))
    client = sign_in(Role.NGO_COORDINATOR, world.tenant, world.organisation)
    page = text_of(client, "/alfa/month/months/?month=2026-10")
    assert world.contract.number in page
    assert strange.number not in page
    assert client.get(f"/alfa/month/{strange.pk}/2026-10/").status_code == 404
    assert client.get(f"/alfa/month/decision/{decision.pk}/2026-10/").status_code == 404


def test_the_month_answers_is_it_well_where_not_which_visit(world: ClosingWorld, director: Client) -> None:
    page = text_of(director, month_page(world))
    well, over = row_of(page, world.clean.number), row_of(page, world.over.number)
    assert "100,0" in well
    assert "heat-full" in well
    assert "badge-must" not in well
    assert "175,0" in over
    assert over.count("heat-full") == 1
    assert over.count("heat-missed") == 3
    assert "H1" in over
    assert "D4 ×3" in over
    opened = text_of(director, month_page(world, f"?decision={world.over.pk}&day=2026-10-05"))
    assert 'id="day"' in opened
    assert "10:00–13:30" in opened
    assert "05.10.2026, 13:00" in opened


def test_every_total_is_a_link_to_what_it_sums(world: ClosingWorld, director: Client) -> None:
    page = text_of(director, month_page(world))
    stats = re.findall(r'<a class="stat-value" href="([^"]+)"', page)
    assert len(stats) == 5
    for address in stats:
        anchor = address.partition("#")[2]
        assert f'id="{anchor}"' in page


def test_filters_and_order_live_in_the_address(world: ClosingWorld, director: Client) -> None:
    def numbers(query: str) -> list[str]:
        page = text_of(director, month_page(world, query))
        return re.findall(r'<th scope="row"><a [^>]*>(D/[^<]+)</a>', page)

    clean, over = world.clean.number, world.over.number
    assert numbers("") == sorted([clean, over])
    assert numbers("?sort=-fulfilment") == [over, clean]
    assert numbers("?sort=fulfilment") == [clean, over]
    # The other person's surname begins with a sign, which sorts before letters.
    assert numbers("?sort=person") == [over, clean]
    assert numbers("?code=H1") == [over]
    assert numbers("?open=on") == [over]
    assert numbers("?q=czysta") == [clean]
    assert numbers("?q=lacka") == [over]
    assert numbers("?q=nikt") == []
    assert "wszystkie decyzje" in text_of(director, month_page(world, "?q=nikt"))


def test_with_a_filter_only_what_it_shows_is_counted_and_answered(
    world: ClosingWorld, director: Client
) -> None:
    page = text_of(director, month_page(world, "?code=H1"))
    assert [value[:2] for value, _ in ticks(page)] == ["H1"]
    assert re.search(r'Do wiadomości <span class="soft">0</span>', page)
    assert "Wśród tego, co pokazuje filtr, nie ma spraw do wiadomości" in page
    assert 'id="acknowledge"' not in page
    # The figures of the month stay those of the whole month.
    assert re.search(r'href="#to-note"[^>]*>\s*3', page)
    notes = text_of(director, month_page(world, "?code=D4"))
    assert {value[:2] for value, _ in ticks(notes)} == {"D4"}
    # All at once would also answer what is not in sight.
    assert 'name="every"' not in notes


def test_names_are_shown_and_their_reading_is_noted(world: ClosingWorld, director: Client) -> None:
    assert "Czysta Ewa" in text_of(director, month_page(world))
    with tenant_scope(world.tenant):
        reading = Reading.objects.get()
        assert reading.page == "compliance.month"
        assert reading.subject_count == 2


def test_accountants_see_figures_without_names(world: ClosingWorld, sign_in: SignIn) -> None:
    client = sign_in(Role.ACCOUNTANT, world.tenant)
    for address in (month_page(world), f"/alfa/month/decision/{world.clean.pk}/2026-10/"):
        page = text_of(client, address)
        assert world.clean.number in page
        assert "Czysta" not in page
    assert 'class="answer-bar"' not in text_of(client, month_page(world))
    with tenant_scope(world.tenant):
        assert not Reading.objects.exists()


def ticks(page: str) -> list[tuple[str, bool]]:
    """What can be ticked on a page, and whether it is."""
    found = re.findall(r'<input type="checkbox" name="chosen" value="([^"]+)"([^>]*)>', page)
    return [(value, " checked" in rest) for value, rest in found]


def test_an_answer_from_the_page_and_its_withdrawal(world: ClosingWorld, director: Client) -> None:
    [(chosen, is_ticked), *notes] = ticks(text_of(director, month_page(world)))
    # The only one to explain is ticked at once, notes are not.
    assert chosen.startswith("H1 ")
    assert is_ticked
    assert [ticked for _, ticked in notes] == [False] * 3
    typed = {"chosen": chosen, "reason": "health", "note": "Nagła choroba", "back": "code=H1"}
    answer = director.post(month_page(world, "answer/"), typed)
    assert answer.status_code == 302
    assert answer.url == month_page(world, "?code=H1#points")
    answered = text_of(director, month_page(world))
    assert "zdrowia" in answered
    assert "Nagła choroba" in answered
    with tenant_scope(world.tenant):
        resolution = Resolution.objects.get()
    assert director.post(month_page(world, f"withdraw/{resolution.pk}/")).status_code == 302
    with tenant_scope(world.tenant):
        assert not Resolution.objects.exists()


def test_several_answers_from_the_page_of_a_decision(world: ClosingWorld, director: Client) -> None:
    with tenant_scope(world.tenant):
        visit(world.over, world.worker, date(2026, 10, 7), "10:00", 60, activities=["gardening"])
    address = f"/alfa/month/decision/{world.over.pk}/2026-10/"
    musts = [value for value, _ in ticks(text_of(director, address)) if value[:2] in ("H1", "S1")]
    typed = {"chosen": musts, "reason": "agreed", "of_decision": str(world.over.pk)}
    asked = director.post(month_page(world, "answer/"), typed)
    assert asked.status_code == 422
    assert re.search(
        r'<a href="#explain_together">[^<]*Jednym powodem odpowiadasz na H1, S1', asked.content.decode()
    )
    answer = director.post(month_page(world, "answer/"), {**typed, "together": "on"}, follow=True)
    assert answer.redirect_chain == [(f"{address}#points", 302)]
    assert "Zapisano 2 odpowiedzi" in answer.content.decode()
    every = {"every": "on", "decision": str(world.over.pk), "of_decision": str(world.over.pk)}
    director.post(month_page(world, "acknowledge/"), every)
    with tenant_scope(world.tenant):
        given = Resolution.objects.order_by("code").values_list("code", "reason")
        # Of the notes three are planned visits missed, one a visit off the plan.
        assert list(given) == [("D3", ""), *[("D4", "")] * 3, ("H1", "agreed"), ("S1", "agreed")]
    assert ticks(text_of(director, address)) == []
    strange = {**typed, "of_decision": str(world.worker.pk)}
    assert director.post(month_page(world, "answer/"), strange).status_code == 404


@pytest.mark.parametrize("reason", ["agreed", "twice"])
def test_one_reason_accepts_two_duplicates_only_on_a_second_word(
    world: ClosingWorld, director: Client, reason: str
) -> None:
    chosen = {"chosen": ["T3 visit:1#2", "T3 visit:3#4"], "reason": reason}
    page = director.post(month_page(world, "answer/"), chosen).content.decode()
    # Neither deviation exists: what is refused is told apart from what is asked.
    assert ("Jednym powodem odpowiadasz na T3 ×2" in page) is (reason == "agreed")
    assert ('name="together"' in page) is (reason == "agreed")
    assert ("dzienniczek poprawiono" in page) is (reason == "twice")
    alone = {**chosen, "chosen": ["T3 visit:1#2"]}
    assert 'name="together"' not in director.post(month_page(world, "answer/"), alone).content.decode()


@pytest.mark.parametrize("on_decision", [False, True])
def test_a_refused_answer_says_why_at_the_field_and_keeps_what_was_typed(
    world: ClosingWorld, director: Client, on_decision: bool
) -> None:
    with tenant_scope(world.tenant):
        visit(world.over, world.worker, date(2026, 10, 7), "10:00", 60, activities=["gardening"])
        subject = world.one("S1").subject
    where = {"of_decision": str(world.over.pk)} if on_decision else {"back": "sort=-granted&open=on"}
    typed = {"chosen": f"S1 {subject}", "reason": "", "note": "Sąsiadka", **where}
    for change, field, told in (
        ({}, "explain_reason", "Wybierz powód"),
        ({"reason": "other", "note": ""}, "explain_note", "wymaga uwagi"),
        ({"reason": "urgent", "chosen": []}, "explain_chosen", "Zaznacz co najmniej jedno"),
        ({"reason": "urgent", "chosen": ["S1 visit:1#2"]}, "explain_chosen", "dzienniczek poprawiono"),
    ):
        answer = director.post(month_page(world, "answer/"), {**typed, **change})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "error-summary" in page
        assert re.search(rf'<a href="#{field}">[^<]*{told}', page)
        assert f'id="{field}_error"' in page
    page = director.post(month_page(world, "answer/"), typed).content.decode()
    assert dict(ticks(page))[f"S1 {subject}"]
    assert sum(ticked for _, ticked in ticks(page)) == 1
    assert 'value="Sąsiadka"' in page
    if not on_decision:
        assert 'name="back" value="sort=-granted&amp;open=on"' in page
    with tenant_scope(world.tenant):
        assert not Resolution.objects.exists()


def test_the_later_of_two_answers_is_told_and_saves_nothing(
    world: ClosingWorld, director: Client, sign_in: SignIn
) -> None:
    with tenant_scope(world.tenant):
        visit(world.over, world.worker, date(2026, 10, 7), "10:00", 60, activities=["gardening"])
        h1, s1 = (f"{code} {world.one(code).subject}" for code in ("H1", "S1"))
    other = sign_in(Role.COORDINATOR, world.tenant)
    assert other.post(month_page(world, "answer/"), {"chosen": h1, "reason": "health"}).status_code == 302
    answer = director.post(
        month_page(world, "answer/"), {"chosen": [h1, s1], "reason": "urgent", "together": "on"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r'<a href="#explain_chosen">[^<]*jest już odpowiedź na odchylenie H1', page)
    # What is still open stays ticked, with the reason.
    assert dict(ticks(page))[s1]
    assert '<option value="urgent" selected>' in page
    with tenant_scope(world.tenant):
        assert list(Resolution.objects.values_list("code", "reason")) == [("H1", "health")]


def test_notes_are_acknowledged_together_or_as_ticked(world: ClosingWorld, director: Client) -> None:
    notes = [value for value, _ in ticks(text_of(director, month_page(world))) if value.startswith("D4")]
    nothing = director.post(month_page(world, "acknowledge/"), {})
    assert nothing.status_code == 422
    assert "error-summary" in nothing.content.decode()
    assert director.post(month_page(world, "acknowledge/"), {"chosen": notes[:1]}).status_code == 302
    with tenant_scope(world.tenant):
        assert list(Resolution.objects.values_list("code", "kind")) == [("D4", "acknowledged")]
    assert director.post(month_page(world, "acknowledge/"), {"every": "on"}).status_code == 302
    with tenant_scope(world.tenant):
        assert list(Resolution.objects.values_list("code", "kind")) == [("D4", "acknowledged")] * 3
    assert "Brak spraw" not in text_of(director, month_page(world))


def test_an_accepted_month_has_no_forms_and_tells_its_hash(world: ClosingWorld, director: Client) -> None:
    digest = _accept(world)
    page = text_of(director, month_page(world))
    assert digest in page
    assert 'class="answer-bar"' not in page
    assert "Po przyjęciu miesiąca zmieniono" not in page
    with tenant_scope(world.tenant):
        world.clean.minutes = 240
        world.clean.save()
    assert "Po przyjęciu miesiąca zmieniono" in text_of(director, month_page(world))


def test_the_other_visit_of_a_pair_stays_with_its_organisation(world: ClosingWorld, sign_in: SignIn) -> None:
    stranger = partner(world.tenant)
    with tenant_scope(world.tenant):
        service = ServiceFactory(code="therapy", name="Terapia")
        strange = ContractFactory(organisation=stranger, service=service)
        decision = DecisionFactory(contract=strange, person=world.clean.person, service=service)
        worker = WorkerFactory(organisation=stranger, code="OBCY1")
        visit(decision, worker, date(2026, 10, 1), "09:00", 60)
    own = sign_in(Role.NGO_COORDINATOR, world.tenant, world.organisation)
    for address in (month_page(world), f"/alfa/month/decision/{world.clean.pk}/2026-10/"):
        page = text_of(own, address)
        assert "O2" in page
        assert "OBCY1" not in page
        assert "Druga wizyta należy do innej organizacji" in page
    assert "OBCY1" in text_of(sign_in(Role.DIRECTOR, world.tenant), month_page(world))


def test_the_other_visit_under_an_own_contract_is_told(world: ClosingWorld, sign_in: SignIn) -> None:
    with tenant_scope(world.tenant):
        service = ServiceFactory(code="therapy", name="Terapia")
        second = ContractFactory(organisation=world.organisation, service=service)
        decision = DecisionFactory(contract=second, service=service)
        visit(decision, world.worker, date(2026, 10, 1), "09:30", 60)
    own = sign_in(Role.NGO_COORDINATOR, world.tenant, world.organisation)
    for address in (month_page(world), f"/alfa/month/decision/{world.clean.pk}/2026-10/"):
        page = text_of(own, address)
        assert "01.10.2026, 08:00, W" in page
        assert f"01.10.2026, 09:30, {world.worker.code}" in page
        assert "należy do innej organizacji" not in page


def test_the_decision_shows_ledger_scope_and_days(world: ClosingWorld, director: Client) -> None:
    page = text_of(director, f"/alfa/month/decision/{world.over.pk}/2026-10/")
    # 120 minutes a month are granted, 210 were delivered, four visits of 210 were planned.
    for figure in ("2:00", "14:00", "3:30", "−1:30", "175,0"):
        assert figure in page
    assert page.count("nikt nie przyszedł") == 3
    assert 'id="2026-10-05"' in page
    outside = text_of(director, f"/alfa/month/decision/{world.over.pk}/2025-12/")
    assert "decyzja nie obowiązuje" in outside


@pytest.mark.parametrize(
    "part", ["months/?month=2026-10", "{contract}/2026-10/", "decision/{decision}/2026-10/"]
)
def test_queries_do_not_grow_with_rows(world: ClosingWorld, director: Client, part: str) -> None:
    counts = []
    address = f"/alfa/month/{part.format(contract=world.contract.pk, decision=world.clean.pk)}"
    director.get(address)  # the first visit of a session notes the session
    for size in (3, 45):
        with tenant_scope(world.tenant):
            for number in range(size):
                decision = DecisionFactory(contract=world.contract)
                plan(decision, (2, "08:00", 60))
                for week in range(3):
                    day = date(2026, 10, 6) + timedelta(days=7 * week)
                    visit(decision, world.worker, day, "08:00", 60, activities=["gardening"])
                    visit(world.clean, world.worker, day, f"{10 + number % 12}:{size:02d}", 5 + number)
        with CaptureQueriesContext(connection) as seen:
            assert director.get(address).status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= 35

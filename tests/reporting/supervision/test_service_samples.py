"""Completeness of cards of advice and of documents of crisis cases: read by the program, checked by the inspector."""

from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader

from kernel.periods import Month
from reporting.advice.models import Referral
from reporting.crisis.actions import write_document
from reporting.supervision import actions
from reporting.supervision.actions import FindingEntry, InspectionPlan
from reporting.supervision.models import Inspection, SampledItem, SupervisionSettings
from reporting.supervision.queries.conformity import conformity_of
from tenants.roles import Role
from tests.factories.people import signed_in_client
from tests.reporting.supervision.asking import ACTOR
from tests.reporting.supervision.serving import Serving, advised, build_serving, case, known, of_worker

pytestmark = pytest.mark.django_db

MARK = "Kalafonia"
CARD = "Karta pierwszego kontaktu"
PLAN = "Plan pomocy"


@pytest.fixture
def world(alfa: Any) -> Serving:
    return build_serving(alfa)


def _planned(contract: Any) -> Inspection:
    plan = InspectionPlan("documents", "Karty", timezone.localdate(), "Inspektor")
    return actions.plan_inspection(contract, plan, actor=ACTOR)


def _drawn(contract: Any, of: str, month: Month) -> Inspection:
    return actions.draw_sample(_planned(contract), of=of, method="random", size=50, month=month, actor=ACTOR)


def _answers(item: SampledItem) -> dict[str, str]:
    return {check["label"]: check["answer"] for check in item.checks}


def test_the_form_offers_what_the_contract_is_for(world: Serving) -> None:
    with world.in_tenant():
        advised(world, 3)
        case(world, 3)
        planned = {name: _planned(contract).pk for name, contract in _contracts(world).items()}
    for name, pk in planned.items():
        form = world.get("inspector", "draw_sample", pk=pk).context["form"]
        assert [code for code, _label in form.fields["of"].choices] == [name]
    sent = {"of": "cards", "method": "random", "month": str(world.month), "size": "5", "seed": ""}
    assert world.post("inspector", "draw_sample", sent, pk=planned["cards"]).status_code == 302
    refused = world.post("inspector", "draw_sample", sent | {"of": "cases"}, pk=planned["cards"])
    assert refused.status_code == 422


def _contracts(world: Serving) -> dict[str, Any]:
    return {"cards": world.contract, "cases": world.crisis}


def test_the_program_reads_which_fields_of_cards_are_filled(world: Serving) -> None:
    with world.in_tenant():
        whole = advised(world, 3, documentation_minutes=10, person=known("Asklewska"))
        bare = advised(world, 4, topic_words="", alias=f"Pani {MARK}")
        Referral.objects.create(appointment=bare, referred_to="PCPR", referred_on=bare.date)
        left = advised(world, 5, state="planned", topic_words="")
        missed = advised(world, 6, state="no_show", topic_words="")
        advised(world, 7, state="cancelled")
        drawn = _drawn(world.contract, "cards", world.month)
        found = {item.appointment_id: _answers(item) for item in drawn.items.all()}
        assert set(found) == {whole.pk, bare.pk, left.pk, missed.pk}
    filled, topic, outcome = (
        "Karta wypełniona albo odnotowano, że osoba nie przyszła",
        "Ogólny temat porady",
        "Wynik każdego skierowania",
    )
    told = {pk: (one[filled], one[topic], one[outcome]) for pk, one in found.items()}
    assert told == {
        whole.pk: ("yes", "yes", "na"),
        bare.pk: ("yes", "no", "no"),
        left.pk: ("no", "na", "na"),
        missed.pk: ("yes", "na", "na"),
    }
    page = world.get("inspector", "inspection", pk=drawn.pk).content.decode()
    assert "Asklewska" in page and MARK not in page
    with world.in_tenant():
        item = drawn.items.get(appointment=bare)
    form = world.get("inspector", "check_item", pk=drawn.pk, item_pk=item.pk)
    assert "program może odczytać" in form.content.decode() and MARK not in form.content.decode()
    answers = {f"check_{place}": check["answer"] or "yes" for place, check in enumerate(item.checks)}
    assert world.post("inspector", "check_item", answers, pk=drawn.pk, item_pk=item.pk).status_code == 302
    with world.in_tenant():
        item.refresh_from_db()
        assert (item.present, item.asked) == (2, 5)


def test_the_program_reads_which_fields_of_crisis_documents_are_filled_and_tells_no_text(
    world: Serving,
) -> None:
    with world.in_tenant():
        written = case(world, 3, contact="field")
        team = of_worker(world)
        write_document(written, "first_contact", {"event": MARK, "safety": MARK}, actor=team)
        write_document(written, "help_plan", {"goals": MARK}, actor=team)
        empty = case(world, 4)
        drawn = _drawn(world.crisis, "cases", world.month)
        found = {item.case_id: _answers(item) for item in drawn.items.all()}
        assert MARK not in str(found)
        numbers = written.number, empty.number
    one, other = found[written.pk], found[empty.pk]
    assert (one[f"{CARD}: Co się stało"], one[f"{CARD}: Bezpieczeństwo"]) == ("yes", "yes")
    assert one[f"{CARD}: Zasoby"] == "no" and one[f"{PLAN}: Cele"] == "yes"
    assert {other[name] for name in other if name.startswith((CARD, PLAN))} == {"no"}
    assert one["Debriefing po interwencji w terenie"] == "no"
    assert other["Debriefing po interwencji w terenie"] == "na"
    page = world.get("inspector", "inspection", pk=drawn.pk).content.decode()
    assert all(number in page for number in numbers) and MARK not in page
    with world.in_tenant():
        person = written.person.surname
    assert person not in page
    assert world.get("inspector", "protocol_pdf", pk=drawn.pk).status_code == 302


def test_documents_of_cases_count_in_the_sections_of_the_standard(world: Serving) -> None:
    with world.in_tenant():
        case(world, 3)
        drawn = _drawn(world.crisis, "cases", world.month)
        item = drawn.items.get()
        answers = {place: check["answer"] or "yes" for place, check in enumerate(item.checks)}
        actions.check_item(item, answers, actor=ACTOR)
        today = timezone.localdate()
        actions.write_protocol(drawn, held_on=today, present="", protocol="Przejrzano karty.", actor=ACTOR)
        actions.send_protocol(drawn, actor=ACTOR)
        scores = {one.section: (one.met, one.asked) for one in conformity_of([world.crisis.pk], today, today)}
    assert scores["addressees"] == (0, 6) and scores["scope"] == (0, 4)
    assert world.get("ngo", "protocol_pdf", pk=drawn.pk).status_code == 200


def test_who_may_not_know_a_case_sees_of_a_sample_how_many_and_no_more(
    world: Serving, django_assert_max_num_queries: Any
) -> None:
    world.clients["social_worker"] = signed_in_client(Role.SOCIAL_WORKER, world.tenant)
    with world.in_tenant():
        own, other, third = case(world, 3), case(world, 4), case(world, 5)
        worker = world.clients["social_worker"].user.pk
        own.team.create(user_id=worker, name="Pracownik", part="deputy", since=world.month.first)
        drawn = _drawn(world.crisis, "cases", world.month)
        for item in drawn.items.all():
            answers = {place: check["answer"] or "yes" for place, check in enumerate(item.checks)}
            actions.check_item(item, answers, note=f"Luka {item.case_id}", actor=ACTOR)
        today = timezone.localdate()
        actions.write_protocol(drawn, held_on=today, present="", protocol="Przejrzano.", actor=ACTOR)
        for of in (own, other):
            item = drawn.items.get(case=of)
            actions.save_finding(drawn, FindingEntry("minor", "Brak podpisu", item=item), actor=ACTOR)
        actions.send_protocol(drawn, actor=ACTOR)
        told = {of.number: f"Luka {of.pk}" for of in (own, other, third)}
    for who, knows in (("inspector", told), ("ngo", told), ("social_worker", {own.number: ""})):
        page = world.get(who, "inspection", pk=drawn.pk).content.decode()
        assert {number for number in told if number in page} == set(knows)
        assert {number for number, gap in told.items() if gap in page} == set(knows)
        assert page.count("Brak podpisu") == 2
        answer = world.get(who, "protocol_pdf", pk=drawn.pk)
        paper = "".join(one.extract_text() for one in PdfReader(BytesIO(answer.content)).pages)
        assert {number for number in told if number in paper} == set(knows)
        counted = "2 sprawy kryzysowe: więcej widzą tylko"
        assert (counted in page, counted in " ".join(paper.split())) == (who == "social_worker",) * 2
    with world.in_tenant():
        assert drawn.findings.filter(item__isnull=False).count() == 2


def test_the_tenant_says_what_the_inspector_answers_besides(world: Serving) -> None:
    page = world.get("director", "settings")
    initial = {name: page.context["form"][name].value() for name in page.context["form"].fields}
    assert initial["advice_criteria"] == "Informacja o danych osobowych przekazana osobie"
    typed = initial | {"advice_criteria": "Podpis osoby\n", "crisis_criteria": "Zgoda na kontakt"}
    assert world.post("director", "settings", typed).status_code == 302
    with world.in_tenant():
        kept = SupervisionSettings.objects.get()
        assert (kept.advice_criteria, kept.crisis_criteria) == (["Podpis osoby"], ["Zgoda na kontakt"])
        advised(world, 3)
        [item] = _drawn(world.contract, "cards", world.month).items.all()
        assert item.checks[-1] == {"section": "", "label": "Podpis osoby", "answer": ""}


def test_a_sample_asks_the_same_queries_of_few_and_of_many(
    world: Serving, django_assert_max_num_queries: Any
) -> None:
    counts = []
    with world.in_tenant():
        for first in (1, 5):
            for day in range(first, first + 4):
                case(world, day)
            with django_assert_max_num_queries(100) as asked:
                _drawn(world.crisis, "cases", world.month)
            counts.append(len(asked))
    assert counts[0] == counts[1]


def test_lines_of_the_house_are_offered_in_the_language_of_the_papers(world: Serving) -> None:
    world.clients["director"].cookies["django_language"] = "en"
    page = world.get("director", "settings")
    assert (
        page.context["form"]["advice_criteria"].value() == "Informacja o danych osobowych przekazana osobie"
    )

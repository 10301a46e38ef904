"""An evaluation takes results of surveys, inspections and breaches, with numerator and denominator, and the standard."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from audit.models import Entry
from contracting.commissioning import steps
from contracting.commissioning.models import Cycle, Step
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.tenancy import connection
from reporting.evaluation.actions.evaluating import take_result
from reporting.evaluation.models import Evaluation, EvaluationQuestion, TakenResult
from reporting.evaluation.queries.facts import Fact, facts_of
from reporting.supervision import actions
from reporting.supervision.actions import FindingEntry, InspectionPlan
from reporting.supervision.models import Inspection, Survey
from tests.factories.commissioning import make_cycle, put_at
from tests.reporting.evaluation.test_evaluating import words
from tests.reporting.supervision.asking import started
from tests.reporting.supervision.supervised import MONTH, Supervised, build_supervised

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("Dorota")
QUESTION = "Czy osoby są zadowolone?"
# Scale, choice and text of each answer: 4 + 5 + 5 + 2 + 3 = 19 points, three answers good, four say yes.
ANSWERS = [[4, 0, None], [5, 0, "dobrze"], [5, 0, None], [2, 1, None], [3, 0, None]]


@pytest.fixture
def world(alfa: Any) -> Supervised:
    return build_supervised(alfa, decisions=6)


@pytest.fixture
def cycle(world: Supervised) -> Cycle:
    with world.in_tenant():
        made = make_cycle(
            service=world.contract.service, period_from=date(2026, 1, 1), period_to=date(2026, 12, 31)
        )
        return put_at(made, steps.EVALUATION)


@pytest.fixture
def evaluation(world: Supervised, cycle: Cycle) -> Evaluation:
    with world.in_tenant():
        made = Evaluation.objects.create(cycle=cycle, title="Końcowa", kind="final", due_on=date(2026, 12, 1))
        EvaluationQuestion.objects.create(
            evaluation=made, position=1, question=QUESTION, technique="survey", finding="Tak"
        )
        return made


def surveyed(world: Supervised, answers: list[Any] = ANSWERS) -> Survey:
    """A closed survey of six decisions with these answers."""
    survey = started(world.contract)
    for invitation, given in zip(survey.invitations.all(), answers, strict=False):
        actions.answer_survey(invitation, given, channel="paper", actor=ACTOR)
    return actions.close_survey(survey, actor=ACTOR)


def inspected(world: Supervised) -> Inspection:
    """A protocol that was sent: two decisions checked, one criterion of each section missing at the second."""
    today = timezone.localdate()
    row = actions.plan_inspection(
        world.contract,
        InspectionPlan("documents", "Dzienniczki", today, inspector_name="Jan Kontroler"),
        actor=ACTOR,
    )
    row = actions.draw_sample(
        row, of="decisions", method="value", size=2, month=Month.parse(MONTH), actor=ACTOR
    )
    for place, item in enumerate(row.items.all()):
        told = dict.fromkeys(range(len(item.checks)), "yes")
        if place:
            told |= {at: "no" for at, check in enumerate(item.checks) if check["section"] == "scope"}
            told |= {at: "na" for at, check in enumerate(item.checks) if check["section"] == "monitoring"}
        actions.check_item(item, told, actor=ACTOR)
    row = actions.write_protocol(row, held_on=today, present="", protocol="Obejrzano.", actor=ACTOR)
    for severity in ("minor", "critical"):
        entry = FindingEntry(severity, "Brak podpisów")
        actions.save_finding(row, entry, actor=ACTOR)
    return actions.send_protocol(row, actor=ACTOR)


def test_a_result_is_taken_for_a_question_that_is_there(world: Supervised, evaluation: Evaluation) -> None:
    """The page offers the questions there are; one that was taken out meanwhile is refused."""
    fact = Fact("findings:closed", "share", "kontrole", "rozliczone", 1, 2)
    with world.in_tenant():
        with pytest.raises(DomainError) as refused:
            take_result(evaluation, fact, question="Czy to pytanie zniknęło?", actor=ACTOR)
        assert refused.value.code == "no_question"
        assert not TakenResult.objects.exists()


def take(world: Supervised, evaluation: Evaluation, fact: str, question: str = QUESTION) -> Any:
    address = f"/alfa/evaluation/{evaluation.pk}/results/take/"
    return world.clients["director"].post(address, {"fact": fact, "question": question})


def test_results_of_a_survey_have_numerator_and_denominator(
    world: Supervised, cycle: Cycle, evaluation: Evaluation
) -> None:
    with world.in_tenant():
        survey = surveyed(world)
        facts = {one.key: (str(one.value), one.part, one.whole) for one in facts_of(cycle)}
    assert facts == {
        f"survey:{survey.pk}:1:mean": ("3.80", 19, 5),
        f"survey:{survey.pk}:1:good": ("60.0", 3, 5),
        f"survey:{survey.pk}:2:0": ("80.0", 4, 5),
        f"survey:{survey.pk}:2:1": ("20.0", 1, 5),
    }
    director = world.clients["director"]
    assert "60,0 % (3 z 5)" in words(director.get(f"/alfa/evaluation/{evaluation.pk}/results/take/"))
    assert take(world, evaluation, f"survey:{survey.pk}:1:mean").status_code == 302
    assert take(world, evaluation, f"survey:{survey.pk}:1:good", "").status_code == 302
    # Taken again it is the same result, not another.
    assert take(world, evaluation, f"survey:{survey.pk}:1:good", "").status_code == 302
    page = words(director.get(f"/alfa/evaluation/{evaluation.pk}/"))
    assert "3,8 (suma punktów 19, odpowiedzi 5)" in page and "60,0 % (3 z 5)" in page
    pdf = director.get(f"/alfa/evaluation/{evaluation.pk}/pdf/").content
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
    assert "suma punktów 19, odpowiedzi 5" in text and "(3 z 5)" in text.replace("\u00a0", " ")
    with world.in_tenant():
        assert Entry.objects.filter(verb="take_result").count() == 3
        assert TakenResult.objects.count() == 2


def test_fewer_than_five_answers_are_told_to_nobody(
    world: Supervised, cycle: Cycle, evaluation: Evaluation
) -> None:
    with world.in_tenant():
        # Five answered the first question, four the second.
        survey = surveyed(world, [*ANSWERS[:4], [3, None, None]])
        keys = {one.key for one in facts_of(cycle)}
        assert keys == {f"survey:{survey.pk}:1:mean", f"survey:{survey.pk}:1:good"}
    assert take(world, evaluation, f"survey:{survey.pk}:2:0").status_code == 422


def test_a_survey_that_runs_has_nothing_to_take(world: Supervised, cycle: Cycle) -> None:
    with world.in_tenant():
        started(world.contract)
        assert facts_of(cycle) == []


def test_inspections_and_breaches_are_counted_and_the_standard_section_by_section(
    world: Supervised, cycle: Cycle, evaluation: Evaluation
) -> None:
    with world.in_tenant():
        inspected(world)
        for _n in range(2):
            breach = actions.report_breach(world.contract, facts="Spóźnienia", basis="§ 5", actor=ACTOR)
        actions.answer_breach(breach, answer="Prawda.", actor=ACTOR)
        actions.decide_breach(breach, outcome="warning", reasons="Trzy razy.", actor=ACTOR)
        facts = {one.key: (one.part, one.whole) for one in facts_of(cycle)}
    assert facts == {
        "findings:closed": (0, 2),
        "findings:critical": (1, 2),
        # One criterion at each of two decisions; three of the scope, all missing at the second.
        "standard:addressees": (2, 2),
        "standard:scope": (3, 6),
        "standard:qualifications": (2, 2),
        # Two criteria, which do not apply at the second.
        "standard:monitoring": (2, 2),
        "breaches:founded": (1, 2),
    }
    for address in (f"/alfa/evaluation/cycles/{cycle.pk}/", f"/alfa/evaluation/{evaluation.pk}/"):
        page = words(world.clients["director"].get(address))
        assert "czas 50,0 % 3 z 6 1" in page and "Warunki materialne nie badano – 0" in page
    pdf = world.clients["director"].get(f"/alfa/evaluation/{evaluation.pk}/pdf/").content
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
    assert "Stopień realizacji standardu" in text and "3 z 6" in text.replace("\u00a0", " ")


def test_a_share_fills_in_the_result_of_an_outcome(world: Supervised, cycle: Cycle) -> None:
    with world.in_tenant():
        survey = surveyed(world)
    director = world.clients["director"]
    address = f"/alfa/evaluation/cycles/{cycle.pk}/outcomes/add/"
    form = director.get(f"{address}?fact=survey:{survey.pk}:1:good").context["form"]
    assert (form["result_part"].value(), form["result_whole"].value()) == (3, 5)
    assert "Punktualność" in form["source"].value()
    for strange in (f"survey:{survey.pk}:1:mean", "x", "%00"):
        page = director.get(f"{address}?fact={strange}")
        assert page.status_code == 200 and page.context["form"]["result_part"].value() is None


def test_results_follow_their_question_and_leave_with_a_word(
    world: Supervised, evaluation: Evaluation
) -> None:
    with world.in_tenant():
        inspected(world)
    take(world, evaluation, "findings:closed")
    typed = {
        "kind": "final",
        "title": "Końcowa",
        "due_on": "01.12.2026",
        "summary": "Dobrze.",
        "questions-TOTAL_FORMS": 1,
        "questions-INITIAL_FORMS": 1,
        "questions-0-question": "Czy osoby i rodziny są zadowolone?",
        "questions-0-technique": "survey",
        "questions-0-finding": "Tak",
        "recommendations-TOTAL_FORMS": 0,
        "recommendations-INITIAL_FORMS": 0,
    }
    director = world.clients["director"]
    assert director.post(f"/alfa/evaluation/{evaluation.pk}/edit/", typed).status_code == 302
    with world.in_tenant():
        taken = TakenResult.objects.get()
        assert taken.question == "Czy osoby i rodziny są zadowolone?"
    assert take(world, evaluation, "findings:closed", QUESTION).status_code == 422
    assert director.post(f"/alfa/evaluation/{evaluation.pk}/finish/").status_code == 302
    remove = f"/alfa/evaluation/results/{taken.pk}/remove/"
    assert director.post(remove).status_code == 422
    assert take(world, evaluation, "findings:critical", "").status_code == 422
    director.post(f"/alfa/evaluation/{evaluation.pk}/reopen/")
    assert world.clients["inspector"].post(remove).status_code == 403
    assert director.get(remove).status_code == 200 and director.post(remove).status_code == 302
    with world.in_tenant():
        assert not TakenResult.objects.exists()


def test_an_evaluation_is_due_within_the_plan_of_the_cycle(
    world: Supervised, cycle: Cycle, evaluation: Evaluation
) -> None:
    with world.in_tenant():
        Step.objects.filter(cycle=cycle, kind=steps.EVALUATION).update(due_on=date(2027, 1, 31))
    typed = {
        "kind": "partial",
        "title": "Częściowa",
        "questions-TOTAL_FORMS": 0,
        "questions-INITIAL_FORMS": 0,
        "recommendations-TOTAL_FORMS": 0,
        "recommendations-INITIAL_FORMS": 0,
    }
    address = f"/alfa/evaluation/cycles/{cycle.pk}/plan/"
    for day in ("31.12.2025", "01.02.2027"):
        refused = world.clients["director"].post(address, {**typed, "due_on": day})
        assert refused.status_code == 422 and "Według planu cyklu" in words(refused)
    assert world.clients["director"].post(address, {**typed, "due_on": "31.01.2027"}).status_code == 302


def test_the_database_keeps_results_whole(world: Supervised, evaluation: Evaluation) -> None:
    with world.in_tenant():
        inspected(world)
    take(world, evaluation, "findings:closed")
    with world.in_tenant():
        for fields in ({"whole": 0}, {"part": 3}, {"kind": "x"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                TakenResult.objects.update(**fields)


def test_the_pages_ask_as_often_for_many_surveys_as_for_one(
    world: Supervised, cycle: Cycle, evaluation: Evaluation
) -> None:
    counts = []
    director = world.clients["director"]
    for more in (1, 3):
        with world.in_tenant():
            for _n in range(more):
                surveyed(world)
        asked_by_page = []
        for part in ("", "results/take/"):
            director.get(f"/alfa/evaluation/{evaluation.pk}/{part}")
            with CaptureQueriesContext(connection) as asked:
                director.get(f"/alfa/evaluation/{evaluation.pk}/{part}")
            asked_by_page.append(len(asked))
        counts.append(asked_by_page)
    assert counts[0] == counts[1]

"""Who typed while somebody else was quicker reads why it cannot be done, beside what they typed: nothing is lost."""

from typing import Any

import pytest
from django.utils import timezone

from kernel.errors import DomainError
from kernel.periods import Month
from reporting.supervision import actions
from reporting.supervision.models import Questionnaire
from tests.reporting.supervision.asking import ACTOR, published, started
from tests.reporting.supervision.dossiers import at, conclude, recommend, task
from tests.reporting.supervision.supervised import MONTH, Supervised, in_days, rows
from tests.reporting.supervision.test_breaches import answer, decide, reported
from tests.reporting.supervision.test_inspections import check, draw, fresh, hold, plan, recommendation, sent

pytestmark = pytest.mark.django_db
TYPED = "Napisane przed chwilą"
STATE = "Stan kontroli na to nie pozwala"


def _kept(answer: Any, says: str, typed: str = TYPED) -> None:
    """The form again, with the sentence on it and what was typed in it."""
    page = answer.content.decode().replace("\u00a0", " ")
    assert answer.status_code == 422 and "<form" in page
    assert says in page and typed in page


def _turned_back(world: Supervised, who: str, name: str, **address: Any) -> None:
    """Whoever only comes to the form is sent to what stands now."""
    answer = world.get(who, name, **address)
    assert answer.status_code == 302
    told = world.clients[who].get(answer.url)
    assert "W obecnym stanie nie można tego zrobić" in told.content.decode()


def test_a_protocol_that_was_sent_meanwhile(world: Supervised) -> None:
    inspection = plan(world)
    draw(world, inspection)
    hold(world, inspection)
    for place in (1, 2):
        check(world, inspection, place)
    row = rows({"text": "Uzupełnić", "owner": "koordynator", "due_on": in_days(10)})
    found = {"severity": "minor", "text": TYPED, **row}
    assert world.post("inspector", "add_finding", found, pk=inspection.pk).status_code == 302
    with world.in_tenant():
        item, finding = inspection.items.first(), inspection.findings.get()
    assert item is not None
    assert world.post("inspector", "send_protocol", pk=inspection.pk).status_code == 302
    pk, of_finding = {"pk": inspection.pk}, {"pk": inspection.pk, "finding_pk": finding.pk}
    of_item = {"pk": inspection.pk, "item_pk": item.pk}
    answers = {f"check_{number}": "yes" for number in range(len(item.checks))}
    planned = {
        "kind": "both", "subject": TYPED, "planned_on": in_days(3),
        "inspector": str(world.clients["inspector"].user.pk),
    }  # fmt: skip
    told: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("change_inspection", planned, pk),
        ("call_off_inspection", {"reason": TYPED}, pk),
        ("draw_sample", {"of": "visits", "method": "random", "month": MONTH, "size": 3, "seed": TYPED}, pk),
        ("write_protocol", {"held_on": in_days(0), "protocol": TYPED}, pk),
        ("check_item", {**answers, "note": TYPED}, of_item),
        ("add_finding", {**found, "text": TYPED}, pk),
        ("change_finding", {**found, "text": TYPED}, of_finding),
    ]
    for name, data, address in told:
        _kept(world.post("inspector", name, data, **address), STATE)
        _turned_back(world, "inspector", name, **address)
    _kept(world.post("inspector", "send_protocol", **pk), STATE, "")
    _kept(world.post("inspector", "remove_finding", **of_finding), STATE)
    with world.in_tenant():
        inspection.refresh_from_db()
        assert (inspection.state, inspection.protocol) == ("sent", "Obejrzano dokumenty.")
        assert inspection.findings.count() == 1


def test_an_answer_and_recommendations_that_were_settled_meanwhile(world: Supervised) -> None:
    inspection = sent(world)
    one = recommendation(world, inspection)
    answered = {"answer": TYPED}
    assert world.post("ngo", "answer_protocol", answered, pk=inspection.pk).status_code == 302
    _kept(world.post("ngo", "answer_protocol", answered, pk=inspection.pk), STATE)
    assert world.post("ngo", "report_recommendation", {"report": "Są."}, pk=one.pk).status_code == 302
    settled = "To zalecenie jest już rozliczone"
    _kept(world.post("ngo", "report_recommendation", {"report": TYPED}, pk=one.pk), settled)
    followed = {"result": "done", "note": TYPED}
    assert world.post("inspector", "follow_up_recommendation", followed, pk=one.pk).status_code == 302
    _kept(world.post("inspector", "follow_up_recommendation", followed, pk=one.pk), settled)
    closing = {"note": TYPED}
    assert world.post("inspector", "close_inspection", closing, pk=inspection.pk).status_code == 302
    _kept(world.post("inspector", "close_inspection", closing, pk=inspection.pk), STATE)
    over = "do zamknięcia kontroli"
    _kept(world.post("inspector", "follow_up_recommendation", followed, pk=one.pk), over)
    _turned_back(world, "inspector", "follow_up_recommendation", pk=one.pk)
    assert fresh(world, inspection).closing_note == TYPED


def test_a_sample_of_which_something_was_checked_stays(world: Supervised) -> None:
    inspection = plan(world)
    draw(world, inspection)
    check(world, inspection, 1)
    _kept(draw(world, inspection, seed=TYPED), "Część tej próby została już sprawdzona")


def test_a_breach_that_was_decided_meanwhile(world: Supervised) -> None:
    breach, state = reported(world), "Stan zgłoszenia na to nie pozwala"
    answer(world, breach)
    _kept(answer(world, breach), state, "Choroba opiekunki.")
    assert decide(world, breach, outcome="warning").status_code == 302
    _kept(decide(world, breach, reasons=TYPED), state)
    _kept(world.post("inspector", "withdraw_breach", {"reason": TYPED}, pk=breach.pk), state)
    _turned_back(world, "inspector", "withdraw_breach", pk=breach.pk)


def test_a_dossier_that_was_concluded_or_opened_meanwhile(world: Supervised) -> None:
    assert recommend(world).status_code == 302
    _kept(
        world.post("director", "reopen_dossier", {"reason": TYPED}, **at(world)),
        "Teczka tego miesiąca jest już otwarta.",
    )
    assert conclude(world).status_code == 302
    concluded = "Teczka tego miesiąca jest zamknięta"
    _kept(world.post("ngo", "report_problems", {"problems": TYPED}, **at(world)), concluded)
    _kept(recommend(world, reason=TYPED), concluded)
    _kept(world.post("director", "conclude_dossier", {"conclusions": TYPED}, **at(world)), concluded)
    _turned_back(world, "director", "conclude_dossier", **at(world))
    drop = {"reason": TYPED}
    assert world.post("director", "drop_task", drop, pk=task(world).pk).status_code == 302
    settled = "Zadanie z tej rekomendacji jest już zakończone"
    _kept(world.post("director", "drop_task", drop, pk=task(world).pk), settled)
    _kept(world.post("director", "complete_task", pk=task(world).pk), settled, "")
    _turned_back(world, "director", "complete_task", pk=task(world).pk)


def test_a_survey_that_was_closed_meanwhile(world: Supervised) -> None:
    with world.in_tenant():
        survey = started(world.contract)
        invitation = survey.invitations.first()
        assert invitation is not None
        with pytest.raises(DomainError) as refused:
            actions.answer_survey(invitation, [9, None, None], channel="paper", actor=ACTOR)
        assert refused.value.code == "not_an_answer"
    pk, one = {"pk": survey.pk}, {"pk": survey.pk, "invitation_pk": invitation.pk}
    assert world.post("director", "close_survey", **pk).status_code == 302
    closed = "Ankieta jest zamknięta i nie przyjmuje już odpowiedzi."
    said = {"channel": "phone", "answer_0": "4", "answer_2": TYPED}
    _kept(world.post("inspector", "enter_survey_answers", said, **one), closed)
    mail = {f"mail_{invitation.place}": "rodzina@przyklad.test"}
    _kept(world.post("inspector", "mail_survey_links", mail, **pk), closed, "rodzina@przyklad.test")
    for name in ("close_survey", "issue_survey_links"):
        _kept(world.post("director", name, **pk), closed, "")
    for name in ("close_survey", "issue_survey_links", "mail_survey_links"):
        _turned_back(world, "director", name, **pk)
    _turned_back(world, "inspector", "enter_survey_answers", **one)


def test_a_questionnaire_that_was_published_meanwhile(world: Supervised) -> None:
    with world.in_tenant():
        pk = published().pk
    _kept(world.post("director", "publish_questionnaire", pk=pk), "opublikowana", "")
    _turned_back(world, "director", "publish_questionnaire", pk=pk)
    with world.in_tenant():
        assert Questionnaire.objects.get().state == "published"


def test_the_months_of_a_survey_do_not_run_backwards(world: Supervised) -> None:
    with world.in_tenant():
        asked = published()
    this = Month.of(timezone.localdate())
    typed = {
        "contract": world.contract.pk, "questionnaire": asked.pk, "method": "random", "size": 5,
        "closes_on": in_days(7), "first_month": str(this), "last_month": str(this.previous()), "seed": TYPED,
    }  # fmt: skip
    _kept(world.post("director", "start_survey", typed), "Wybierz okres od 1 do")

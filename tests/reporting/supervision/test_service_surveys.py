"""Surveys of advice and of crisis intervention: nobody is drawn whom only an alias tells, or against what was agreed."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from audit.models import Entry
from kernel.errors import DomainError
from reporting.advice.models import Note
from reporting.crisis.actions import note_asking
from reporting.supervision import actions
from reporting.supervision.actions import SurveyPlan
from reporting.supervision.models import Survey
from tests.reporting.supervision.asking import ACTOR
from tests.reporting.supervision.serving import (
    Serving,
    advised,
    build_serving,
    case,
    known,
    of_worker,
    questionnaire,
    session,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Any) -> Serving:
    return build_serving(alfa)


def _plan(world: Serving) -> SurveyPlan:
    until = timezone.localdate() + timedelta(days=7)
    return SurveyPlan(first=world.month, last=world.month, method="random", size=50, closes_on=until)


def _started(world: Serving, audience: str) -> Survey:
    contract = world.crisis if audience == "crisis" else world.contract
    return actions.start_survey(contract, questionnaire(audience), _plan(world), actor=ACTOR)


def test_advised_persons_are_asked_once_each_and_nobody_behind_an_alias(world: Serving) -> None:
    with world.in_tenant():
        reached = known("Asklewska")
        advised(world, 3, person=reached)
        newest = advised(world, 10, person=reached, minutes=30)
        advised(world, 11, person=known("Niedostępna", reached=False))
        advised(world, 12, alias="Pani Kalafonia")
        advised(world, 13, alias="Pani Kalafonia")
        advised(world, 14)
        quiz = questionnaire("advised")
    sent = {
        "contract": str(world.contract.pk),
        "questionnaire": str(quiz.pk),
        "first_month": str(world.month),
        "last_month": str(world.month),
        "method": "random",
        "size": "10",
        "closes_on": f"{timezone.localdate() + timedelta(days=7):%d.%m.%Y}",
        "seed": "",
    }
    assert world.post("inspector", "start_survey", sent).status_code == 302
    with world.in_tenant():
        survey = Survey.objects.get()
        [drawn] = survey.invitations.all()
        assert (drawn.appointment_id, drawn.decision_id, drawn.case_id) == (newest.pk, None, None)
        assert (survey.population, survey.unasked) == (1, {"alias": 1, "anonymous": 1, "no_contact": 1})
    page = world.get("inspector", "survey", pk=survey.pk).content.decode()
    assert "Asklewska" in page and f"{newest.date:%d.%m.%Y} 10:00 · D7" in page
    assert "znane tylko z pseudonimu: 1" in page and "pozostał anonimowy: 1" in page
    for hidden in ("Kalafonia", "Niedostępna"):
        assert hidden not in page
    told = world.get("ngo", "survey", pk=survey.pk).content.decode()
    assert "znane tylko z pseudonimu: 1" in told and "Asklewska" not in told


def test_no_note_is_read_for_a_survey(world: Serving, django_assert_max_num_queries: Any) -> None:
    with world.in_tenant():
        held = advised(world, 3, person=known("Asklewska"))
        Note.objects.create(
            appointment=held, author_id=world.adviser.pk, author_name="Doradca", content=b"not a cipher"
        )
        with django_assert_max_num_queries(60) as asked:
            survey = _started(world, "advised")
        assert not [query for query in asked.captured_queries if "advice_note" in query["sql"]]
        assert survey.population == 1


def test_somebody_who_must_not_be_contacted_is_not_drawn_for_advice_and_no_number_says_why(
    world: Serving,
) -> None:
    with world.in_tenant():
        threatened = known("Zagrożona")
        advised(world, 3, person=threatened)
        advised(world, 4, person=known("Asklewska"))
        case(world, 5, person=threatened, asking="unsafe")
        survey = _started(world, "advised")
        assert (survey.population, survey.unasked) == (1, {"no_contact": 1})


def test_of_crisis_cases_only_those_are_drawn_whose_person_agreed(world: Serving) -> None:
    with world.in_tenant():
        agreed = case(world, 3, asking="agreed")
        session(world, agreed, 4)
        case(world, 5)
        case(world, 6, asking="declined")
        case(world, 7, asking="unsafe")
        twice = known("Dwukrotna")
        case(world, 8, person=twice, asking="agreed")
        case(world, 9, person=twice, asking="unsafe")
        case(world, 10, identity="alias", alias="Pani Kalafonia")
        case(world, 11, identity="anonymous")
        survey = _started(world, "crisis")
        [drawn] = survey.invitations.all()
        assert drawn.case_id == agreed.pk
        assert survey.unasked == {"alias": 1, "anonymous": 1, "not_agreed": 5}
        number, surname = agreed.number, agreed.person.surname
    page = world.get("inspector", "survey", pk=survey.pk).content.decode()
    assert number in page and surname not in page
    assert "Mail links" not in page and "Wyślij linki" not in page
    assert "wyłącznie osoby, które prowadzą sprawę" in page
    linked = world.post("inspector", "issue_survey_links", pk=survey.pk).content.decode()
    assert number in linked and surname not in linked


def test_nothing_is_mailed_to_somebody_in_a_crisis(world: Serving) -> None:
    with world.in_tenant():
        case(world, 3, asking="agreed")
        survey = _started(world, "crisis")
        drawn = survey.invitations.get()
        with pytest.raises(DomainError):
            actions.mail_links(survey, {drawn.pk: "ktos@przyklad.test"}, actor=ACTOR)
        assert drawn.mailing == ""
    assert world.get("inspector", "mail_survey_links", pk=survey.pk).status_code == 302
    typed = {f"mail_{drawn.place}": "ktos@przyklad.test"}
    world.post("inspector", "mail_survey_links", typed, pk=survey.pk)
    assert mail.outbox == []


def test_answers_of_a_crisis_survey_are_entered_and_name_nobody(world: Serving) -> None:
    with world.in_tenant():
        case(world, 3, asking="agreed")
        survey = _started(world, "crisis")
        drawn = survey.invitations.get()
    keys = {"pk": survey.pk, "invitation_pk": drawn.pk}
    assert world.get("inspector", "enter_survey_answers", **keys).status_code == 200
    entered = world.post("inspector", "enter_survey_answers", {"channel": "paper", "answer_0": "5"}, **keys)
    assert entered.status_code == 302
    with world.in_tenant():
        assert survey.responses.get().answers == [5, None, None]
        drawn.refresh_from_db()
        assert drawn.state == "used"


@pytest.mark.parametrize("audience", ["advised", "crisis"])
def test_where_nobody_can_be_asked_the_refusal_says_why(world: Serving, audience: str) -> None:
    with world.in_tenant():
        advised(world, 3, alias="Pani Kalafonia")
        case(world, 3)
        with pytest.raises(DomainError) as refused:
            _started(world, audience)
        assert refused.value.code == "nothing_to_draw" and refused.value.field == "first_month"
        assert not Survey.objects.exists()


def test_what_was_agreed_is_noted_by_the_team_and_told_to_nobody_else(world: Serving) -> None:
    with world.in_tenant():
        made = case(world, 3)
    address = f"/{world.tenant.slug}/crisis/{made.pk}/asking/"
    assert world.clients["ngo"].get(address).status_code == 302
    assert world.clients["other_ngo"].get(address).status_code == 404
    assert world.clients["worker"].get(address).status_code == 200
    assert world.clients["worker"].post(address, {"asking": "nonsense"}).status_code == 422
    assert world.clients["worker"].post(address, {"asking": "unsafe"}).status_code == 302
    with world.in_tenant():
        made.refresh_from_db()
        assert made.asking == "unsafe"
        entry = Entry.objects.filter(verb="note_crisis_asking").latest("at")
        assert "unsafe" not in str(entry.payload)
    shown = world.clients["worker"].get(f"/{world.tenant.slug}/crisis/{made.pk}/").content.decode()
    assert "nie wolno się kontaktować" in shown
    hidden = world.clients["ngo"].get(f"/{world.tenant.slug}/crisis/{made.pk}/").content.decode()
    assert "nie wolno się kontaktować" not in hidden


def test_an_alias_is_never_said_to_have_agreed(world: Serving) -> None:
    with world.in_tenant():
        made = case(world, 3, identity="alias", alias="Pani Kalafonia")
        with pytest.raises(DomainError):
            note_asking(made, asking="agreed", actor=of_worker(world))
        assert note_asking(made, asking="unsafe", actor=of_worker(world)).asking == "unsafe"

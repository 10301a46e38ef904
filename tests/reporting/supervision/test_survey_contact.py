"""Who must not be contacted: no survey draws, links or mails them, whenever it was noted, and nobody is told why."""

from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from kernel.errors import DomainError
from reporting.care.models import Person
from reporting.crisis.actions import note_asking
from reporting.crisis.models import CrisisCase
from reporting.supervision import actions, tasks
from reporting.supervision.models import Invitation, Survey
from tests.queueing import remember_queued
from tests.reporting.supervision.asking import ACTOR, link_of, plan, published, started
from tests.reporting.supervision.serving import (
    Serving,
    advised,
    build_serving,
    case,
    known,
    of_worker,
    questionnaire,
)
from tests.reporting.supervision.supervised import Supervised

pytestmark = pytest.mark.django_db
ADDRESS, NO_CONTACT = "rodzina@example.org", "brak kontaktu, którego można by użyć do pytań"


@pytest.fixture
def serving(alfa: Any) -> Serving:
    return build_serving(alfa)


def _threatened(person: Person) -> None:
    """A case of the unit says that the person must not be contacted."""
    CrisisCase.objects.create(
        number=f"K/{person.pk.hex[-6:]}",
        opened_at=timezone.now(),
        contact="place",
        identity="person",
        person=person,
        asking="unsafe",
    )


def _of(survey: Survey, decision: Any) -> Invitation:
    found: Invitation = survey.invitations.get(decision=decision)
    return found


def test_a_survey_of_care_does_not_draw_them_and_no_number_says_why(world: Supervised) -> None:
    with world.in_tenant():
        _threatened(world.full.person)
        survey = started(world.contract)
        assert [one.decision_id for one in survey.invitations.all()] == [world.short.pk]
        assert (survey.population, survey.unasked) == (1, {"no_contact": 1})
        _threatened(world.short.person)
        with pytest.raises(DomainError) as refused:
            actions.start_survey(world.contract, published(), plan(), actor=ACTOR)
        assert refused.value.code == "nothing_to_draw"


def test_who_was_drawn_before_gets_no_link_and_a_link_made_before_stops(
    world: Supervised, client: Any
) -> None:
    with world.in_tenant():
        survey = started(world.contract)
        tokens = {one.decision_id: token for one, token in actions.issue_links(survey, actor=ACTOR)}
        drawn, other = _of(survey, world.full), _of(survey, world.short)
        _threatened(world.full.person)
    links = {pk: link_of(world.tenant.slug, token) for pk, token in tokens.items()}
    assert client.get(links[world.full.pk]).status_code == 410
    assert client.post(links[world.full.pk], {"answer_0": "5"}).status_code == 410
    assert client.get(links[world.short.pk]).status_code == 200
    page = world.get("inspector", "survey", pk=survey.pk).content.decode()
    assert page.count(NO_CONTACT) == 1
    assert str(drawn.pk) not in page and str(other.pk) in page
    single = f"?invitation={drawn.pk}"
    assert world.get("inspector", "issue_survey_links", single, pk=survey.pk).status_code == 302
    asked = world.clients["inspector"].post(world.url("issue_survey_links", pk=survey.pk) + single)
    assert asked.status_code == 422 and "Z tego zaproszenia nie można skorzystać" in asked.content.decode()
    keys = {"pk": survey.pk, "invitation_pk": drawn.pk}
    assert world.get("inspector", "enter_survey_answers", **keys).status_code == 302
    entered = world.post("inspector", "enter_survey_answers", {"channel": "phone", "answer_0": "5"}, **keys)
    assert entered.status_code == 422
    with world.in_tenant():
        assert not survey.responses.exists()


def test_links_for_all_leave_them_out_and_closing_counts_them(world: Supervised) -> None:
    with world.in_tenant():
        survey = started(world.contract)
        _threatened(world.full.person)
        issued = actions.issue_links(survey, actor=ACTOR)
        assert [one.decision_id for one, _token in issued] == [world.short.pk]
        with pytest.raises(DomainError):
            actions.issue_links(survey, actor=ACTOR)
        assert actions.close_survey(survey, actor=ACTOR).unasked == {"no_contact": 1}
        survey.refresh_from_db()
        assert survey.unasked == {"no_contact": 1}


def test_nothing_is_mailed_to_them_neither_asked_for_nor_waiting_in_the_queue(
    world: Supervised, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    queued = remember_queued(monkeypatch, tasks.mail_survey_link)
    with world.in_tenant():
        survey = started(world.contract)
        drawn = _of(survey, world.full)
        with django_capture_on_commit_callbacks(execute=True):
            actions.mail_links(survey, {drawn.pk: ADDRESS}, actor=ACTOR)
        _threatened(world.full.person)
        [(pk, _schema)] = queued
        tasks.mail_survey_link.run(pk)
        drawn.refresh_from_db()
        assert (drawn.mailing, drawn.mail_encrypted, drawn.token_sha256) == ("", None, "")
        with pytest.raises(DomainError) as refused:
            actions.mail_links(survey, {drawn.pk: ADDRESS}, actor=ACTOR)
        assert refused.value.code == "nothing_to_mail"
    assert mail.outbox == []
    form = world.get("inspector", "mail_survey_links", pk=survey.pk).content.decode()
    assert "Łącka-1" in form and "Łącka-0" not in form
    typed = {f"mail_{drawn.place}": ADDRESS}
    assert world.post("inspector", "mail_survey_links", typed, pk=survey.pk).status_code == 422


def test_what_the_team_notes_holds_at_once_for_surveys_of_advice_that_run(serving: Serving) -> None:
    with serving.in_tenant():
        threatened = known("Zagrożona")
        advised(serving, 3, person=threatened)
        made = case(serving, 5, person=threatened, asking="agreed")
        quiz = questionnaire("advised")
        survey = actions.start_survey(
            serving.contract, quiz, plan(first=serving.month, last=serving.month), actor=ACTOR
        )
        note_asking(made, asking="unsafe", actor=of_worker(serving))
        with pytest.raises(DomainError):
            actions.issue_links(survey, actor=ACTOR)
        with pytest.raises(DomainError):
            actions.mail_links(survey, {survey.invitations.get().pk: ADDRESS}, actor=ACTOR)


@pytest.mark.parametrize("asking", ["unsafe", "declined", "unknown"])
def test_a_case_that_no_longer_agrees_gets_no_link(serving: Serving, asking: str) -> None:
    with serving.in_tenant():
        made, other = case(serving, 3, asking="agreed"), case(serving, 4, asking="agreed")
        quiz = questionnaire("crisis")
        survey = actions.start_survey(
            serving.crisis, quiz, plan(first=serving.month, last=serving.month), actor=ACTOR
        )
        note_asking(made, asking=asking, actor=of_worker(serving))
        assert [one.case_id for one, _token in actions.issue_links(survey, actor=ACTOR)] == [other.pk]
        # Another case of the same person, which nobody drew, says it as well.
        case(serving, 6, person=other.person, asking="unsafe")
        with pytest.raises(DomainError):
            actions.issue_links(survey, survey.invitations.get(case=other), actor=ACTOR)
    page = serving.get("inspector", "survey", pk=survey.pk).content.decode()
    assert page.count(NO_CONTACT) == 2

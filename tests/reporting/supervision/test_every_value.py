"""Every value of inspections, controls of one's own, breaches, surveys and dossiers, through their pages."""

from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.db.models import TextChoices
from django.test import Client

from reporting.supervision.models import (
    Breach,
    DecisionAdvice,
    Dossier,
    Finding,
    Inspection,
    Invitation,
    OwnControl,
    Questionnaire,
    Recommendation,
    ServiceTask,
    Survey,
    SurveyResponse,
)
from tests.reporting.supervision.asking import started
from tests.reporting.supervision.dossiers import at, conclude, recommend, task
from tests.reporting.supervision.serving import Serving, advised, build_serving, case, known, questionnaire
from tests.reporting.supervision.supervised import Supervised, in_days
from tests.reporting.supervision.test_breaches import answer, decide, reported
from tests.reporting.supervision.test_dossiers import amend
from tests.reporting.supervision.test_inspections import draw, find, hold, plan, recommendation
from tests.reporting.supervision.test_mailed_links import ADDRESS, ask, queued, row, run
from tests.reporting.supervision.test_own_controls import enter
from tests.reporting.supervision.test_service_dossiers import REASON
from tests.reporting.supervision.test_surveys import link, start, typed
from tests.values_on_pages import assert_offered, assert_shown, times_said

__all__ = ["queued"]
pytestmark = pytest.mark.django_db
BOTH = ("inspector", "ngo")


def brought_to(world: Supervised, state: str) -> Inspection:
    """An inspection in the state, by the pages that lead there."""
    row = plan(world)
    steps = {
        "called_off": [("inspector", "call_off_inspection", {"reason": "Choroba"})],
        "sent": [("inspector", "send_protocol", {})],
        "answered": [("inspector", "send_protocol", {}), ("ngo", "answer_protocol", {"answer": "Tak."})],
        "closed": [
            ("inspector", "send_protocol", {}),
            ("inspector", "close_inspection", {"note": "Koniec."}),
        ],
    }
    if state not in ("planned", "called_off"):
        hold(world, row)
    if state in ("sent", "answered"):
        find(world, row)
    for who, name, data in steps.get(state, []):
        assert world.post(who, name, data, pk=row.pk).status_code == 302, name
    return row


@pytest.mark.parametrize("state", list(Inspection.State), ids=str)
def test_every_state_of_an_inspection(world: Supervised, state: Inspection.State) -> None:
    row = brought_to(world, state)
    with world.in_tenant():
        assert Inspection.objects.get(pk=row.pk).state == state
    for who in BOTH:
        for address in (world.url("inspection", pk=row.pk), world.url("inspections")):
            assert_shown(world.clients[who], address, state)


@pytest.mark.parametrize("state", list(Recommendation.State), ids=str)
def test_every_state_of_a_recommendation(world: Supervised, state: Recommendation.State) -> None:
    row = brought_to(world, "sent")
    one = recommendation(world, row)
    if state == "reported":
        data = {"report": "Zrobiono."}
        assert world.post("ngo", "report_recommendation", data, pk=one.pk).status_code == 302
    elif state != "open":
        assert_offered(world.clients["inspector"], world.url("follow_up_recommendation", pk=one.pk), state)
        data = {"result": state.value, "note": "Obejrzano."}
        assert world.post("inspector", "follow_up_recommendation", data, pk=one.pk).status_code == 302
    assert recommendation(world, row).state == state
    for who in BOTH:
        assert_shown(world.clients[who], world.url("inspection", pk=row.pk), state)


@pytest.mark.parametrize("outcome", list(Breach.Outcome), ids=str)
def test_every_outcome_of_a_breach(world: Supervised, outcome: Breach.Outcome) -> None:
    breach = reported(world)
    assert answer(world, breach).status_code == 302
    page, asked = world.url("breach", pk=breach.pk), world.url("decide_breach", pk=breach.pk)
    assert_offered(world.clients["director"], asked, outcome)
    before = times_said(world.clients["director"], page, outcome)
    money = {} if outcome == "penalty" else {"amount": "", "month": ""}
    assert decide(world, breach, outcome=outcome.value, **money).status_code == 302
    for who in ("director", "ngo"):
        assert_shown(world.clients[who], page, outcome, before=before)


@pytest.mark.parametrize("kind", list(Inspection.Kind), ids=str)
def test_every_kind_of_inspection(world: Supervised, kind: Inspection.Kind) -> None:
    inspector = world.clients["inspector"]
    assert_offered(inspector, world.url("plan_inspection"), kind)
    row = plan(world, kind=kind.value)
    assert row.kind == kind
    for who in BOTH:
        for address in (world.url("inspection", pk=row.pk), world.url("inspections")):
            assert_shown(world.clients[who], address, kind)


@pytest.mark.parametrize("method", list(Inspection.Method), ids=str)
def test_every_way_to_draw_a_sample(world: Supervised, method: Inspection.Method) -> None:
    inspector, row = world.clients["inspector"], plan(world)
    assert_offered(inspector, world.url("draw_sample", pk=row.pk), method)
    page = world.url("inspection", pk=row.pk)
    before = times_said(inspector, page, method)
    assert draw(world, row, method=method.value).status_code == 302
    with world.in_tenant():
        assert Inspection.objects.get().method == method
    assert_shown(inspector, page, method, before=before)


@pytest.mark.parametrize("severity", list(Finding.Severity), ids=str)
def test_every_severity_of_a_finding(world: Supervised, severity: Finding.Severity) -> None:
    inspector, row = world.clients["inspector"], plan(world)
    hold(world, row)
    assert_offered(inspector, world.url("add_finding", pk=row.pk), severity)
    page = world.url("inspection", pk=row.pk)
    before = times_said(inspector, page, severity)
    assert find(world, row, severity=severity.value).status_code == 302
    with world.in_tenant():
        assert Finding.objects.get().severity == severity
    assert_shown(inspector, page, severity, before=before)


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", one) for one in OwnControl.Kind] + [("result", one) for one in OwnControl.Result],
    ids=str,
)
def test_every_kind_and_result_of_a_control_of_ones_own(
    world: Supervised, field: str, value: TextChoices
) -> None:
    listed = world.url("own_controls")
    assert_offered(world.clients["ngo"], world.url("enter_own_control"), value)
    before = {who: times_said(world.clients[who], listed, value) for who in BOTH}
    assert enter(world, **{field: value.value}).status_code == 302
    with world.in_tenant():
        assert getattr(OwnControl.objects.get(), field) == value
    for who in BOTH:
        assert_shown(world.clients[who], listed, value, before=before[who])


@pytest.mark.parametrize("audience", list(Questionnaire.Audience), ids=str)
def test_every_audience_of_a_questionnaire(world: Supervised, audience: Questionnaire.Audience) -> None:
    director, listed = world.clients["director"], world.url("questionnaires")
    assert_offered(director, world.url("write_questionnaire"), audience)
    before = times_said(director, listed, audience)
    assert world.post("director", "write_questionnaire", typed(audience=audience.value)).status_code == 302
    with world.in_tenant():
        kept = Questionnaire.objects.get()
    assert kept.audience == audience
    assert_shown(director, listed, audience, before=before)
    assert_shown(director, world.url("questionnaire", pk=kept.pk), audience)


@pytest.mark.parametrize("state", list(Questionnaire.State), ids=str)
def test_every_state_of_a_questionnaire(world: Supervised, state: Questionnaire.State) -> None:
    world.post("director", "write_questionnaire", typed())
    with world.in_tenant():
        kept = Questionnaire.objects.get()
    if state == Questionnaire.State.PUBLISHED:
        assert world.post("director", "publish_questionnaire", pk=kept.pk).status_code == 302
    with world.in_tenant():
        assert Questionnaire.objects.get().state == state
    for page in (world.url("questionnaires"), world.url("questionnaire", pk=kept.pk)):
        assert_shown(world.clients["director"], page, state)


@pytest.mark.parametrize("state", list(Survey.State), ids=str)
def test_every_state_of_a_survey(world: Supervised, state: Survey.State) -> None:
    assert start(world).status_code == 302
    with world.in_tenant():
        survey = Survey.objects.get()
    if state == Survey.State.CLOSED:
        assert world.post("director", "close_survey", pk=survey.pk).status_code == 302
    with world.in_tenant():
        assert Survey.objects.get().state == state
    for page in (world.url("survey", pk=survey.pk), world.url("surveys")):
        assert_shown(world.clients["inspector"], page, state)


@pytest.fixture
def survey(world: Supervised) -> Survey:
    with world.in_tenant():
        return started(world.contract)


@pytest.mark.parametrize("state", list(Invitation.State), ids=str)
def test_every_state_of_an_invitation(world: Supervised, survey: Survey, state: Invitation.State) -> None:
    with world.in_tenant():
        invitation = survey.invitations.get(place=1)
    if state == Invitation.State.USED:
        sent = {"channel": "paper", "answer_0": "4"}
        where = {"pk": survey.pk, "invitation_pk": invitation.pk}
        assert world.post("inspector", "enter_survey_answers", sent, **where).status_code == 302
    elif state == Invitation.State.ENDED:
        assert world.post("director", "close_survey", pk=survey.pk).status_code == 302
    with world.in_tenant():
        assert survey.invitations.get(place=1).state == state
    assert_shown(world.clients["inspector"], world.url("survey", pk=survey.pk), state)


@pytest.mark.parametrize("mailing", list(Invitation.Mailing), ids=str)
def test_every_fate_of_a_mailed_link(
    world: Supervised,
    survey: Survey,
    queued: list[Any],
    mailing: Invitation.Mailing,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    page, director = world.url("survey", pk=survey.pk), world.clients["director"]
    before = times_said(director, page, mailing)
    ask(world, survey, django_capture_on_commit_callbacks, mail_1=ADDRESS)
    if mailing == Invitation.Mailing.REFUSED:

        def refuse(*_given: Any, **_named: Any) -> None:
            raise SMTPRecipientsRefused({ADDRESS: (550, b"never")})

        monkeypatch.setattr("accounts.mailing.EmailMessage.send", refuse)
    if mailing != Invitation.Mailing.WAITING:
        [(pk, _schema)] = queued
        run(world, pk)
    assert row(world).mailing == mailing
    assert_shown(director, page, mailing, before=before)


@pytest.mark.parametrize("channel", list(SurveyResponse.Channel), ids=str)
def test_every_channel_of_an_answer(
    world: Supervised, survey: Survey, channel: SurveyResponse.Channel
) -> None:
    if channel == SurveyResponse.Channel.LINK:
        assert Client().post(link(world, survey), {"answer_0": "5"}).status_code == 302
    else:
        where = {"pk": survey.pk, "invitation_pk": row(world).pk}
        assert_offered(world.clients["inspector"], world.url("enter_survey_answers", **where), channel)
        sent = {"channel": channel.value, "answer_0": "5"}
        assert world.post("inspector", "enter_survey_answers", sent, **where).status_code == 302
    with world.in_tenant():
        assert SurveyResponse.objects.get().channel == channel


@pytest.fixture
def serving(alfa: Any) -> Serving:
    return build_serving(alfa)


# Of whom nobody is asked for the reason, and for whom the questionnaire is; a new reason fails until it stands here.
def _unasked(serving: Serving, why: Survey.Unasked) -> str:
    if why == Survey.Unasked.NOT_AGREED:
        case(serving, 3, asking="agreed")
        case(serving, 4)
        return "crisis"
    advised(serving, 3, person=known("Asklewska"))
    of_whom: dict[str, dict[str, Any]] = {
        "alias": {"alias": "Pani Z"},
        "anonymous": {},
        "no_contact": {"person": known("Bezkontaktowa", reached=False)},
    }
    advised(serving, 4, **of_whom[why])
    return "advised"


@pytest.mark.parametrize("why", list(Survey.Unasked), ids=str)
def test_every_reason_why_somebody_cannot_be_asked(serving: Serving, why: Survey.Unasked) -> None:
    with serving.in_tenant():
        audience = _unasked(serving, why)
        asked = questionnaire(audience)
    contract = serving.crisis if audience == "crisis" else serving.contract
    sent = {
        "contract": contract.pk, "questionnaire": asked.pk, "first_month": str(serving.month),
        "last_month": str(serving.month), "method": "random", "size": 5, "closes_on": in_days(7), "seed": "",
    }  # fmt: skip
    assert serving.post("inspector", "start_survey", sent).status_code == 302
    with serving.in_tenant():
        kept = Survey.objects.get()
    assert kept.unasked == {why: 1}
    assert_shown(serving.clients["inspector"], serving.url("survey", pk=kept.pk), why)


@pytest.mark.parametrize("verdict", list(DecisionAdvice.Verdict), ids=str)
def test_every_recommendation_on_a_decision(world: Supervised, verdict: DecisionAdvice.Verdict) -> None:
    director, page = world.clients["director"], world.url("dossier", **at(world))
    where = world.url("recommend", **at(world), decision_pk=world.short.pk)
    assert_offered(director, where, verdict)
    before = times_said(director, page, verdict)
    proposed = {"keep": "", "raise": "10 h", "lower": "4 h"}[verdict]
    assert recommend(world, verdict=verdict.value, proposed_minutes=proposed).status_code == 302
    assert task(world).verdict == verdict
    for who in ("director", "ngo"):
        assert_shown(world.clients[who], page, verdict, before=before)


# Where the task that follows from a recommendation is listed: to do, settled.
LISTED = {"none": (0, 0), "open": (1, 0), "done": (0, 1), "dropped": (0, 1)}


@pytest.mark.parametrize("state", list(DecisionAdvice.Task), ids=str)
def test_every_state_of_the_task_that_follows(world: Supervised, state: DecisionAdvice.Task) -> None:
    keeps = state == DecisionAdvice.Task.NONE
    assert (
        recommend(world, **({"verdict": "keep", "proposed_minutes": ""} if keeps else {})).status_code == 302
    )
    if state == DecisionAdvice.Task.DONE:
        assert amend(world).status_code == 302
    elif state == DecisionAdvice.Task.DROPPED:
        sent = {"reason": "Osoba wróciła."}
        assert world.post("director", "drop_task", sent, pk=task(world).pk).status_code == 302
    assert task(world).task == state
    shown = tuple(
        world.get("director", "tasks", query).content.decode().count(f">{world.short.number}</a></th>")
        for query in ("", "?state=settled")
    )
    assert shown == LISTED[state]


@pytest.mark.parametrize("state", list(Dossier.State), ids=str)
def test_every_state_of_a_dossier(world: Supervised, state: Dossier.State) -> None:
    assert recommend(world).status_code == 302
    if state == Dossier.State.CONCLUDED:
        assert conclude(world).status_code == 302
    with world.in_tenant():
        assert Dossier.objects.get().state == state
    for page in (world.url("dossier", **at(world)), world.url("dossiers") + f"?month={at(world)['month']}"):
        assert_shown(world.clients["director"], page, state)


@pytest.mark.parametrize("verdict", list(Dossier.Verdict), ids=str)
def test_every_recommendation_on_a_service(serving: Serving, verdict: Dossier.Verdict) -> None:
    with serving.in_tenant():
        advised(serving, 3)
    director, page = serving.clients["director"], serving.url("dossier", **serving.at())
    assert_offered(director, serving.url("recommend_service", **serving.at()), verdict)
    before = times_said(director, page, verdict)
    sent = {"verdict": verdict.value, "reason": REASON}
    assert serving.post("director", "recommend_service", sent, **serving.at()).status_code == 302
    with serving.in_tenant():
        assert Dossier.objects.get().verdict == verdict
    for who in ("director", "ngo"):
        assert_shown(serving.clients[who], page, verdict, before=before)


@pytest.mark.parametrize("state", list(ServiceTask.State), ids=str)
def test_every_state_of_the_task_of_a_service(serving: Serving, state: ServiceTask.State) -> None:
    with serving.in_tenant():
        advised(serving, 3)
    sent = {"verdict": "change", "reason": REASON}
    assert serving.post("director", "recommend_service", sent, **serving.at()).status_code == 302
    with serving.in_tenant():
        kept = ServiceTask.objects.get()
    verb, told = {
        "open": ("", {}),
        "done": ("complete_service_task", {"said": "Zmieniono godziny dyżurów."}),
        "dropped": ("drop_service_task", {"reason": "Poprawiło się."}),
    }[state]
    if verb:
        assert serving.post("director", verb, told, pk=kept.pk).status_code == 302
    with serving.in_tenant():
        assert ServiceTask.objects.get().state == state
    listed = serving.url("service_tasks") + ("?state=settled" if verb else "")
    assert_shown(serving.clients["director"], listed, state)

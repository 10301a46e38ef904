"""Surveys: questionnaires in versions, samples, answers that name nobody, results without small numbers."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from audit.models import Entry
from kernel.errors import DomainError
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.supervision import actions
from reporting.supervision.models import Invitation, Questionnaire, Survey, SurveyResponse
from reporting.supervision.queries.surveys import results_of, survey_counts
from tests.reporting.supervision.asking import ACTOR, ENTRY, answered, link_of, plan, published, started
from tests.reporting.supervision.supervised import MONTH, Supervised, build_supervised, in_days, rows

pytestmark = pytest.mark.django_db


def typed(**changed: Any) -> dict[str, Any]:
    return {
        "title": "Zadowolenie",
        "audience": "families",
        **rows(
            {"text": "Punktualność", "kind": "scale"},
            {"text": "Wystarcza?", "kind": "choice", "options": "tak\nnie\n"},
        ),
        **changed,
    }


def test_a_questionnaire_is_written_published_and_changed_in_its_next_version(world: Supervised) -> None:
    assert world.post("director", "write_questionnaire", typed()).status_code == 302
    with world.in_tenant():
        first = Questionnaire.objects.get()
    assert world.post("director", "publish_questionnaire", pk=first.pk).status_code == 302
    seen = world.get("director", "change_questionnaire", pk=first.pk).context["form"]["seen"].value()
    changed = typed(title="Zadowolenie rodzin", seen=seen)
    assert world.post("director", "change_questionnaire", changed, pk=first.pk).status_code == 302
    assert world.post("director", "change_questionnaire", changed, pk=first.pk).status_code == 422
    assert world.post("director", "publish_questionnaire", pk=first.pk).status_code == 422
    with world.in_tenant():
        first.refresh_from_db()
        second = Questionnaire.objects.get(state="draft")
        assert (first.title, first.version, first.state) == ("Zadowolenie", 1, "published")
        assert (second.version, second.series, second.questions) == (2, first.series, first.questions)
        assert first.questions[1] == {"kind": "choice", "text": "Wystarcza?", "options": ["tak", "nie"]}
        with pytest.raises(DomainError, match="opublikowana"):
            actions.publish_questionnaire(first, actor=ACTOR)
    page = world.get("director", "questionnaire", pk=first.pk).content.decode()
    assert str(second.pk) in page and "Wystarcza?" in page
    assert world.get("director", "questionnaires").content.decode().count("Zadowolenie") == 2


def test_what_is_no_questionnaire_is_refused(world: Supervised) -> None:
    for changed in (
        {"title": ""},
        {"audience": "zzz"},
        rows({"text": "Bez wyboru", "kind": "choice", "options": "jedna"}),
        rows({"text": "Skala", "kind": "scale", "options": "a\nb"}),
        rows({"text": "", "kind": "text"}),
        rows(),
    ):
        assert world.post("director", "write_questionnaire", typed(**changed)).status_code == 422, changed
    with world.in_tenant():
        assert not Questionnaire.objects.exists()


def test_the_later_of_two_learns_of_the_earlier(world: Supervised) -> None:
    with world.in_tenant():
        draft = actions.write_questionnaire(ENTRY, actor=ACTOR)
    seen = world.get("director", "change_questionnaire", pk=draft.pk).context["form"]["seen"].value()
    assert world.post("director", "change_questionnaire", typed(seen=seen), pk=draft.pk).status_code == 302
    assert world.post("director", "change_questionnaire", typed(seen=seen), pk=draft.pk).status_code == 409


def start(world: Supervised, **changed: Any) -> Any:
    with world.in_tenant():
        asked = published()
    data = {
        "contract": world.contract.pk,
        "questionnaire": asked.pk,
        "first_month": MONTH,
        "last_month": MONTH,
        "method": "variance",
        "size": 1,
        "closes_on": in_days(7),
        "seed": "",
        **changed,
    }
    return world.post("inspector", "start_survey", data)


def test_a_survey_draws_a_sample_that_can_be_drawn_again(world: Supervised) -> None:
    assert start(world).status_code == 302
    with world.in_tenant():
        row = Survey.objects.get()
        assert (row.population, len(row.population_sha256), bool(row.seed)) == (2, 64, True)
        # The one farthest from what was granted.
        assert row.invitations.get().decision == world.short
        assert Entry.objects.get(verb="start_survey").payload["seed"] == row.seed
        again = started(world.contract, method="random", size=1, seed="x")
        assert (
            again.invitations.get().decision_id
            == started(world.contract, method="random", size=1, seed="x").invitations.get().decision_id
        )
    page = world.get("inspector", "survey", pk=row.pk).content.decode()
    assert row.seed in page and world.short.number in page and "Łącka-1" in page
    for who in ("ngo", "social_worker"):
        assert world.short.number not in world.get(who, "survey", pk=row.pk).content.decode()
    # With the seed an organisation could draw the sample again and learn who is asked.
    assert row.seed not in world.get("ngo", "survey", pk=row.pk).content.decode()
    assert world.get("other_ngo", "survey", pk=row.pk).status_code == 404
    assert world.get("ngo", "surveys").content.decode().count(str(row)) >= 1
    assert str(row) not in world.get("other_ngo", "surveys").content.decode()


@pytest.mark.parametrize("largest", ["full", "short"])
def test_a_survey_by_value_asks_where_most_was_granted(world: Supervised, largest: str) -> None:
    most: Decision = getattr(world, largest)
    with world.in_tenant():
        Decision.objects.filter(pk=most.pk).update(minutes=960)
    assert start(world, method="value").status_code == 302
    with world.in_tenant():
        assert [one.decision for one in Survey.objects.get().invitations.all()] == [most]


def test_without_a_published_questionnaire_the_page_says_what_is_needed_first(world: Supervised) -> None:
    said = "Najpierw utwórz go w „Kwestionariuszach” i opublikuj."
    assert said in world.get("director", "start_survey").content.decode()
    with world.in_tenant():
        published()
    assert said not in world.get("director", "start_survey").content.decode()


def test_a_survey_that_cannot_be_is_refused(world: Supervised) -> None:
    wrong: list[dict[str, Any]] = [
        {"closes_on": in_days(-1)},
        {"first_month": "2026-11", "last_month": MONTH},
        {"questionnaire": "00000000-0000-0000-0000-000000000000"},
        {"contract": ""},
        {"size": 0},
        {"method": "zzz"},
        {"first_month": "2025-05", "last_month": "2025-05"},
        {"first_month": "2025-05"},
    ]
    for changed in wrong:
        assert start(world, **changed).status_code == 422, changed
    with world.in_tenant():
        assert not Survey.objects.exists()


def test_a_draft_cannot_be_asked(world: Supervised) -> None:
    with world.in_tenant():
        draft = actions.write_questionnaire(ENTRY, actor=ACTOR)
        with pytest.raises(DomainError) as refusal:
            actions.start_survey(world.contract, draft, plan(), actor=ACTOR)
    assert refusal.value.code == "not_published"


@pytest.mark.parametrize("who", ["ngo", "social_worker"])
def test_who_does_not_run_surveys_only_reads(world: Supervised, who: str) -> None:
    with world.in_tenant():
        survey = started(world.contract)
        invitation = survey.invitations.first()
    for name in ("start_survey", "questionnaires", "write_questionnaire"):
        assert world.get(who, name).status_code == 403
    for name in ("issue_survey_links", "close_survey", "survey_pdf", "survey_xlsx"):
        assert world.get(who, name, pk=survey.pk).status_code == 403
    assert (
        world.get(who, "enter_survey_answers", pk=survey.pk, invitation_pk=invitation.pk).status_code == 403
    )


def test_staff_enters_answers_and_nothing_joins_them_to_the_decision(world: Supervised) -> None:
    with world.in_tenant():
        survey = started(world.contract)
        invitation = survey.invitations.first()
    at = {"pk": survey.pk, "invitation_pk": invitation.pk}
    assert world.get("inspector", "enter_survey_answers", **at).status_code == 200
    for wrong in (
        {"answer_0": "4"},
        {"channel": "phone"},
        {"channel": "link", "answer_0": "4"},
        {"channel": "phone", "answer_0": "6"},
        {"channel": "phone", "answer_1": "2"},
        {"channel": "phone", "answer_2": "x" * 1001},
    ):
        assert world.post("inspector", "enter_survey_answers", wrong, **at).status_code == 422
    sent = {"channel": "phone", "answer_0": "4", "answer_2": "Dobrze."}
    assert world.post("inspector", "enter_survey_answers", sent, **at).status_code == 302
    assert world.post("inspector", "enter_survey_answers", sent, **at).status_code == 422
    with world.in_tenant():
        response = SurveyResponse.objects.get()
        assert (response.channel, response.answers) == ("phone", [4, None, "Dobrze."])
        assert response.pk.version == 4
        assert {field.name for field in SurveyResponse._meta.fields} == {"id", "survey", "channel", "answers"}
        entry = Entry.objects.get(verb="answer_survey")
        assert str(invitation.pk) not in str(entry.payload) + str(entry.subject_id)
        with pytest.raises(DomainError) as refusal:
            actions.answer_survey(invitation, [4, None, None], channel="paper", actor=ACTOR)
        assert refusal.value.code == "invitation_used"


def test_closing_forgets_who_answered_and_shows_results(alfa: Any) -> None:
    world = build_supervised(alfa, decisions=6)
    with world.in_tenant():
        survey = started(world.contract)
        *answering, waiting = survey.invitations.all()
        for at, invitation in enumerate(answering):
            said = [2, 1, None if at else "=1+1"]
            actions.answer_survey(invitation, said, channel="paper", actor=ACTOR)
        with pytest.raises(ValueError, match="runs"):
            results_of(survey)
    assert "=1+1" not in world.get("director", "survey", pk=survey.pk).content.decode()
    assert world.get("director", "survey_xlsx", pk=survey.pk).status_code == 302
    assert world.get("director", "survey_pdf", pk=survey.pk).content.startswith(b"%PDF")
    assert world.get("director", "close_survey", pk=survey.pk).status_code == 200
    assert world.post("director", "close_survey", pk=survey.pk).status_code == 302
    with world.in_tenant():
        assert set(Invitation.objects.values_list("state", flat=True)) == {"ended"}
        for verb in (
            lambda: actions.close_survey(survey, actor=ACTOR),
            lambda: actions.issue_links(survey, actor=ACTOR),
            lambda: actions.answer_survey(waiting, [1, None, None], channel="phone", actor=ACTOR),
        ):
            with pytest.raises(DomainError) as refusal:
                verb()
            assert refusal.value.code == "survey_over"
    page = world.get("director", "survey", pk=survey.pk).content.decode()
    assert "=1+1" in page and "2,00" in page
    sheets = load_workbook(io.BytesIO(world.get("director", "survey_xlsx", pk=survey.pk).content))
    first, texts, about = sheets.worksheets
    assert [tuple(row)[3] for row in first.iter_rows(min_row=2, values_only=True)] == [0, 5, 0, 0, 0, 0, 5]
    assert texts["C2"].value == "'=1+1"
    assert survey.seed in [cell.value for cell in about["B"]]


@pytest.mark.parametrize(("answers", "shown"), [(4, False), (5, True)])
def test_nobody_sees_small_numbers_and_an_organisation_no_texts(alfa: Any, answers: int, shown: bool) -> None:
    world = build_supervised(alfa, decisions=6)
    with world.in_tenant():
        survey = answered(world.contract, answers)
    page = world.get("ngo", "survey", pk=survey.pk).content.decode()
    assert ("5,00" in page, "<svg xmlns" in page and "bar-delivered" in page) == (shown, shown)
    assert "Uwaga nr" not in page
    unit = world.get("social_worker", "survey", pk=survey.pk).content.decode()
    assert ("5,00" in unit, "Uwaga nr 3" in unit) == (shown, shown)


def test_a_question_few_answered_is_hidden_though_the_survey_is_not(alfa: Any) -> None:
    world = build_supervised(alfa, decisions=6)
    with world.in_tenant():
        survey = started(world.contract)
        for at, invitation in enumerate(survey.invitations.all()):
            given = [3, 1 if at == 0 else None, None]
            actions.answer_survey(invitation, given, channel="paper", actor=ACTOR)
        closed = actions.close_survey(survey, actor=ACTOR)
        scale, choice, text = results_of(closed, least=5)
        assert (scale.hidden, scale.answered, str(scale.average), scale.counts) == (
            False,
            6,
            "3.00",
            [0, 0, 6, 0, 0],
        )
        assert (choice.hidden, choice.counts, choice.answered) == (True, [], 0)
        assert text.hidden
        assert [one.texts for one in results_of(closed)] == [[], [], []]


def link(world: Supervised, survey: Survey) -> str:
    with world.in_tenant():
        return link_of(world.tenant.slug, actions.issue_links(survey, actor=ACTOR)[0][1])


def test_a_link_is_shown_once_kept_as_a_hash_and_made_void_by_a_new_one(world: Supervised) -> None:
    with world.in_tenant():
        survey = started(world.contract)
    assert world.get("inspector", "issue_survey_links", pk=survey.pk).status_code == 200
    page = world.post("inspector", "issue_survey_links", pk=survey.pk)
    first = page.context["links"][0]
    token = first[2].rstrip("/").split("/")[-1]
    with world.in_tenant():
        invitation = survey.invitations.get(place=1)
        assert token not in str(Invitation.objects.values())
        assert token not in str(list(Entry.objects.values()))
    assert world.post("inspector", "issue_survey_links", pk=survey.pk).status_code == 422
    assert token not in world.get("inspector", "survey", pk=survey.pk).content.decode()
    anew = world.clients["inspector"].post(
        world.url("issue_survey_links", pk=survey.pk) + f"?invitation={invitation.pk}"
    )
    assert len(anew.context["links"]) == 1
    assert Client().get(link_of(world.tenant.slug, token)).status_code == 404
    assert Client().get(anew.context["links"][0][2]).status_code == 200
    of_one = f"?invitation={invitation.pk}"
    form = world.get("inspector", "issue_survey_links", of_one, pk=survey.pk)
    once, twice = (
        world.clients["inspector"].post(
            world.url("issue_survey_links", pk=survey.pk) + of_one, {"seen": form.context["stamp"]}
        )
        for _ in range(2)
    )
    assert twice.status_code == 422
    assert "perhaps" not in twice.content.decode() and "wysłano dwa razy" in twice.content.decode()
    assert Client().get(once.context["links"][0][2]).status_code == 200
    junk = world.get("inspector", "issue_survey_links", "?invitation=zzz", pk=survey.pk)
    assert junk.status_code == 404


def test_a_link_is_answered_once_and_tells_nothing_of_the_person(world: Supervised) -> None:
    with world.in_tenant():
        survey = started(world.contract)
    address, client = link(world, survey), Client()
    page = client.get(address)
    assert (page.status_code, page["Referrer-Policy"]) == (200, "strict-origin")
    told = page.content.decode()
    assert "Punktualność" in told
    for secret in (world.full.number, world.short.number, "Łącka", "Helena", world.contract.number):
        assert secret not in told
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"answer_0": "9"}).status_code == 422
    sent = client.post(address, {"answer_0": "5"})
    assert (sent.status_code, sent["Referrer-Policy"]) == (302, "strict-origin")
    thanks = client.get(sent["Location"])
    assert thanks.status_code == 200
    assert "Odpowiedzi zostały zapisane" in thanks.content.decode()
    assert client.get(address).status_code == 410
    assert client.post(address, {"answer_0": "1"}).status_code == 410
    with world.in_tenant():
        assert [one.answers for one in SurveyResponse.objects.all()] == [[5, None, None]]
        assert SurveyResponse.objects.get().channel == "link"


def test_the_page_of_a_link_says_who_asks_and_why_and_offers_nothing_of_the_inside(world: Supervised) -> None:
    with world.in_tenant():
        survey = started(world.contract)
    address = link(world, survey)
    for client in (Client(), world.clients["director"]):
        page = client.get(address).content.decode()
        assert f"{world.tenant.unit_name} pyta, jak oceniają Państwo usługi" in page
        assert "Pracujesz w" not in page
        assert "(opcjonalnie)" not in page, "said once above the questions"
        assert "<nav" not in page and 'class="brand" href' not in page
        assert not re.findall(rf'href="/{world.tenant.slug}/', page)


def test_a_link_ends_with_its_day_and_with_the_survey(world: Supervised) -> None:
    with world.in_tenant():
        survey = started(world.contract)
    address = link(world, survey)
    with world.in_tenant():
        Survey.objects.update(closes_on=timezone.localdate() - timedelta(days=1))
    assert Client().get(address).status_code == 410
    assert Client().post(address, {"answer_0": "5"}).status_code == 410
    assert world.get("inspector", "issue_survey_links", pk=survey.pk).status_code == 302
    assert "zamknij" in world.today_page("inspector")
    with world.in_tenant():
        # What came on paper is entered until the survey is closed.
        actions.answer_survey(survey.invitations.first(), [1, None, None], channel="paper", actor=ACTOR)
        Survey.objects.update(closes_on=timezone.localdate())
        actions.close_survey(survey, actor=ACTOR)
    assert Client().get(address).status_code == 410


def test_a_link_of_another_tenant_is_not_found(world: Supervised, beta: Any) -> None:
    with world.in_tenant():
        survey = started(world.contract)
    address = link(world, survey)
    assert Client().get(address.replace("/alfa/", "/beta/")).status_code == 404
    assert Client().post(address.replace("/alfa/", "/beta/"), {"answer_0": "5"}).status_code == 404
    assert Client().get(link_of("alfa", "x" * 32)).status_code == 404
    with world.in_tenant():
        assert not SurveyResponse.objects.exists()


def test_guessing_is_slowed_down(world: Supervised, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernel.frequency.PER_MINUTE", 0)
    assert Client(REMOTE_ADDR="192.0.2.77").get(link_of("alfa", "x" * 32)).status_code == 429


def test_dossier_and_counts_tell_how_many_answered(alfa: Any) -> None:
    world = build_supervised(alfa, decisions=6)
    with world.in_tenant():
        survey = answered(world.contract, 5)
        month = Month.parse(MONTH)
        counts = survey_counts([world.contract.pk], month.first, month.last)
        assert (counts.surveys, counts.invited, counts.answered) == (1, 6, 5)
        assert survey_counts(None, month.next().first, month.next().last).surveys == 0
    at = {"contract_pk": world.contract.pk, "month": MONTH}
    page = world.get("ngo", "dossier", **at).content.decode()
    assert str(survey) in page and "5 z 6" in page
    assert world.get("ngo", "dossier_pdf", **at).content.startswith(b"%PDF")


def test_the_database_keeps_the_rules(world: Supervised) -> None:
    with world.in_tenant():
        survey = started(world.contract)
        wrong: list[tuple[Any, dict[str, Any]]] = [
            (Survey, {"state": "closed"}),
            (Survey, {"seed": ""}),
            (Survey, {"population": 0}),
            (Survey, {"last_month": "2026-01-01"}),
            (Invitation, {"state": "zzz"}),
            (Invitation, {"token_sha256": "a"}),
            (Questionnaire, {"state": "draft"}),
            (Questionnaire, {"questions": []}),
        ]
        for model, fields in wrong:
            with pytest.raises(IntegrityError), transaction.atomic():
                model.objects.update(**fields)
        assert survey.invitations.count() == 2

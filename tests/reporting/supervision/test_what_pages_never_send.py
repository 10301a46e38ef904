"""What no page of supervision sends, because its form offers nothing else: the verbs refuse it all the same."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kernel.errors import DomainError
from reporting.supervision import actions
from reporting.supervision.actions import FindingEntry
from reporting.supervision.models import Survey
from tests.factories.care import ContractFactory
from tests.reporting.supervision.asking import ACTOR, ENTRY, started
from tests.reporting.supervision.supervised import Supervised, in_days, rows
from tests.reporting.supervision.test_inspections import draw, hold, plan

pytestmark = pytest.mark.django_db


def _code(verb: Callable[[], Any]) -> str:
    with pytest.raises(DomainError) as refused:
        verb()
    return refused.value.code


def test_inspections_findings_and_breaches_belong_together(world: Supervised) -> None:
    first, second = plan(world), plan(world)
    draw(world, first)
    hold(world, second)
    with world.in_tenant():
        item, other = first.items.first(), ContractFactory(organisation=world.organisation)
        assert item is not None
        second.refresh_from_db()
        entry = FindingEntry("minor", "Brak podpisów", item)
        assert _code(lambda: actions.save_finding(second, entry, actor=ACTOR)) == "item_elsewhere"
        about: dict[str, Any] = {"facts": "x", "basis": "§ 1", "inspection": first, "actor": ACTOR}
        assert _code(lambda: actions.report_breach(other, **about)) == "inspection_elsewhere"
        wrong = dict.fromkeys(range(len(item.checks)), "perhaps")
        assert _code(lambda: actions.check_item(item, wrong, actor=ACTOR)) == "unknown_answer"
        said: dict[str, Any] = {"present": "", "protocol": "x", "actor": ACTOR}
        tomorrow = timezone.localdate() + timedelta(days=1)
        assert _code(lambda: actions.write_protocol(first, held_on=tomorrow, **said)) == "held_in_future"
        before = first.contract.valid_from - timedelta(days=1)
        assert _code(lambda: actions.write_protocol(first, held_on=before, **said)) == "held_before_contract"
        empty = {**about, "facts": "  ", "inspection": None}
        assert _code(lambda: actions.report_breach(world.contract, **empty)) == "text_missing"
        odd = replace(ENTRY, questions=[{"kind": "scale", "text": "Jak?", "options": ["a", "b"]}])
        assert _code(lambda: actions.write_questionnaire(odd, actor=ACTOR)) == "not_a_question"


def test_a_recommendation_is_not_due_before_anybody_learns_of_it(world: Supervised) -> None:
    inspection = plan(world, on=in_days(-6))
    told = {"held_on": in_days(-5), "protocol": "Obejrzano dokumenty."}
    assert world.post("inspector", "write_protocol", told, pk=inspection.pk).status_code == 302
    due = rows({"text": "Uzupełnić", "owner": "koordynator", "due_on": in_days(-2)})
    found = {"severity": "minor", "text": "Brak podpisów", **due}
    assert world.post("inspector", "add_finding", found, pk=inspection.pk).status_code == 302
    refused = world.post("inspector", "send_protocol", pk=inspection.pk)
    assert refused.status_code == 422 and "zanim organizacja" in refused.content.decode()


def test_after_its_last_day_a_survey_gives_out_no_links_and_takes_none(world: Supervised) -> None:
    with world.in_tenant():
        survey = started(world.contract)
        invitation = survey.invitations.first()
        assert invitation is not None
        Survey.objects.update(closes_on=timezone.localdate() - timedelta(days=1))
    over = "ostatni dzień na odpowiedzi"
    links = world.post("director", "issue_survey_links", pk=survey.pk)
    mail = {f"mail_{invitation.place}": "rodzina@przyklad.test"}
    mailed = world.post("director", "mail_survey_links", mail, pk=survey.pk)
    for answer in (links, mailed):
        assert answer.status_code == 422 and over in answer.content.decode()
    with world.in_tenant():
        invitation.refresh_from_db()
        said = [5, 0, None]
        late = lambda: actions.answer_survey(invitation, said, channel="link", actor=ACTOR)  # noqa: E731
        assert _code(late) == "survey_over"
        # What came on paper in time may be entered later.
        actions.answer_survey(invitation, said, channel="paper", actor=ACTOR)

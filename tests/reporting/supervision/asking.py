"""Questionnaires and surveys for the tests of supervision; all run inside the tenant."""

from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.periods import Month
from reporting.supervision import actions
from reporting.supervision.actions import QuestionnaireEntry, SurveyPlan
from reporting.supervision.models import Questionnaire, Survey
from tests.reporting.supervision.supervised import MONTH

ACTOR = Actor.system("tests")
QUESTIONS: list[dict[str, Any]] = [
    {"kind": "scale", "text": "Punktualność", "options": []},
    {"kind": "choice", "text": "Czy godzin wystarcza?", "options": ["tak", "nie"]},
    {"kind": "text", "text": "Uwagi", "options": []},
]
ENTRY = QuestionnaireEntry("Zadowolenie z usługi", "persons", QUESTIONS)


def published() -> Questionnaire:
    return actions.publish_questionnaire(actions.write_questionnaire(ENTRY, actor=ACTOR), actor=ACTOR)


def plan(**changed: Any) -> SurveyPlan:
    month, day = Month.parse(MONTH), timezone.localdate() + timedelta(days=7)
    given: dict[str, Any] = {"first": month, "last": month, "method": "random", "size": 50, "closes_on": day}
    return SurveyPlan(**{**given, **changed})


def started(contract: Contract, **changed: Any) -> Survey:
    return actions.start_survey(contract, published(), plan(**changed), actor=ACTOR)


def answered(contract: Contract, times: int) -> Survey:
    """A closed survey with so many answers: 5, “tak” and a text each."""
    survey = started(contract)
    for at, invitation in enumerate(survey.invitations.all()[:times]):
        actions.answer_survey(invitation, [5, 0, f"Uwaga nr {at}"], channel="paper", actor=ACTOR)
    return actions.close_survey(survey, actor=ACTOR)


def link_of(slug: str, token: str) -> str:
    return reverse("survey:answer", args=[slug, token])

"""Surveys of the demo: one closed with twelve answers, one that runs, each with its questionnaire."""

from datetime import date, timedelta
from typing import Any

from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.periods import Month
from reporting.supervision import actions
from reporting.supervision.actions import QuestionnaireEntry, SurveyPlan
from reporting.supervision.models import Questionnaire, Survey

_ANSWERED = 12
_REMARKS = {
    1: "Chciałabym, żeby opiekunka była ta sama przez cały tydzień.",
    6: "Jestem zadowolony z pomocy.",
}
_PERSONS: list[dict[str, Any]] = [
    {"kind": "scale", "text": "Jak oceniają Państwo punktualność opiekunki?", "options": []},
    {"kind": "scale", "text": "Jak oceniają Państwo jakość pomocy?", "options": []},
    {
        "kind": "choice",
        "text": "Czy liczba godzin wystarcza?",
        "options": ["wystarcza", "jest za mała", "jest za duża"],
    },
    {"kind": "text", "text": "Co należałoby zmienić?", "options": []},
]
_FAMILIES: list[dict[str, Any]] = [
    {"kind": "scale", "text": "Jak oceniają Państwo kontakt z koordynatorem usług?", "options": []},
    {"kind": "choice", "text": "Czy wiedzą Państwo, gdzie zgłosić uwagi?", "options": ["tak", "nie"]},
    {"kind": "text", "text": "Uwagi i propozycje", "options": []},
]


def add_surveys(contract: Contract, today: date, unit: Actor) -> None:
    """A closed survey of persons and a running one of families, drawn from decisions of the contract."""
    last = Month.of(today).previous()
    asked = _published("Zadowolenie z usług opiekuńczych", "persons", _PERSONS, unit)
    closed = _started(contract, asked, last.previous(), 20, today, unit)
    _answer(closed, _ANSWERED, unit)
    actions.close_survey(closed, actor=unit)
    families = _published("Usługi opiekuńcze w oczach rodzin", "families", _FAMILIES, unit)
    running = _started(contract, families, last, 8, today, unit)
    actions.issue_links(running, actor=unit)


def _published(title: str, audience: str, questions: list[dict[str, Any]], unit: Actor) -> Questionnaire:
    draft = actions.write_questionnaire(QuestionnaireEntry(title, audience, questions), actor=unit)
    return actions.publish_questionnaire(draft, actor=unit)


def _started(
    contract: Contract, asked: Questionnaire, month: Month, size: int, today: date, unit: Actor
) -> Survey:
    plan = SurveyPlan(month, month, "random", size, today + timedelta(days=14), f"{month}-ankieta")
    return actions.start_survey(contract, asked, plan, actor=unit)


def _answer(survey: Survey, most: int, unit: Actor) -> None:
    for at, invitation in enumerate(survey.invitations.all()[:most]):
        answers = [5 - at % 3 // 2, 3 + at % 3, (0, 0, 1)[at % 3], _REMARKS.get(at)]
        channel = ("phone", "paper")[at % 2]
        actions.answer_survey(invitation, answers, channel=channel, actor=unit)

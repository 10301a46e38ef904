"""Things of supervision in the world of the table of routes."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from contracting.contracts.models import Commitment
from documents.actions import store_file
from kernel.access import Actor
from kernel.periods import Month
from reporting.supervision import actions
from reporting.supervision.actions import (
    ControlEntry,
    FindingEntry,
    InspectionPlan,
    QuestionnaireEntry,
    RecommendationEntry,
    SurveyPlan,
)
from reporting.supervision.models import Attachment
from tests.factories.care import ContractFactory

_ACTOR = Actor.system("tests")


def things(made: Any) -> dict[str, Any]:
    """One thing of every kind that an address of supervision names, for one organisation; runs in the tenant."""
    planned = _planned(made)
    held = _held(made)
    sent = actions.send_protocol(_checked(_held(made)), actor=_ACTOR)
    survey = _survey(made)
    [(invitation, token)] = actions.issue_links(survey, actor=_ACTOR)
    return {
        "planned_inspection": planned,
        "held_inspection": held,
        "sampled_item": held.items.get(),
        "finding": held.findings.get(),
        "attachment": _attachment(made, sent),
        "inspection": sent,
        "questionnaire": _questionnaire(made),
        "survey": survey,
        "survey_invitation": invitation,
        "survey_token": token,
        "closed_survey": actions.close_survey(_survey(made), actor=_ACTOR),
        "breach": actions.report_breach(
            made.contract, facts=f"Brak wizyt {made.mark}", basis=f"§ 7 {made.mark}", actor=_ACTOR
        ),
        "own_control": actions.enter_own_control(made.contract, _control(made), actor=_ACTOR),
        "decision_task": _task(made),
        "service_contract": _service_contract(made),
        "service_task": _service_task(made),
        "recommendation": sent.findings.get().recommendations.get(),
    }


def _planned(made: Any) -> Any:
    plan = InspectionPlan("documents", f"Karty {made.mark}", timezone.localdate(), f"Inspektor {made.mark}")
    return actions.plan_inspection(made.contract, plan, actor=_ACTOR)


def _held(made: Any) -> Any:
    row = actions.draw_sample(
        _planned(made), of="decisions", method="random", size=1, month=Month.parse(made.month), actor=_ACTOR
    )
    today = timezone.localdate()
    row = actions.write_protocol(
        row, held_on=today, present="", protocol=f"Przebieg {made.mark}", actor=_ACTOR
    )
    due = RecommendationEntry(f"Uzupełnić {made.mark}", "koordynator", today + timedelta(days=10))
    entry = FindingEntry("major", f"Brak podpisów {made.mark}", row.items.get(), [due])
    actions.save_finding(row, entry, actor=_ACTOR)
    return row


def _checked(row: Any) -> Any:
    for item in row.items.all():
        actions.check_item(item, dict.fromkeys(range(len(item.checks)), "yes"), actor=_ACTOR)
    return row


def _questionnaire(made: Any) -> Any:
    asked = {"kind": "scale", "text": f"Czy opiekunka przychodzi na czas? {made.mark}", "options": []}
    entry = QuestionnaireEntry(f"Ankieta {made.mark}", "persons", [asked])
    return actions.write_questionnaire(entry, actor=_ACTOR)


def _attachment(made: Any, inspection: Any) -> Any:
    file = store_file(
        f"Lista {made.mark}".encode(),
        name=f"lista-{made.mark}.pdf",
        content_type="application/pdf",
        folder="supervision",
        actor=_ACTOR,
    )
    return Attachment.objects.create(inspection=inspection, file=file)


def _survey(made: Any) -> Any:
    asked = actions.publish_questionnaire(_questionnaire(made), actor=_ACTOR)
    month = Month.parse(made.month)
    plan = SurveyPlan(month, month, "random", 1, timezone.localdate() + timedelta(days=14))
    return actions.start_survey(made.contract, asked, plan, actor=_ACTOR)


def _task(made: Any) -> Any:
    month = Month.parse(made.month)
    actions.report_problems(made.contract, month, problems=f"Kłopoty {made.mark}", measures="", actor=_ACTOR)
    return actions.recommend_on_decision(
        made.contract,
        month,
        made.decision,
        verdict="raise",
        reason=f"Wzrosły potrzeby {made.mark}",
        proposed_minutes=5000,
        actor=_ACTOR,
    )


def _service_contract(made: Any, letter: str = "K") -> Any:
    """A contract for crisis intervention, under which nobody has a decision."""
    terms = ("organisation", "signed_on", "valid_from", "valid_to")
    contract = ContractFactory(
        number=f"U/{made.mark}/{letter}", **{name: getattr(made.contract, name) for name in terms}
    )
    Commitment.objects.create(
        contract=contract, indicator=f"Dyżur {made.mark}", promised=100, measure="duty_full"
    )
    return contract


def _service_task(made: Any) -> Any:
    """The task of a recommendation on a service of its own contract, so that the other's is still to be written."""
    month, reason = Month.parse(made.month), f"Kolejka rośnie {made.mark}"
    told = actions.recommend_on_service(
        _service_contract(made, "P"), month, verdict="raise", reason=reason, actor=_ACTOR
    )
    return told.service_task


def _control(made: Any) -> ControlEntry:
    day, subject = timezone.localdate(), f"Dzienniczki {made.mark}"
    return ControlEntry(day, "documents", f"Kontrola {made.mark}", subject, "sound")

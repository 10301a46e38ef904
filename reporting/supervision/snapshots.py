"""What is frozen when a dossier is concluded, how it is read again, and what of it has changed since."""

from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from contracting.contracts.models import Contract
from kernel.periods import Month
from reporting.supervision.models import DossierIssue
from reporting.supervision.queries.dossiers import (
    AdviceTold,
    DeviationTold,
    DossierLine,
    DossierTold,
    ServiceVerdict,
    Written,
)
from reporting.supervision.queries.findings import FindingTold
from reporting.supervision.queries.services import AdviceLine, AdviceMonth, CrisisMonth, Volume
from reporting.supervision.queries.surveys import SurveyTold

# Parts in which an issue is laid beside the present, by what the page calls them.
PARTS = ("comparison", "advice", "crisis", "recommendations", "report", "findings", "surveys")


def snapshot_of(told: DossierTold) -> dict[str, Any]:
    """The dossier as one JSON document: minutes whole, days and instants ISO 8601, codes instead of words."""
    return {
        "contract": {
            "id": str(told.contract.pk),
            "number": told.contract.number,
            "service": told.service,
            "organisation": told.organisation,
        },
        "month": str(told.month),
        "close": told.close,
        "lines": [
            {
                "decision": str(line.decision_id),
                "number": line.number,
                "granted_minutes": line.granted,
                "delivered_minutes": line.delivered,
                "deviations": [{"code": one.code, "answers": list(one.answers)} for one in line.deviations],
                "advice": None if line.advice is None else _plain(asdict(line.advice)),
            }
            for line in told.lines
        ],
        "report": _written(told.report),
        "conclusions": _written(told.conclusions),
        "findings": [_plain(asdict(one)) for one in told.findings],
        "surveys": [_plain(asdict(one)) for one in told.surveys],
        "is_closed_by_month": told.is_closed_by_month,
        "advice": None if told.advice is None else asdict(told.advice),
        "crisis": None if told.crisis is None else asdict(told.crisis),
        "verdict": None if told.verdict is None else _plain(asdict(told.verdict)),
    }


def told_in(issue: DossierIssue, contract: Contract) -> DossierTold:
    """The dossier as it was issued; issues from before it told of advice and crisis intervention lack them."""
    content = issue.content
    return DossierTold(
        contract=contract,
        service=content["contract"]["service"],
        organisation=content["contract"]["organisation"],
        month=Month.parse(content["month"]),
        close=content["close"],
        report=_read(content["report"]),
        conclusions=_read(content["conclusions"]),
        lines=[
            DossierLine(
                decision_id=UUID(line["decision"]),
                number=line["number"],
                granted=line["granted_minutes"],
                delivered=line["delivered_minutes"],
                deviations=[DeviationTold(one["code"], one["answers"]) for one in line["deviations"]],
                advice=_advice(line["advice"]),
            )
            for line in content["lines"]
        ],
        findings=[
            FindingTold(
                **one
                | {
                    "inspection_id": UUID(one["inspection_id"]),
                    "contract_id": UUID(one["contract_id"]),
                    "held_on": date.fromisoformat(one["held_on"]),
                }
            )
            for one in content["findings"]
        ],
        surveys=[
            SurveyTold(**one | {"survey_id": UUID(one["survey_id"]), "contract_id": UUID(one["contract_id"])})
            for one in content["surveys"]
        ],
        is_closed_by_month=content.get("is_closed_by_month", True),
        advice=_advice_month(content.get("advice")),
        crisis=_crisis_month(content.get("crisis")),
        verdict=_verdict(content.get("verdict")),
    )


def _volume(one: dict[str, Any] | None) -> Volume | None:
    return None if one is None else Volume(**one)


def _advice_month(one: dict[str, Any] | None) -> AdviceMonth | None:
    if one is None:
        return None
    lines = [AdviceLine(**line) for line in one["lines"]]
    return AdviceMonth(**one | {"lines": lines, "volume": _volume(one["volume"])})


def _crisis_month(one: dict[str, Any] | None) -> CrisisMonth | None:
    return None if one is None else CrisisMonth(**one | {"volume": _volume(one["volume"])})


def _verdict(one: dict[str, Any] | None) -> ServiceVerdict | None:
    return None if one is None else ServiceVerdict(**one | {"at": datetime.fromisoformat(one["at"])})


def changed_since(issue: DossierIssue, now: DossierTold) -> list[str]:
    """The parts, as in PARTS, that are others now than they were issued; what becomes of tasks is no change."""
    before, after = _parts(issue.content), _parts(snapshot_of(now))
    return [part for part in PARTS if before[part] != after[part]]


def with_tasks_of(issued: DossierTold, now: DossierTold) -> DossierTold:
    """The dossier as it was issued, with what has become of its tasks until now."""
    tasks = {line.decision_id: line.advice for line in now.lines}
    return replace(issued, lines=[_with_task(line, tasks.get(line.decision_id)) for line in issued.lines])


def _with_task(line: DossierLine, now: AdviceTold | None) -> DossierLine:
    if line.advice is None or now is None or line.advice.task == now.task:
        return line
    return replace(line, advice=replace(line.advice, task=now.task))


def _parts(content: dict[str, Any]) -> dict[str, Any]:
    lines = content["lines"]
    return {
        "comparison": [{**line, "advice": None} for line in lines],
        # An issue from before the dossier told of them has neither.
        "advice": content.get("advice"),
        "crisis": content.get("crisis"),
        "recommendations": [
            *(line["advice"] and {**line["advice"], "task": "", "due_on": None} for line in lines),
            content.get("verdict"),
        ],
        "report": content["report"],
        # Whether a recommendation is late depends on the day on which somebody looks.
        "findings": [{**one, "late": 0} for one in content["findings"]],
        "surveys": content["surveys"],
    }


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat()
        if isinstance(value, date)
        else str(value)
        if isinstance(value, UUID)
        else value
        for name, value in values.items()
    }


def _written(one: Written | None) -> dict[str, Any] | None:
    return None if one is None else _plain(asdict(one))


def _read(one: dict[str, Any] | None) -> Written | None:
    return None if one is None else Written(**one | {"at": datetime.fromisoformat(one["at"])})


def _advice(one: dict[str, Any] | None) -> AdviceTold | None:
    if one is None:
        return None
    return AdviceTold(**one | {"due_on": date.fromisoformat(one["due_on"]) if one["due_on"] else None})

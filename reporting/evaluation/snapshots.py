"""What is frozen when an evaluation is finished, how it is read again, and what of it has changed since."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from contracting.commissioning.people import unit_people
from reporting.evaluation.models import (
    Evaluation,
    EvaluationIssue,
    EvaluationQuestion,
    OutcomeIndicator,
    OutcomeKind,
    Recommendation,
    TakenResult,
)
from reporting.evaluation.queries.outcomes import KeptPromises, OutcomeLine
from reporting.evaluation.queries.report import CycleTold, EvaluationTold, told_now
from reporting.supervision.queries.conformity import SectionScore

# Parts of the cycle in which an issue is laid beside the present; the texts of a finished evaluation do not change.
PARTS = ("outcomes", "promises", "standard")
_HEAD = ("kind", "title", "summary", "finished_by_name")
_QUESTION = ("question", "technique", "source", "finding")
_RESULT = ("question", "key", "kind", "source", "name", "part", "whole", "taken_at", "taken_by_name")
_RECOMMENDATION = ("text", "addressee", "due_on", "is_lesson")
_OUTCOME = ("name", "direction", "source")
_KIND = ("name", "unit")
_OUTCOME_NUMBERS = ("target", "baseline_part", "baseline_whole", "result_part", "result_whole")
_ENCODED: Callable[[Any], Any] = DjangoJSONEncoder().default
_LINE = ("baseline", "result", "change", "spent", "cost")


def told_of(evaluation: Evaluation) -> EvaluationTold:
    """The evaluation as it stands at this moment, whether it is finished or not."""
    return told_now(evaluation, dict(unit_people()))


def snapshot_of(told: EvaluationTold) -> dict[str, Any]:
    """The evaluation as one JSON document: money and shares as text, days and instants ISO 8601, codes for words."""
    one = told.evaluation
    return {
        "evaluation": {
            **_plain(one, _HEAD),
            "due_on": one.due_on.isoformat(),
            "finished_at": None if one.finished_at is None else _text(one.finished_at),
            "owner": told.owner,
        },
        "cycle": {name: _text(value) for name, value in asdict(told.cycle).items()},
        "questions": [_plain(row, _QUESTION) for row in told.questions],
        "results": [_plain(row, _RESULT) for row in told.results],
        "recommendations": [_plain(row, _RECOMMENDATION) for row in told.recommendations],
        "outcomes": [_outcome(line) for line in told.outcomes],
        "unpaid": list(told.unpaid),
        "promises": asdict(told.kept),
        "standard": [
            {"section": row.section, "met": row.met, "asked": row.asked, "inspections": row.inspections}
            for row in told.conformity
        ],
    }


def told_in(issue: EvaluationIssue) -> EvaluationTold:
    """The evaluation as it was issued. Its rows are not those of the tables: they cannot be saved."""
    content = issue.content
    head = dict(content["evaluation"])
    owner = head.pop("owner")
    cycle = content["cycle"]
    return EvaluationTold(
        evaluation=_row(Evaluation, {**head, "id": issue.evaluation_id}),
        cycle=CycleTold(
            cycle["title"],
            cycle["service"],
            date.fromisoformat(cycle["first"]),
            date.fromisoformat(cycle["last"]),
        ),
        owner=owner,
        questions=[_row(EvaluationQuestion, one) for one in content["questions"]],
        results=[_row(TakenResult, one) for one in content["results"]],
        recommendations=[_row(Recommendation, one) for one in content["recommendations"]],
        outcomes=[_line(one) for one in content["outcomes"]],
        # An issue from before payments were known names none.
        unpaid=content.get("unpaid", []),
        kept=KeptPromises(**content["promises"]),
        conformity=[SectionScore(**one) for one in content["standard"]],
    )


def changed_since(issue: EvaluationIssue, now: EvaluationTold) -> list[str]:
    """The parts, as in PARTS, that are others now than they were issued."""
    after = snapshot_of(now)
    return [part for part in PARTS if issue.content[part] != after[part]]


def _plain(row: Model, names: Sequence[str]) -> dict[str, Any]:
    return {name: _text(getattr(row, name)) for name in names}


def _text(value: Any) -> Any:
    """The value as JSON holds it."""
    return value if value is None or isinstance(value, str | int) else _ENCODED(value)


def _outcome(line: OutcomeLine) -> dict[str, Any]:
    return {
        "id": str(line.outcome.pk),
        **_plain(line.outcome, (*_OUTCOME, *_OUTCOME_NUMBERS)),
        "kind": None if line.outcome.kind is None else _plain(line.outcome.kind, _KIND),
        "reached": line.reached,
        "told": {name: _text(getattr(line, name)) for name in _LINE},
    }


def _line(one: dict[str, Any]) -> OutcomeLine:
    kind = None if one["kind"] is None else OutcomeKind(**one["kind"])
    outcome = OutcomeIndicator(pk=UUID(one["id"]), kind=kind, **{name: one[name] for name in _OUTCOME})
    for name in _OUTCOME_NUMBERS:
        setattr(outcome, name, _number(one[name]))
    told = {name: _number(value) for name, value in one["told"].items()}
    return OutcomeLine(outcome=outcome, reached=one["reached"], **told)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _row(model: Any, values: dict[str, Any]) -> Any:
    """A row of the model with these values, each read from its text as its field reads it."""
    return model(**{name: model._meta.get_field(name).to_python(value) for name, value in values.items()})

"""The verbs on evaluations of a cycle: plan, write, finish, open again, remove, take results."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.commissioning import steps
from contracting.commissioning.models import Cycle, Step
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid
from reporting.compliance.snapshots import digest_of
from reporting.evaluation.actions.running import running
from reporting.evaluation.models import (
    Evaluation,
    EvaluationIssue,
    EvaluationQuestion,
    Recommendation,
    TakenResult,
)
from reporting.evaluation.queries.facts import Fact
from reporting.evaluation.snapshots import snapshot_of, told_of
from ui.formatting import format_date_short

FIELDS = ("kind", "title", "due_on", "owner_id", "summary")
QUESTION_FIELDS = ("question", "technique", "source", "finding")
RECOMMENDATION_FIELDS = ("text", "addressee", "due_on", "is_lesson")
Rows = Sequence[Mapping[str, Any]]


def evaluation_stamp(evaluation: Evaluation) -> str:
    """The stamp of an evaluation with its questions and recommendations."""
    return stamp_of(_whole(evaluation))


def _whole(evaluation: Evaluation) -> dict[str, Any]:
    return {
        **{name: getattr(evaluation, name) for name in FIELDS},
        "questions": list(evaluation.questions.values_list(*QUESTION_FIELDS)),
        "recommendations": list(evaluation.recommendations.values_list(*RECOMMENDATION_FIELDS)),
    }


def plan_evaluation(
    cycle: Cycle, values: Mapping[str, Any], *, questions: Rows, recommendations: Rows = (), actor: Actor
) -> Evaluation:
    """A partial or final evaluation of a running cycle, with its questions. Raises DomainError."""
    with transaction.atomic():
        evaluation = Evaluation(cycle=running(cycle))
        _write(evaluation, values, questions, recommendations)
        record(
            "plan_evaluation",
            actor=actor,
            subject_type="evaluation",
            subject_id=evaluation.pk,
            payload={"cycle": cycle.pk, "kind": evaluation.kind, "due_on": evaluation.due_on},
        )
    return evaluation


def edit_evaluation(
    evaluation: Evaluation,
    values: Mapping[str, Any],
    *,
    questions: Rows,
    recommendations: Rows,
    seen: str | None = None,
    actor: Actor,
) -> Evaluation:
    """Write what an evaluation asks, finds and recommends. Raises DomainError where it is finished, Conflict."""
    with transaction.atomic():
        locked = _unfinished(evaluation)
        before = _whole(locked)
        require_unchanged(seen, stamp_of(before))
        _write(locked, values, questions, recommendations)
        after = _whole(locked)
        if after != before:
            changed = {name for name in after if after[name] != before[name]}
            record(
                "edit_evaluation",
                actor=actor,
                subject_type="evaluation",
                subject_id=locked.pk,
                payload={
                    "before": {name: before[name] for name in changed},
                    "after": {name: after[name] for name in changed},
                },
            )
    return locked


def _unfinished(evaluation: Evaluation) -> Evaluation:
    running(evaluation.cycle)
    locked: Evaluation = Evaluation.objects.select_for_update().get(pk=evaluation.pk)
    if locked.is_finished:
        raise DomainError(
            "evaluation_finished",
            _("The evaluation is finished: open it again, then change it."),
            field="summary",
        )
    return locked


def _write(evaluation: Evaluation, values: Mapping[str, Any], questions: Rows, recommendations: Rows) -> None:
    for name in FIELDS:
        if name in values:
            setattr(evaluation, name, values[name])
    _require_in_plan(evaluation)
    require_valid(evaluation)
    evaluation.save()
    _keep_results(evaluation, [row["question"] for row in questions])
    evaluation.questions.all().delete()
    evaluation.recommendations.all().delete()
    for position, row in enumerate(questions, start=1):
        question = EvaluationQuestion(
            evaluation=evaluation, position=position, **{name: row[name] for name in QUESTION_FIELDS}
        )
        require_valid(question, exclude=["evaluation"])
        question.save()
    for position, row in enumerate(recommendations, start=1):
        recommendation = Recommendation(
            evaluation=evaluation, position=position, **{name: row[name] for name in RECOMMENDATION_FIELDS}
        )
        require_valid(recommendation, exclude=["evaluation"])
        recommendation.save()


def _require_in_plan(evaluation: Evaluation) -> None:
    """An evaluation is due from the first day of the cycle to its last, or to the day on which its step 7 is due.

    Where that step has no day yet, any later day will do.
    """
    cycle = evaluation.cycle
    step = Step.objects.filter(cycle=cycle, kind=steps.EVALUATION).first()
    last = max(step.due_on, cycle.period_to) if step and step.due_on else None
    if evaluation.due_on >= cycle.period_from and (last is None or evaluation.due_on <= last):
        return
    told = {"first": format_date_short(cycle.period_from), "last": format_date_short(last)}
    sentence = (
        _("The cycle begins on %(first)s: choose that day or a later one.")
        if last is None
        else _("The plan of the cycle has its evaluation from %(first)s to %(last)s: choose a day of these.")
    )
    raise DomainError("evaluation_outside_plan", sentence % told, field="due_on", value=evaluation.due_on)


def _keep_results(evaluation: Evaluation, questions: Sequence[str]) -> None:
    """Results follow their question where it is worded anew, and stay with the whole evaluation where it is removed."""
    for before in evaluation.questions.all():
        if before.question in questions:
            continue
        worded = questions[before.position - 1] if before.position <= len(questions) else ""
        known = evaluation.questions.filter(question=worded).exists()
        taken = evaluation.results.filter(question=before.question)
        for row in taken:
            row.question = "" if known else worded
            if evaluation.results.filter(question=row.question, key=row.key).exists():
                row.delete()
            else:
                row.save(update_fields=["question"])


def take_result(evaluation: Evaluation, fact: Fact, *, question: str, actor: Actor) -> TakenResult:
    """Take a result as it stands now for a question, or for the whole evaluation ("").

    Taken again it replaces what was taken. Raises DomainError where the evaluation is finished, or has no such question
    (`no_question`).
    """
    with transaction.atomic():
        locked = _unfinished(evaluation)
        if question and not locked.questions.filter(question=question).exists():
            raise DomainError(
                "no_question",
                _("The evaluation has no such question any more: choose another."),
                field="question",
            )
        row = locked.results.filter(question=question, key=fact.key).first() or TakenResult(
            evaluation=locked, question=question, key=fact.key
        )
        row.kind, row.source, row.name = fact.kind, fact.source[:300], fact.name[:400]
        row.part, row.whole = fact.part, fact.whole
        row.taken_at, row.taken_by_name = timezone.now(), actor.label[:150]
        require_valid(row, exclude=["evaluation"])
        row.save()
        _note_result("take_result", row, actor)
    return row


def drop_result(result: TakenResult, *, actor: Actor) -> None:
    """Take a result out of an evaluation again. Raises DomainError where the evaluation is finished."""
    with transaction.atomic():
        _unfinished(result.evaluation)
        _note_result("drop_result", result, actor)
        result.delete()


def _note_result(verb: str, row: TakenResult, actor: Actor) -> None:
    record(
        verb,
        actor=actor,
        subject_type="evaluation",
        subject_id=row.evaluation_id,
        payload={
            "question": row.question,
            "key": row.key,
            "name": row.name,
            "part": row.part,
            "whole": row.whole,
        },
    )


def finish_evaluation(evaluation: Evaluation, *, actor: Actor) -> Evaluation:
    """Finish an evaluation and freeze what it tells as its next issue: questions with findings, and a summary.

    Raises DomainError `evaluation_unanswered`, `evaluation_without_summary`, and where it is finished already.
    """
    with transaction.atomic():
        locked = _unfinished(evaluation)
        findings = list(locked.questions.values_list("finding", flat=True))
        if not findings or not all(finding.strip() for finding in findings):
            raise DomainError(
                "evaluation_unanswered",
                _(
                    "An evaluation has at least one question, and each question its finding: write what is missing."
                ),
            )
        if not locked.summary.strip():
            raise DomainError(
                "evaluation_without_summary",
                _("Write the summary before you finish the evaluation."),
                field="summary",
            )
        locked.finished_at, locked.finished_by_name = timezone.now(), actor.label[:150]
        locked.save(update_fields=["finished_at", "finished_by_name"])
        issue = _issue(locked)
        record(
            "finish_evaluation",
            actor=actor,
            subject_type="evaluation",
            subject_id=locked.pk,
            payload={
                "questions": len(findings),
                "recommendations": locked.recommendations.count(),
                "issue": issue.number,
                "sha256": issue.sha256,
            },
        )
    return locked


def _issue(evaluation: Evaluation) -> EvaluationIssue:
    content = snapshot_of(told_of(evaluation))
    issue: EvaluationIssue = EvaluationIssue.objects.create(
        evaluation=evaluation,
        number=evaluation.issues.count() + 1,
        content=content,
        sha256=digest_of(content),
        issued_at=evaluation.finished_at,
        issued_by_name=evaluation.finished_by_name,
    )
    return issue


def reopen_evaluation(evaluation: Evaluation, *, actor: Actor) -> Evaluation:
    """Open a finished evaluation again. Raises DomainError where it is not finished or the cycle is over."""
    with transaction.atomic():
        running(evaluation.cycle)
        locked: Evaluation = Evaluation.objects.select_for_update().get(pk=evaluation.pk)
        if not locked.is_finished:
            raise DomainError("evaluation_open", _("The evaluation is not finished: just change it."))
        locked.finished_at, locked.finished_by_name = None, ""
        locked.save(update_fields=["finished_at", "finished_by_name"])
        record("reopen_evaluation", actor=actor, subject_type="evaluation", subject_id=locked.pk, payload={})
    return locked


def remove_evaluation(evaluation: Evaluation, *, actor: Actor) -> None:
    """Remove an evaluation; the audit line keeps what it said. Raises DomainError where it is finished, or ever was."""
    with transaction.atomic():
        locked = _unfinished(evaluation)
        if locked.issues.exists():
            raise DomainError(
                "evaluation_issued",
                _(
                    "The evaluation was finished before, and what it said then stays: change it and finish it again."
                ),
            )
        record(
            "remove_evaluation",
            actor=actor,
            subject_type="evaluation",
            subject_id=locked.pk,
            payload={"cycle": locked.cycle_id, "before": _whole(locked)},
        )
        locked.delete()

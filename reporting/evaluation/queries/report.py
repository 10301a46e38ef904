"""What an evaluation tells at one moment: its own texts and results, and the figures of its cycle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from contracting.commissioning.models import Cycle
from reporting.evaluation.models import Evaluation, EvaluationQuestion, Recommendation, TakenResult
from reporting.evaluation.queries.facts import conformity
from reporting.evaluation.queries.outcomes import (
    KeptPromises,
    OutcomeLine,
    outcome_lines,
    promises_kept,
    spent_on,
)
from reporting.supervision.queries.conformity import SectionScore


@dataclass(frozen=True)
class CycleTold:
    """The cycle by the names it had, with its period (both days included)."""

    title: str
    service: str
    first: date
    last: date


@dataclass(frozen=True)
class EvaluationTold:
    """An evaluation with all that its page and its report show; its rows may be read from an issue, not stored ones."""

    evaluation: Evaluation
    cycle: CycleTold
    owner: str
    questions: Sequence[EvaluationQuestion]
    results: Sequence[TakenResult]
    recommendations: Sequence[Recommendation]
    outcomes: Sequence[OutcomeLine]
    # Numbers of contracts whose payments nobody recorded: what they cost is not in the outcomes.
    unpaid: Sequence[str]
    kept: KeptPromises
    conformity: Sequence[SectionScore]


def told_now(evaluation: Evaluation, names: dict[UUID, str]) -> EvaluationTold:
    """The evaluation as the tables tell it at this moment; `names` are the people of the unit. Constant queries."""
    cycle = evaluation.cycle
    spent = spent_on(cycle)
    return EvaluationTold(
        evaluation=evaluation,
        cycle=_cycle(cycle),
        owner="" if evaluation.owner_id is None else names.get(evaluation.owner_id, ""),
        questions=list(evaluation.questions.all()),
        results=list(evaluation.results.all()),
        recommendations=list(evaluation.recommendations.all()),
        outcomes=outcome_lines(cycle, spent.money),
        unpaid=[one.number for one in spent.unpaid],
        kept=promises_kept(cycle),
        conformity=conformity(cycle),
    )


def _cycle(cycle: Cycle) -> CycleTold:
    return CycleTold(cycle.title, str(cycle.service), cycle.period_from, cycle.period_to)

"""Monthly measurements of commitments, and the evaluation of a cycle: questions, outcomes, recommendations."""

from reporting.evaluation.models.evaluations import (
    Evaluation,
    EvaluationIssue,
    EvaluationQuestion,
    Recommendation,
    TakenResult,
)
from reporting.evaluation.models.measurements import (
    SETTING_FIELDS,
    Measurement,
    MeasuringSettings,
    StatedValue,
)
from reporting.evaluation.models.outcomes import OutcomeIndicator, OutcomeKind

__all__ = [
    "SETTING_FIELDS",
    "Evaluation",
    "EvaluationIssue",
    "EvaluationQuestion",
    "Measurement",
    "MeasuringSettings",
    "OutcomeIndicator",
    "OutcomeKind",
    "Recommendation",
    "StatedValue",
    "TakenResult",
]

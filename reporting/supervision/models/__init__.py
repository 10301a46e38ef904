"""What supervision keeps: inspections with their findings, monthly dossiers, breaches, own controls, and its terms."""

from reporting.supervision.models.breaches import Breach
from reporting.supervision.models.controls import OwnControl
from reporting.supervision.models.dossiers import DecisionAdvice, Dossier
from reporting.supervision.models.inspections import (
    ANSWER_CODES,
    Finding,
    Inspection,
    Recommendation,
    SampledItem,
)
from reporting.supervision.models.settings import SETTING_FIELDS, SupervisionSettings

__all__ = [
    "ANSWER_CODES",
    "SETTING_FIELDS",
    "Breach",
    "DecisionAdvice",
    "Dossier",
    "Finding",
    "Inspection",
    "OwnControl",
    "Recommendation",
    "SampledItem",
    "SupervisionSettings",
]

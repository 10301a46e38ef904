"""What supervision keeps: inspections with samples and findings; the tenant's settings of supervision."""

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
    "Finding",
    "Inspection",
    "Recommendation",
    "SampledItem",
    "SupervisionSettings",
]

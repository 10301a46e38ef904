"""What supervision keeps: inspections and findings, dossiers, breaches, own controls, surveys, and its terms."""

from reporting.supervision.models.attachments import Attachment
from reporting.supervision.models.breaches import Breach
from reporting.supervision.models.controls import OwnControl
from reporting.supervision.models.dossiers import (
    DecisionAdvice,
    Dossier,
    DossierIssue,
    ReportReminder,
    ServiceTask,
)
from reporting.supervision.models.drawn import SUBJECTS
from reporting.supervision.models.inspections import (
    ANSWER_CODES,
    Finding,
    Inspection,
    Recommendation,
    SampledItem,
)
from reporting.supervision.models.settings import SETTING_FIELDS, SupervisionSettings
from reporting.supervision.models.surveys import Invitation, Questionnaire, Survey, SurveyResponse

__all__ = [
    "ANSWER_CODES",
    "SETTING_FIELDS",
    "SUBJECTS",
    "Attachment",
    "Breach",
    "DecisionAdvice",
    "Dossier",
    "DossierIssue",
    "Finding",
    "Inspection",
    "Invitation",
    "OwnControl",
    "Questionnaire",
    "Recommendation",
    "ReportReminder",
    "SampledItem",
    "ServiceTask",
    "SupervisionSettings",
    "Survey",
    "SurveyResponse",
]

"""Services with their standards; cycles with their seven steps and what each step leaves behind."""

from contracting.commissioning.models.assessments import SelfAssessmentArea
from contracting.commissioning.models.cycles import Cycle, Step, StepDecision
from contracting.commissioning.models.financing import CostLine, FundingSource, PaymentTable
from contracting.commissioning.models.forms import FormOption
from contracting.commissioning.models.law import LegalLimit
from contracting.commissioning.models.needs import Consultation, CycleResource, Need, Resource, TargetGroup
from contracting.commissioning.models.scope import QualityIndicator, ScopeItem
from contracting.commissioning.models.services import CODE, Activity, Qualification, Service
from contracting.commissioning.models.standards import StandardVersion

__all__ = [
    "CODE",
    "Activity",
    "Consultation",
    "CostLine",
    "Cycle",
    "CycleResource",
    "FormOption",
    "FundingSource",
    "LegalLimit",
    "Need",
    "PaymentTable",
    "Qualification",
    "QualityIndicator",
    "Resource",
    "ScopeItem",
    "SelfAssessmentArea",
    "Service",
    "StandardVersion",
    "Step",
    "StepDecision",
    "TargetGroup",
]

"""Public tables of statistics: pushed facts, what tenants agreed to, keys, and rules of disclosure."""

from reporting.statistics.models.facts import (
    ALL_SERVICES,
    Contribution,
    Fact,
    FactsBatch,
    HeldFact,
    PeriodKind,
)
from reporting.statistics.models.notes import Note, NoteMessage
from reporting.statistics.models.places import Relocation
from reporting.statistics.models.quartiles import ReleasedQuartiles
from reporting.statistics.models.releases import Examination, Release, ReleasedCell, Standing
from reporting.statistics.models.reports import MadeReport, SavedReport
from reporting.statistics.models.rules import DisclosureRule
from reporting.statistics.models.signing import PushConsent, SigningKey, SigningSecret

__all__ = [
    "ALL_SERVICES",
    "Contribution",
    "DisclosureRule",
    "Examination",
    "Fact",
    "FactsBatch",
    "HeldFact",
    "MadeReport",
    "Note",
    "NoteMessage",
    "PeriodKind",
    "PushConsent",
    "Release",
    "ReleasedCell",
    "ReleasedQuartiles",
    "Relocation",
    "SavedReport",
    "SigningKey",
    "SigningSecret",
    "Standing",
]

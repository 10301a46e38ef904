"""The pure rules of the monthly comparison: facts in, deviations out, no Django."""

from reporting.compliance.rules.comparison import (
    ContractComparison,
    DecisionComparison,
    MonthComparison,
    compare,
)
from reporting.compliance.rules.deviations import SEVERITIES, Code, Deviation, PlannedSlot, Severity
from reporting.compliance.rules.export import deviation_to_json, to_json
from reporting.compliance.rules.facts import (
    DEFAULT_THRESHOLDS,
    Amount,
    AmountPer,
    CleanVisits,
    ContractFacts,
    DecisionFacts,
    MonthFacts,
    NamedWorker,
    Qualification,
    Slot,
    Suspension,
    Thresholds,
    VisitFacts,
    VisitState,
    WorkerFacts,
)
from reporting.compliance.rules.grants import active_dates, granted_minutes, is_in_force, is_suspended
from reporting.compliance.rules.refusing import refusable_minutes, refused_by_decision
from reporting.compliance.rules.slots import SlotMatching, match_slots, missed_on
from reporting.compliance.rules.visits import is_unnamed, lacks_qualification, outside_scope

__all__ = [
    "DEFAULT_THRESHOLDS",
    "SEVERITIES",
    "Amount",
    "AmountPer",
    "CleanVisits",
    "Code",
    "ContractComparison",
    "ContractFacts",
    "DecisionComparison",
    "DecisionFacts",
    "Deviation",
    "MonthComparison",
    "MonthFacts",
    "NamedWorker",
    "PlannedSlot",
    "Qualification",
    "Severity",
    "Slot",
    "SlotMatching",
    "Suspension",
    "Thresholds",
    "VisitFacts",
    "VisitState",
    "WorkerFacts",
    "active_dates",
    "compare",
    "deviation_to_json",
    "granted_minutes",
    "is_in_force",
    "is_suspended",
    "is_unnamed",
    "lacks_qualification",
    "match_slots",
    "missed_on",
    "outside_scope",
    "refusable_minutes",
    "refused_by_decision",
    "to_json",
]

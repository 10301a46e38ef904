"""The verbs of supervision."""

from reporting.supervision.actions.findings import (
    FindingEntry,
    RecommendationEntry,
    follow_up_recommendation,
    remove_finding,
    report_recommendation,
    save_finding,
)
from reporting.supervision.actions.inspections import (
    InspectionPlan,
    answer_protocol,
    call_off_inspection,
    change_inspection,
    check_item,
    close_inspection,
    draw_sample,
    plan_inspection,
    send_protocol,
    write_protocol,
)
from reporting.supervision.actions.settings import change_supervision_settings

__all__ = [
    "FindingEntry",
    "InspectionPlan",
    "RecommendationEntry",
    "answer_protocol",
    "call_off_inspection",
    "change_inspection",
    "change_supervision_settings",
    "check_item",
    "close_inspection",
    "draw_sample",
    "follow_up_recommendation",
    "plan_inspection",
    "remove_finding",
    "report_recommendation",
    "save_finding",
    "send_protocol",
    "write_protocol",
]

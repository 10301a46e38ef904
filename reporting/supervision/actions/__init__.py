"""The verbs of supervision."""

from reporting.supervision.actions.breaches import (
    answer_breach,
    decide_breach,
    report_breach,
    withdraw_breach,
)
from reporting.supervision.actions.controls import (
    ControlEntry,
    correct_own_control,
    enter_own_control,
)
from reporting.supervision.actions.dossiers import (
    complete_task,
    complete_tasks_of,
    conclude_dossier,
    drop_task,
    recommend_on_decision,
    reopen_dossier,
    report_problems,
)
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
from reporting.supervision.actions.questionnaires import (
    QuestionnaireEntry,
    change_questionnaire,
    publish_questionnaire,
    write_questionnaire,
)
from reporting.supervision.actions.services import (
    complete_service_task,
    drop_service_task,
    recommend_on_service,
)
from reporting.supervision.actions.settings import change_supervision_settings
from reporting.supervision.actions.surveys import (
    SurveyPlan,
    answer_survey,
    close_survey,
    issue_links,
    link_stamp,
    mail_links,
    start_survey,
)

__all__ = [
    "ControlEntry",
    "FindingEntry",
    "InspectionPlan",
    "QuestionnaireEntry",
    "RecommendationEntry",
    "SurveyPlan",
    "answer_breach",
    "answer_protocol",
    "answer_survey",
    "call_off_inspection",
    "change_inspection",
    "change_questionnaire",
    "change_supervision_settings",
    "check_item",
    "close_inspection",
    "close_survey",
    "complete_service_task",
    "complete_task",
    "complete_tasks_of",
    "conclude_dossier",
    "correct_own_control",
    "decide_breach",
    "draw_sample",
    "drop_service_task",
    "drop_task",
    "enter_own_control",
    "follow_up_recommendation",
    "issue_links",
    "link_stamp",
    "mail_links",
    "plan_inspection",
    "publish_questionnaire",
    "recommend_on_decision",
    "recommend_on_service",
    "remove_finding",
    "reopen_dossier",
    "report_breach",
    "report_problems",
    "report_recommendation",
    "save_finding",
    "send_protocol",
    "start_survey",
    "withdraw_breach",
    "write_protocol",
    "write_questionnaire",
]

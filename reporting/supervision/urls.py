"""Addresses under `/<tenant>/supervision/`."""

from django.urls import path

from reporting.supervision.views import (
    breaches,
    controls,
    dossiers,
    findings,
    inspections,
    questionnaires,
    settings,
    surveys,
)

app_name = "supervision"
urlpatterns = [
    path("", inspections.list_inspections, name="inspections"),
    path("terms/", settings.edit_settings, name="settings"),
    path("inspections/new/", inspections.plan_inspection, name="plan_inspection"),
    path("inspections/<uuid:pk>/", inspections.show_inspection, name="inspection"),
    path("inspections/<uuid:pk>/plan/", inspections.change_inspection, name="change_inspection"),
    path("inspections/<uuid:pk>/call-off/", inspections.call_off_inspection, name="call_off_inspection"),
    path("inspections/<uuid:pk>/sample/", inspections.draw_sample, name="draw_sample"),
    path("inspections/<uuid:pk>/sample/<uuid:item_pk>/", inspections.check_item, name="check_item"),
    path("inspections/<uuid:pk>/protocol/", inspections.write_protocol, name="write_protocol"),
    path("inspections/<uuid:pk>/findings/new/", findings.add_finding, name="add_finding"),
    path("inspections/<uuid:pk>/findings/<uuid:finding_pk>/", findings.change_finding, name="change_finding"),
    path(
        "inspections/<uuid:pk>/findings/<uuid:finding_pk>/remove/",
        findings.remove_finding,
        name="remove_finding",
    ),
    path("inspections/<uuid:pk>/send/", inspections.send_protocol, name="send_protocol"),
    path("inspections/<uuid:pk>/answer/", findings.answer_protocol, name="answer_protocol"),
    path("inspections/<uuid:pk>/close/", inspections.close_inspection, name="close_inspection"),
    path("inspections/<uuid:pk>/pdf/", inspections.protocol_pdf, name="protocol_pdf"),
    path("recommendations/<uuid:pk>/report/", findings.report_recommendation, name="report_recommendation"),
    path(
        "recommendations/<uuid:pk>/follow-up/",
        findings.follow_up_recommendation,
        name="follow_up_recommendation",
    ),
    path("dossiers/", dossiers.list_dossiers, name="dossiers"),
    path("dossiers/<uuid:contract_pk>/<str:month>/", dossiers.show_dossier, name="dossier"),
    path("dossiers/<uuid:contract_pk>/<str:month>/pdf/", dossiers.dossier_pdf, name="dossier_pdf"),
    path("dossiers/<uuid:contract_pk>/<str:month>/report/", dossiers.report_problems, name="report_problems"),
    path(
        "dossiers/<uuid:contract_pk>/<str:month>/decisions/<uuid:decision_pk>/",
        dossiers.recommend,
        name="recommend",
    ),
    path(
        "dossiers/<uuid:contract_pk>/<str:month>/conclude/",
        dossiers.conclude_dossier,
        name="conclude_dossier",
    ),
    path(
        "dossiers/<uuid:contract_pk>/<str:month>/reopen/",
        dossiers.reopen_dossier,
        name="reopen_dossier",
    ),
    path("tasks/", dossiers.list_tasks, name="tasks"),
    path("tasks/<uuid:pk>/done/", dossiers.complete_task, name="complete_task"),
    path("tasks/<uuid:pk>/drop/", dossiers.drop_task, name="drop_task"),
    path("breaches/", breaches.list_breaches, name="breaches"),
    path("breaches/new/", breaches.report_breach, name="report_breach"),
    path("breaches/<uuid:pk>/", breaches.show_breach, name="breach"),
    path("breaches/<uuid:pk>/answer/", breaches.answer_breach, name="answer_breach"),
    path("breaches/<uuid:pk>/decide/", breaches.decide_breach, name="decide_breach"),
    path("breaches/<uuid:pk>/withdraw/", breaches.withdraw_breach, name="withdraw_breach"),
    path("controls/", controls.list_controls, name="own_controls"),
    path("controls/new/", controls.enter_control, name="enter_own_control"),
    path("controls/<uuid:pk>/", controls.correct_control, name="correct_own_control"),
    path("surveys/", surveys.list_surveys, name="surveys"),
    path("surveys/new/", surveys.start_survey, name="start_survey"),
    path("surveys/<uuid:pk>/", surveys.show_survey, name="survey"),
    path("surveys/<uuid:pk>/links/", surveys.issue_links, name="issue_survey_links"),
    path(
        "surveys/<uuid:pk>/invitations/<uuid:invitation_pk>/",
        surveys.enter_answers,
        name="enter_survey_answers",
    ),
    path("surveys/<uuid:pk>/close/", surveys.close_survey, name="close_survey"),
    path("surveys/<uuid:pk>/pdf/", surveys.survey_pdf, name="survey_pdf"),
    path("surveys/<uuid:pk>/xlsx/", surveys.survey_xlsx, name="survey_xlsx"),
    path("questionnaires/", questionnaires.list_questionnaires, name="questionnaires"),
    path("questionnaires/new/", questionnaires.write_questionnaire, name="write_questionnaire"),
    path("questionnaires/<uuid:pk>/", questionnaires.show_questionnaire, name="questionnaire"),
    path(
        "questionnaires/<uuid:pk>/change/", questionnaires.change_questionnaire, name="change_questionnaire"
    ),
    path(
        "questionnaires/<uuid:pk>/publish/",
        questionnaires.publish_questionnaire,
        name="publish_questionnaire",
    ),
]

"""Addresses under `/<tenant>/supervision/`."""

from django.urls import path

from reporting.supervision.views import findings, inspections, settings

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
]

"""Addresses under `/region/`: what an analyst does beside reading figures, and the rules for everybody."""

from django.urls import path

from reporting.statistics.views import notes, prefilled_region, reports, timeliness, upkeep

app_name = "region"
urlpatterns = [
    path("rules/", upkeep.rules, name="rules"),
    path("<str:voivodeship>/releases/", upkeep.releases, name="releases"),
    path("<str:voivodeship>/completeness/", timeliness.timeliness, name="timeliness"),
    path("<str:voivodeship>/reports/", reports.reports, name="reports"),
    path("<str:voivodeship>/reports/new/", reports.save, name="save_report"),
    path("<str:voivodeship>/reports/<uuid:pk>/", reports.report, name="report"),
    path("<str:voivodeship>/reports/<uuid:pk>/end/", reports.end, name="end_report"),
    path("<str:voivodeship>/reports/<uuid:pk>/files/<uuid:made>/", reports.file, name="report_file"),
    path("<str:voivodeship>/tables/", prefilled_region.tables, name="tables"),
    path("<str:voivodeship>/tables/file/", prefilled_region.tables_file, name="tables_file"),
    path("<str:voivodeship>/notes/", notes.notes, name="notes"),
    path("<str:voivodeship>/notes/new/", notes.write, name="write_note"),
    path("<str:voivodeship>/notes/<uuid:pk>/", notes.note, name="note"),
    path("<str:voivodeship>/notes/<uuid:pk>/close/", notes.close, name="close_note"),
]

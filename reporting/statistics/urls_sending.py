"""Addresses under `/<tenant>/statistics/`: what the tenant sends to its region."""

from django.urls import path

from reporting.statistics.views import agreeing, answering, benchmark, prefilled, sending

app_name = "sending"
urlpatterns = [
    path("", sending.overview, name="overview"),
    path("approve/", agreeing.approve, name="approve"),
    path("stop/", agreeing.stop, name="stop"),
    path("periods/<str:period>/", sending.period, name="period"),
    path("batches/<uuid:pk>/", sending.receipt, name="receipt"),
    path("batches/<uuid:pk>/batch.json", sending.document, name="document"),
    path("benchmark/", benchmark.benchmark, name="benchmark"),
    path("tables/", prefilled.tables, name="tables"),
    path("tables/file/", prefilled.tables_file, name="tables_file"),
    path("notes/", answering.notes, name="notes"),
    path("notes/<uuid:pk>/", answering.note, name="note"),
    path("held/<uuid:pk>/", agreeing.confirm, name="confirm"),
]

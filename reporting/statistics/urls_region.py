"""Addresses under `/region/<voivodeship>/`: what an analyst does beside reading figures."""

from django.urls import path

from reporting.statistics.views import notes, timeliness

app_name = "region"
urlpatterns = [
    path("<str:voivodeship>/completeness/", timeliness.timeliness, name="timeliness"),
    path("<str:voivodeship>/notes/", notes.notes, name="notes"),
    path("<str:voivodeship>/notes/new/", notes.write, name="write_note"),
    path("<str:voivodeship>/notes/<uuid:pk>/", notes.note, name="note"),
    path("<str:voivodeship>/notes/<uuid:pk>/close/", notes.close, name="close_note"),
]

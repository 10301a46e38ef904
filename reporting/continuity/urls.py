"""Addresses under `/<tenant>/continuity/`."""

from django.urls import path

from reporting.continuity.views import radar

app_name = "continuity"
urlpatterns = [
    path("", radar.radar, name="radar"),
    path("settings/", radar.radar_settings, name="settings"),
    path("decisions/<uuid:decision_pk>/check/", radar.check, name="check"),
]

"""Addresses under `/<tenant>/field/`."""

from django.urls import path

from reporting.field import api
from reporting.field.views import cards, entries, late, observations, phone

app_name = "field"
urlpatterns = [
    path("", phone.show_phone, name="phone"),
    path("manifest.webmanifest", phone.manifest, name="manifest"),
    path("worker.js", phone.service_worker, name="service_worker"),
    path("shift/", api.shift_data, name="shift"),
    path("sync/", api.sync, name="sync"),
    path("entries/", entries.list_entries, name="entries"),
    path("entries/known/", entries.confirm, name="confirm_carer"),
    path("entries/<uuid:pk>/", entries.show_entry, name="entry"),
    path("entries/<uuid:pk>/own/", api.settle_own, name="settle_own"),
    path("late/", late.list_late, name="late_entries"),
    path("late/<uuid:pk>/", late.add_late, name="late_entry"),
    path("observations/", observations.list_observations, name="observations"),
    path("observations/<uuid:pk>/", observations.show_observation, name="observation"),
    path("cards/", cards.choose_card, name="cards"),
    path("cards/decision/<uuid:pk>/<str:month>/", cards.decision_card, name="decision_card"),
    path("cards/worker/<uuid:pk>/<str:month>/", cards.worker_cards, name="worker_cards"),
    path("cards/open/<uuid:pk>/<str:month>/", cards.open_grid, name="open_grid"),
]

"""Addresses under `/<tenant>/evaluation/`."""

from django.urls import path

from reporting.evaluation.views import commitments

app_name = "evaluation"
urlpatterns = [
    path("commitments/", commitments.contracts, name="contracts"),
    path("commitments/settings/", commitments.settings, name="settings"),
    path("commitments/<uuid:pk>/", commitments.contract, name="contract"),
    path("commitments/<uuid:pk>/xlsx/", commitments.contract_xlsx, name="contract_xlsx"),
    path("commitments/<uuid:pk>/<str:month>/<str:key>/", commitments.behind, name="behind"),
    path("commitments/<uuid:pk>/<str:month>/<str:key>/state/", commitments.state, name="state_value"),
]

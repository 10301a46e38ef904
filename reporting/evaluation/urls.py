"""Addresses under `/<tenant>/evaluation/`."""

from django.urls import path

from reporting.evaluation.views import commitments, evaluating, outcomes, services

app_name = "evaluation"
urlpatterns = [
    path("commitments/", commitments.contracts, name="contracts"),
    path("commitments/settings/", commitments.settings, name="settings"),
    path("commitments/<uuid:pk>/", commitments.contract, name="contract"),
    path("commitments/<uuid:pk>/xlsx/", commitments.contract_xlsx, name="contract_xlsx"),
    path("commitments/<uuid:pk>/<str:month>/<str:key>/", commitments.behind, name="behind"),
    path("commitments/<uuid:pk>/<str:month>/<str:key>/state/", commitments.state, name="state_value"),
    path("commitments/<uuid:pk>/<str:month>/<str:key>/confirm/", commitments.confirm, name="confirm_value"),
    path("services/<uuid:pk>/", services.service, name="service"),
    path("cycles/<uuid:pk>/", evaluating.cycle, name="cycle"),
    path("cycles/<uuid:pk>/plan/", evaluating.plan, name="plan"),
    path("cycles/<uuid:pk>/outcomes/add/", outcomes.add_outcome, name="add_outcome"),
    path("outcomes/<uuid:pk>/", outcomes.edit_outcome, name="edit_outcome"),
    path("outcomes/<uuid:pk>/remove/", outcomes.remove_outcome, name="remove_outcome"),
    path("kinds/", outcomes.kinds, name="kinds"),
    path("kinds/add/", outcomes.add_kind, name="add_kind"),
    path("kinds/<uuid:pk>/", outcomes.edit_kind, name="edit_kind"),
    path("kinds/<uuid:pk>/retire/", outcomes.retire_kind, name="retire_kind"),
    path("kinds/<uuid:pk>/restore/", outcomes.restore_kind, name="restore_kind"),
    path("kinds/<uuid:pk>/remove/", outcomes.remove_kind, name="remove_kind"),
    path("<uuid:pk>/", evaluating.evaluation, name="evaluation"),
    path("<uuid:pk>/edit/", evaluating.edit, name="edit"),
    path("<uuid:pk>/results/take/", evaluating.take_result, name="take_result"),
    path("results/<uuid:pk>/remove/", evaluating.drop_result, name="drop_result"),
    path("<uuid:pk>/finish/", evaluating.finish, name="finish"),
    path("<uuid:pk>/reopen/", evaluating.reopen, name="reopen"),
    path("<uuid:pk>/remove/", evaluating.remove, name="remove"),
    path("<uuid:pk>/pdf/", evaluating.pdf, name="pdf"),
]

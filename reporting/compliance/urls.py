"""Addresses of compliance."""

from django.urls import path

from reporting.compliance.views import accepting, answering, closing, decision, exports, months, thresholds
from reporting.compliance.views import month as month_page
from reporting.compliance.views.contract_usage import contract_usage
from reporting.compliance.views.open_points import month_points

app_name = "compliance"
urlpatterns = [
    path("months/", months.months, name="months"),
    path("months/<str:month>/accept/", accepting.accept_months, name="accept_months"),
    path("months/<str:month>/points/", month_points, name="month_points"),
    path("months/acceptances/<uuid:pk>/", accepting.bulk_acceptance, name="bulk_acceptance"),
    path(
        "months/acceptances/<uuid:pk>/progress/",
        accepting.bulk_acceptance_progress,
        name="bulk_acceptance_progress",
    ),
    path("thresholds/", thresholds.thresholds, name="thresholds"),
    path("usage/<uuid:contract_pk>/", contract_usage, name="contract_usage"),
    path("decision/<uuid:decision_pk>/<str:month>/", decision.decision_month, name="decision_month"),
    path("<uuid:contract_pk>/<str:month>/", month_page.month, name="month"),
    path("<uuid:contract_pk>/<str:month>/pdf/", exports.month_pdf, name="month_pdf"),
    path("<uuid:contract_pk>/<str:month>/xlsx/", exports.month_xlsx, name="month_xlsx"),
    path("<uuid:contract_pk>/<str:month>/answer/", answering.answer, name="answer"),
    path("<uuid:contract_pk>/<str:month>/acknowledge/", answering.acknowledge, name="acknowledge"),
    path("<uuid:contract_pk>/<str:month>/withdraw/<uuid:pk>/", answering.withdraw, name="withdraw"),
    path("<uuid:contract_pk>/<str:month>/submit/", closing.submit, name="submit"),
    path("<uuid:contract_pk>/<str:month>/return/", closing.give_back, name="return"),
    path("<uuid:contract_pk>/<str:month>/accept/", closing.accept, name="accept"),
    path("<uuid:contract_pk>/<str:month>/reopen/", closing.reopen, name="reopen"),
]

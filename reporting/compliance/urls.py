"""Addresses of compliance."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from reporting.compliance.views import exports, thresholds
from reporting.compliance.views.contract_usage import contract_usage


def placeholder(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse(status=404)


app_name = "compliance"
urlpatterns = [
    path("thresholds/", thresholds.thresholds, name="thresholds"),
    path("usage/<uuid:contract_pk>/", contract_usage, name="contract_usage"),
    path("<uuid:contract_pk>/<str:month>/pdf/", exports.month_pdf, name="month_pdf"),
    path("<uuid:contract_pk>/<str:month>/xlsx/", exports.month_xlsx, name="month_xlsx"),
    path("months/", placeholder, name="months"),
    path("decision/<uuid:decision_pk>/<str:month>/", placeholder, name="decision_month"),
    path("<uuid:contract_pk>/<str:month>/", placeholder, name="month"),
]

"""Addresses of compliance."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def placeholder(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse(status=404)


app_name = "compliance"
urlpatterns = [
    path("months/", placeholder, name="months"),
    path("decision/<uuid:decision_pk>/<str:month>/", placeholder, name="decision_month"),
    path("<uuid:contract_pk>/<str:month>/", placeholder, name="month"),
]

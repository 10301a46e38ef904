"""Addresses of care."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def placeholder(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse(status=404)


app_name = "care"
urlpatterns = [
    path("decisions/", placeholder, name="decisions"),
    path("persons/", placeholder, name="persons"),
    path("search/", placeholder, name="search"),
]

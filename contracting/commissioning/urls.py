"""Addresses of commissioning."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def placeholder(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse(status=404)


app_name = "commissioning"
urlpatterns = [
    path("services/", placeholder, name="services"),
]

"""Addresses of kernel."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def placeholder(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse(status=404)


app_name = "kernel"
urlpatterns = [
    path("ready/", placeholder, name="ready"),
    path("live/", placeholder, name="live"),
]

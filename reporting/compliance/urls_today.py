"""Addresses of -."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def placeholder(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse(status=404)


urlpatterns = [
    path("", placeholder, name="today"),
]

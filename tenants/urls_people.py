"""Addresses of people."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def placeholder(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse(status=404)


app_name = "people"
urlpatterns = [
    path("list/", placeholder, name="list"),
]

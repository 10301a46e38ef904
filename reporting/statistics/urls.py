"""Addresses of statistics."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def placeholder(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse(status=404)


app_name = "statistics"
urlpatterns = [
    path("<str:voivodeship>/", placeholder, name="region"),
]

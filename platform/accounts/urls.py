"""Addresses of accounts."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def placeholder(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse(status=404)


app_name = "accounts"
urlpatterns = [
    path("profile/", placeholder, name="profile"),
]

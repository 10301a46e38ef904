"""Addresses of invitation."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def placeholder(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse(status=404)


app_name = "invitation"
urlpatterns = [
    path("accept/", placeholder, name="accept"),
]

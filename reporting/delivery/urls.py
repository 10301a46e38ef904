"""Addresses of delivery."""

from django.http import HttpRequest, HttpResponse
from django.urls import path


def placeholder(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse(status=404)


app_name = "delivery"
urlpatterns = [
    path("grid/", placeholder, name="grid"),
    path("import/", placeholder, name="import"),
]

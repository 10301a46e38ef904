"""Addresses of the style guide."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from ui import views

app_name = "ui"


class StatusConverter(IntConverter):
    """A status for which there is an error page."""

    regex = "400|403|404|409|413|422|500|503"


register_converter(StatusConverter, "error_status")

urlpatterns = [
    path("", views.show_styleguide, name="styleguide"),
    path("error/<error_status:status>/", views.show_error_sample, name="error_sample"),
]

"""The address of the start page of a tenant."""

from django.urls import path

from reporting.compliance.views import today

urlpatterns = [
    path("", today.today, name="today"),
]

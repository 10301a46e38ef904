"""Addresses under `/operator/relocations/`: tenants that the register of territories moved."""

from django.urls import path

from reporting.statistics.views import relocating

app_name = "relocations"
urlpatterns = [path("", relocating.relocations, name="relocations")]

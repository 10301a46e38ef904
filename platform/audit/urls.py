"""Addresses of the record of a tenant."""

from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("", views.list_entries, name="entries"),
    path("export/", views.export_entries, name="export_entries"),
    path("readings/", views.list_readings, name="readings"),
    path("readings/export/", views.export_readings, name="export_readings"),
]

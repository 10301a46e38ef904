"""Addresses of commissioning."""

from django.urls import path

from contracting.commissioning.views import services

app_name = "commissioning"
urlpatterns = [
    path("", services.list_services, name="services"),
    path("new/", services.create_service, name="create_service"),
    path("qualifications/", services.edit_qualifications, name="qualifications"),
    path("<uuid:pk>/", services.show_service, name="service"),
    path("<uuid:pk>/edit/", services.edit_service, name="edit_service"),
]

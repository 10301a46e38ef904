"""Addresses of services and their standards."""

from django.urls import path

from contracting.commissioning.views import services, standards

app_name = "commissioning"
urlpatterns = [
    path("", services.list_services, name="services"),
    path("new/", services.create_service, name="create_service"),
    path("qualifications/", services.edit_qualifications, name="qualifications"),
    path("<uuid:pk>/", services.show_service, name="service"),
    path("<uuid:pk>/edit/", services.edit_service, name="edit_service"),
    path("<uuid:service_pk>/standards/", standards.list_versions, name="standards"),
    path("<uuid:service_pk>/standards/draft/", standards.draft_version, name="draft_standard"),
    path("<uuid:service_pk>/standards/<uuid:pk>/", standards.show_version, name="standard"),
    path("<uuid:service_pk>/standards/<uuid:pk>/edit/", standards.edit_version, name="edit_standard"),
    path(
        "<uuid:service_pk>/standards/<uuid:pk>/publish/", standards.publish_version, name="publish_standard"
    ),
]

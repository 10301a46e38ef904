"""Addresses of the directory of local resources."""

from django.urls import path

from contracting.commissioning.views import resources

app_name = "resources"
urlpatterns = [
    path("", resources.list_resources, name="list"),
    path("new/", resources.create_resource, name="create_resource"),
    path("<uuid:pk>/", resources.show_resource, name="resource"),
    path("<uuid:pk>/edit/", resources.edit_resource, name="edit_resource"),
    path("<uuid:pk>/verify/", resources.verify_resource, name="verify_resource"),
]

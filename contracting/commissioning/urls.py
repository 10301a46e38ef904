"""Addresses of commissioning."""

from django.urls import path

from contracting.commissioning import views

app_name = "commissioning"
urlpatterns = [
    path("", views.list_services, name="services"),
    path("new/", views.create_service, name="create_service"),
    path("qualifications/", views.edit_qualifications, name="qualifications"),
    path("<uuid:pk>/", views.show_service, name="service"),
    path("<uuid:pk>/edit/", views.edit_service, name="edit_service"),
]

"""Address of the platform's own record."""

from django.urls import path

from audit import views

app_name = "record"
urlpatterns = [
    path("", views.list_platform_entries, name="entries"),
]

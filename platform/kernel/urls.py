"""Addresses that tell how the process is doing."""

from django.urls import path

from kernel import views

app_name = "kernel"
urlpatterns = [
    path("live/", views.live, name="live"),
    path("ready/", views.ready, name="ready"),
]

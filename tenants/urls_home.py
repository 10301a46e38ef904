"""The first address of the site: everybody is sent to where their work is."""

from django.urls import path

from tenants.views.home import home

urlpatterns = [
    path("", home, name="home"),
]

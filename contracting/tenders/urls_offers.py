"""Addresses of tenders: offers."""

from django.urls import URLPattern

app_name = "offers"
urlpatterns: list[URLPattern] = []

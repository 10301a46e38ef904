"""Addresses of the region's desk."""

from django.urls import path

from reporting.statistics import views

app_name = "statistics"
urlpatterns = [path("<str:voivodeship>/", views.region, name="region")]

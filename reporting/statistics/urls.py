"""Addresses of the region's desk, and of the dictionary of indicators for everybody."""

from django.urls import path

from reporting.statistics.views import dictionary, region

app_name = "statistics"
urlpatterns = [
    path("indicators/", dictionary.indicators, name="indicators"),
    path("indicators/indicators.json", dictionary.indicators_json, name="indicators_json"),
    path("<str:voivodeship>/", region.region, name="region"),
]

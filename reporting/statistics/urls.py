"""Addresses of the region's desk, and of the dictionary of indicators for everybody."""

from django.urls import include, path

from reporting.statistics.api.described import V1, schema
from reporting.statistics.views import desk, dictionary, open, region

app_name = "statistics"
urlpatterns = [
    path("indicators/", dictionary.indicators, name="indicators"),
    path("indicators/indicators.json", dictionary.indicators_json, name="indicators_json"),
    path("figures/", open.figures, name="open"),
    path("figures/file/<str:form>/", open.figures_file, name="open_file"),
    path("api/openapi.json", schema, name="api_schema"),
    path("api/", include(V1)),
    path("<str:voivodeship>/", region.region, name="region"),
    path("<str:voivodeship>/figures/", desk.figures, name="figures"),
    path("<str:voivodeship>/figures/file/<str:form>/", desk.figures_file, name="figures_file"),
    path("<str:voivodeship>/tenants/<uuid:pk>/", desk.place, name="place"),
    path("<str:voivodeship>/tenants/<uuid:pk>/file/<str:form>/", desk.place_file, name="place_file"),
]

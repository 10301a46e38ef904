"""Addresses of step 4 of a cycle, the financing."""

from django.urls import path

from contracting.commissioning.views import financing

app_name = "financing"
urlpatterns = [
    path("<uuid:pk>/financing/", financing.show_financing, name="financing"),
    path("<uuid:pk>/financing/sources/", financing.edit_sources, name="edit_sources"),
    path("<uuid:pk>/financing/costs/", financing.edit_costs, name="edit_costs"),
]

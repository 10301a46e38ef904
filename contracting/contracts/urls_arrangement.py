"""Addresses of step 5 of a cycle whose contractor is chosen elsewhere than in a call."""

from django.urls import path

from contracting.contracts.views import arrangements

app_name = "arrangement"
urlpatterns = [
    path("<uuid:pk>/contractor/", arrangements.show_arrangement, name="show"),
    path("<uuid:pk>/contractor/record/", arrangements.edit_arrangement, name="record"),
]

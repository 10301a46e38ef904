"""Addresses of step 2 of a cycle, the scope."""

from django.urls import path

from contracting.commissioning.views import scope

app_name = "scope"
urlpatterns = [
    path("<uuid:pk>/scope/", scope.show_scope, name="scope"),
    path("<uuid:pk>/scope/activities/", scope.edit_scope, name="edit_scope"),
    path("<uuid:pk>/scope/terms/", scope.edit_terms, name="edit_terms"),
    path("<uuid:pk>/scope/indicators/", scope.edit_indicators, name="edit_indicators"),
]

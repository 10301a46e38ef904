"""Addresses of step 3 of a cycle, the form of realisation."""

from django.urls import path

from contracting.commissioning.views import form_choice

app_name = "form_choice"
urlpatterns = [
    path("<uuid:pk>/form/", form_choice.show_form, name="form"),
    path("<uuid:pk>/form/criteria/", form_choice.edit_comparison, name="edit_comparison"),
    path("<uuid:pk>/form/points/", form_choice.score_forms, name="score_forms"),
    path("<uuid:pk>/form/choose/<slug:chosen>/", form_choice.choose_form, name="choose_form"),
]

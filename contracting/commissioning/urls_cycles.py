"""Addresses of cycles and their steps."""

from django.urls import path

from contracting.commissioning.views import closing, cycles, diagnosis, evaluation, steps

app_name = "cycles"
urlpatterns = [
    path("", cycles.list_cycles, name="list"),
    path("new/", cycles.create_cycle, name="create_cycle"),
    path("<uuid:pk>/", cycles.show_cycle, name="cycle"),
    path("<uuid:pk>/edit/", cycles.edit_cycle, name="edit_cycle"),
    path("<uuid:pk>/abandon/", closing.abandon_cycle, name="abandon_cycle"),
    path("<uuid:pk>/close/", closing.close_cycle, name="close_cycle"),
    path("<uuid:pk>/steps/<slug:kind>/", steps.show_step, name="step"),
    path("<uuid:pk>/steps/<slug:kind>/plan/", steps.plan_step, name="plan_step"),
    path("<uuid:pk>/steps/<slug:kind>/pass/", steps.pass_step, name="pass_step"),
    path("<uuid:pk>/steps/<slug:kind>/reopen/", steps.reopen_step, name="reopen_step"),
    path("<uuid:pk>/needs/", diagnosis.show_needs, name="needs"),
    path("<uuid:pk>/needs/groups/", diagnosis.edit_groups, name="edit_groups"),
    path("<uuid:pk>/needs/needs/", diagnosis.edit_needs, name="edit_needs"),
    path("<uuid:pk>/needs/resources/", diagnosis.count_resources, name="count_resources"),
    path("<uuid:pk>/needs/consultations/", diagnosis.edit_consultations, name="edit_consultations"),
    path("<uuid:pk>/needs/assessment/", diagnosis.edit_assessment, name="edit_assessment"),
    path("<uuid:pk>/evaluation/", evaluation.show_evaluation, name="evaluation"),
    path("<uuid:pk>/evaluation/results/", evaluation.record_results, name="record_results"),
]

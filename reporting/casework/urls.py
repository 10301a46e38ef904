"""Addresses under `/<tenant>/casework/`."""

from django.urls import path

from reporting.casework.views import chain, intake, loads, programmes, registers, teams, time_cards

app_name = "casework"
urlpatterns = [
    path("", loads.loads, name="loads"),
    path("loads/<str:month>/", loads.keep_loads, name="keep_loads"),
    path("time/", time_cards.my_day, name="my_day"),
    path("time/sums/", time_cards.time_sums, name="time_sums"),
    path("intake/", intake.intake, name="intake"),
    path("intake/plan/", intake.plan_intake, name="plan_intake"),
    path("teams/", teams.teams, name="teams"),
    path("teams/new/", teams.add_team, name="add_team"),
    path("teams/<uuid:pk>/", teams.team, name="team"),
    path("teams/<uuid:pk>/edit/", teams.edit_team, name="edit_team"),
    path("teams/<uuid:pk>/meetings/new/", teams.add_meeting, name="add_meeting"),
    path("meetings/<uuid:pk>/", teams.edit_meeting, name="edit_meeting"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/new/", programmes.create_programme, name="create_programme"),
    path("programmes/<uuid:pk>/", programmes.programme, name="programme"),
    path("programmes/<uuid:pk>/edit/", programmes.edit_programme, name="edit_programme"),
    path("programmes/<uuid:pk>/forms/new/", programmes.add_form, name="add_form"),
    path("forms/<uuid:pk>/", programmes.edit_form, name="edit_form"),
    path("contracts/<uuid:pk>/", chain.of_contract, name="works_of_contract"),
    path("contracts/<uuid:pk>/sums/", chain.sums_of_contract, name="sums_of_contract"),
    path("cycles/<uuid:pk>/", chain.of_cycle, name="works_of_cycle"),
    path("registers/<str:kind>/", registers.register, name="register"),
    path("registers/<str:kind>/xlsx/", registers.register_xlsx, name="register_xlsx"),
    path("registers/<str:kind>/new/", registers.add_entry, name="add_entry"),
    path("registers/<str:kind>/<uuid:pk>/", registers.edit_entry, name="edit_entry"),
    path("registers/<str:kind>/<uuid:pk>/remove/", registers.remove_entry, name="remove_entry"),
]

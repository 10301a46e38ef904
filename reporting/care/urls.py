"""Addresses of care."""

from django.urls import path

from reporting.care.views import contacts, decision_forms, decisions, persons, readings, suspensions
from reporting.care.views.search import search

app_name = "care"
urlpatterns = [
    path("search/", search, name="search"),
    path("persons/", persons.list_persons, name="persons"),
    path("persons/new/", persons.create_person, name="create_person"),
    path("persons/readings/", readings.ask_readings, name="ask_readings"),
    path("persons/<uuid:pk>/", persons.show_person, name="person"),
    path("persons/<uuid:pk>/edit/", persons.edit_person, name="edit_person"),
    path("persons/<uuid:pk>/contact/", contacts.edit_contact, name="edit_contact"),
    path("persons/<uuid:pk>/readings/", readings.person_readings, name="person_readings"),
    path("persons/<uuid:pk>/readings/document/", readings.hand_out_readings, name="hand_out_readings"),
    path("persons/<uuid:pk>/pesel/", persons.reveal_pesel, name="reveal_pesel"),
    path("persons/<uuid:person_pk>/decisions/new/", decision_forms.create_decision, name="create_decision"),
    path("decisions/", decisions.list_decisions, name="decisions"),
    path("decisions/<uuid:pk>/", decisions.show_decision, name="decision"),
    path("decisions/<uuid:pk>/amend/", decision_forms.amend_decision, name="amend_decision"),
    path("decisions/<uuid:pk>/correct/", decision_forms.correct_decision, name="correct_decision"),
    path("decisions/<uuid:pk>/revoke/", decision_forms.revoke_decision, name="revoke_decision"),
    path("decisions/<uuid:pk>/restore/", decision_forms.restore_decision, name="restore_decision"),
    path("decisions/<uuid:pk>/suspensions/new/", suspensions.suspend_decision, name="suspend_decision"),
    path(
        "decisions/<uuid:decision_pk>/suspensions/<uuid:pk>/",
        suspensions.change_suspension,
        name="change_suspension",
    ),
    path(
        "decisions/<uuid:decision_pk>/suspensions/<uuid:pk>/lift/",
        suspensions.lift_suspension,
        name="lift_suspension",
    ),
]

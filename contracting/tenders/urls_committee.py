"""Addresses of tenders: committee."""

from django.urls import path

from contracting.tenders.views import checking, committees, comparing, outcomes, reserves, scoring, unreadable

app_name = "committee"
urlpatterns = [
    path("", committees.list_committees, name="list"),
    path("correction/<uuid:pk>/", checking.correct, name="correct"),
    path("seats/<uuid:pk>/release/", committees.release, name="release"),
    path("offers/<uuid:pk>/", checking.show_offer, name="offer"),
    path("offers/<uuid:pk>/form/", checking.check_offer, name="check"),
    path("offers/<uuid:pk>/score/", scoring.score_offer, name="score"),
    path("offers/<uuid:offer_pk>/points/<uuid:pk>/", comparing.show_cell, name="cell"),
    path("protocols/<uuid:pk>/pdf/", outcomes.protocol_file, name="protocol_file"),
    path("protocols/<uuid:pk>/sign/", outcomes.sign, name="sign"),
    path("<uuid:pk>/", committees.show_committee, name="committee"),
    path("<uuid:pk>/appoint/", committees.appoint_committee, name="appoint"),
    path("<uuid:pk>/appoint/member/", committees.add_seat, name="add_seat"),
    path("<uuid:pk>/declarations/", committees.declarations, name="declarations"),
    path("<uuid:pk>/form/", checking.list_checks, name="checks"),
    path("<uuid:pk>/scoring/", scoring.my_scoring, name="scoring"),
    path("<uuid:pk>/scoring/finish/", scoring.finish, name="finish"),
    path("<uuid:pk>/scoring/close/", scoring.close, name="close"),
    path("<uuid:pk>/compare/", comparing.compare, name="compare"),
    path("<uuid:pk>/compare/two/", comparing.compare_pair, name="pair"),
    path("<uuid:pk>/compare/csv/", comparing.compare_csv, name="compare_csv"),
    path("<uuid:pk>/compare/xlsx/", comparing.compare_xlsx, name="compare_xlsx"),
    path("<uuid:pk>/opinion/", outcomes.opinion, name="opinion"),
    path("<uuid:pk>/protocol/", outcomes.protocol, name="protocol"),
    path("<uuid:pk>/decision/", outcomes.decide, name="decide"),
    path("<uuid:pk>/decision/publish/", outcomes.publish, name="publish"),
    path("<uuid:pk>/decision/unreadable/", unreadable.findings, name="unreadable"),
    path("<uuid:pk>/decision/results/", reserves.results, name="results"),
    path("awards/<uuid:pk>/give-up/", reserves.give_up, name="give_up"),
]

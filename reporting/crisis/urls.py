"""Addresses under `/<tenant>/crisis/`."""

from django.urls import path

from reporting.crisis.views import cases, documents, duty, figures, meetings, sessions, shelter, team, terms

app_name = "crisis"
_CASE = "<uuid:case_pk>/"
urlpatterns = [
    path("", cases.list_cases, name="cases"),
    path("new/", cases.open_case, name="open_case"),
    path("duty/", duty.roster, name="roster"),
    path("duty/new/", duty.add_duty, name="add_duty"),
    path("duty/copy/", duty.copy_week, name="copy_week"),
    path("duty/<uuid:pk>/remove/", duty.remove_duty, name="remove_duty"),
    path("team/", meetings.meetings, name="meetings"),
    path("team/new/", meetings.record_meeting, name="record_meeting"),
    path("team/debriefings/", meetings.debriefings, name="debriefings"),
    path("team/debriefings/<uuid:pk>/", meetings.hold_debriefing, name="hold_debriefing"),
    path("shelter/", shelter.shelter, name="shelter"),
    path("shelter/places/", shelter.places, name="places"),
    path("shelter/places/new/", shelter.add_place, name="add_place"),
    path("shelter/places/<uuid:pk>/end/", shelter.end_place, name="end_place"),
    path("figures/", figures.figures, name="figures"),
    path("figures/file/", figures.figures_file, name="figures_file"),
    path("standard/", terms.terms, name="terms"),
    path("dictionaries/", terms.dictionaries, name="dictionaries"),
    path("dictionaries/<uuid:pk>/end/", terms.end_entry, name="end_entry"),
    path("<uuid:pk>/", cases.show_case, name="case"),
    path("<uuid:pk>/problems/", cases.describe_case, name="describe_case"),
    path("<uuid:pk>/close/", cases.close_case, name="close_case"),
    path("<uuid:pk>/file/", documents.case_file, name="case_file"),
    path("<uuid:pk>/team/", team.name_worker, name="name_worker"),
    path(f"{_CASE}team/<uuid:pk>/", team.release_worker, name="release_worker"),
    path("<uuid:pk>/documents/new/<slug:kind>/", documents.write_document, name="write_document"),
    path(f"{_CASE}documents/<uuid:pk>/", documents.show_document, name="document"),
    path(f"{_CASE}documents/<uuid:pk>/revise/", documents.revise_document, name="revise_document"),
    path("<uuid:pk>/stays/new/", shelter.begin_stay, name="begin_stay"),
    path(f"{_CASE}stays/<uuid:pk>/", shelter.change_stay, name="change_stay"),
    path(f"{_CASE}stays/<uuid:pk>/end/", shelter.end_stay, name="end_stay"),
    path("<uuid:pk>/sessions/new/", sessions.record_session, name="record_session"),
    path(f"{_CASE}sessions/<uuid:pk>/", sessions.edit_session, name="edit_session"),
    path("<uuid:pk>/referrals/new/", sessions.refer, name="refer"),
    path(f"{_CASE}referrals/<uuid:pk>/", sessions.settle_referral, name="settle_referral"),
]

"""Addresses under `/<tenant>/crisis/`."""

from django.urls import path

from reporting.crisis.views import cases, documents, sessions, team, terms

app_name = "crisis"
_CASE = "<uuid:case_pk>/"
urlpatterns = [
    path("", cases.list_cases, name="cases"),
    path("new/", cases.open_case, name="open_case"),
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
    path("<uuid:pk>/sessions/new/", sessions.record_session, name="record_session"),
    path(f"{_CASE}sessions/<uuid:pk>/", sessions.edit_session, name="edit_session"),
    path("<uuid:pk>/referrals/new/", sessions.refer, name="refer"),
    path(f"{_CASE}referrals/<uuid:pk>/", sessions.settle_referral, name="settle_referral"),
]

"""Addresses of calls: drafting, publishing, amending, questions, demands for reasons."""

from django.urls import path

from contracting.tenders.views import calls, justifications, publishing, questions, sections

app_name = "calls"
urlpatterns = [
    path("", calls.list_calls, name="list"),
    path("new/", calls.create_call, name="create"),
    path("templates/", calls.list_templates, name="templates"),
    path("<uuid:pk>/", calls.show_call, name="call"),
    path("<uuid:pk>/basics/", sections.edit_basics, name="edit_basics"),
    path("<uuid:pk>/texts/", sections.edit_texts, name="edit_texts"),
    path("<uuid:pk>/parameters/", sections.edit_parameters, name="edit_parameters"),
    path("<uuid:pk>/parts/", sections.edit_lots, name="edit_lots"),
    path("<uuid:pk>/criteria/", sections.edit_criteria, name="edit_criteria"),
    path("<uuid:pk>/concept/", sections.edit_concept, name="edit_concept"),
    path("<uuid:pk>/files/", sections.edit_files, name="edit_files"),
    path("<uuid:pk>/template/", calls.save_template, name="save_template"),
    path("<uuid:pk>/discard/", calls.discard_call, name="discard"),
    path("<uuid:pk>/publish/", publishing.publish, name="publish"),
    path("<uuid:pk>/publications/", publishing.list_publications, name="publications"),
    path("<uuid:pk>/publications/record/", publishing.record, name="record_publication"),
    path("<uuid:pk>/publications/<uuid:publication_pk>/file/", publishing.show_proof, name="proof"),
    path(
        "<uuid:pk>/publications/<uuid:publication_pk>/withdraw/",
        publishing.withdraw_plan,
        name="withdraw_plan",
    ),
    path("<uuid:pk>/amend/", publishing.amend, name="amend"),
    path("<uuid:pk>/annul/", publishing.annul, name="annul"),
    path("<uuid:pk>/questions/", questions.list_questions, name="questions"),
    path("<uuid:pk>/questions/ask/", questions.ask, name="ask"),
    path("<uuid:pk>/questions/<uuid:question_pk>/", questions.answer, name="answer"),
    path("<uuid:pk>/justifications/", justifications.list_justifications, name="justifications"),
    path("<uuid:pk>/justifications/new/", justifications.record_justification, name="record_justification"),
    path(
        "<uuid:pk>/justifications/<uuid:request_pk>/",
        justifications.answer_request,
        name="answer_justification",
    ),
]

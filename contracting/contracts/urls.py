"""Addresses of contracts and workers."""

from django.urls import path

from contracting.contracts.views import amendments, contracts, drafts, linking, workers

app_name = "contracts"
urlpatterns = [
    path("", contracts.list_contracts, name="list"),
    path("new/", contracts.create_contract, name="create_contract"),
    path("workers/", workers.list_workers, name="workers"),
    path("workers/new/", workers.create_worker, name="create_worker"),
    path("workers/<uuid:pk>/", workers.show_worker, name="worker"),
    path("workers/<uuid:pk>/edit/", workers.edit_worker, name="edit_worker"),
    path("workers/<uuid:pk>/end/", workers.end_worker, name="end_worker"),
    path("workers/<uuid:pk>/reinstate/", workers.reinstate_worker, name="reinstate_worker"),
    path("workers/<uuid:pk>/account/", linking.link_account, name="link_account"),
    path("workers/<uuid:pk>/account/unlink/", linking.unlink_account, name="unlink_account"),
    path("workers/<uuid:pk>/qualifications/new/", workers.add_qualification, name="add_qualification"),
    path(
        "workers/<uuid:worker_pk>/qualifications/<uuid:pk>/",
        workers.change_qualification,
        name="change_qualification",
    ),
    path(
        "workers/<uuid:worker_pk>/qualifications/<uuid:pk>/remove/",
        workers.remove_qualification,
        name="remove_qualification",
    ),
    path("to-sign/", drafts.list_drafts, name="drafts"),
    path("to-sign/from-award/<uuid:award_pk>/", drafts.start_draft, name="start_draft"),
    path("to-sign/<uuid:pk>/", drafts.show_draft, name="draft"),
    path("to-sign/<uuid:pk>/edit/", drafts.edit_draft, name="edit_draft"),
    path("to-sign/<uuid:pk>/document/", drafts.make_document, name="make_document"),
    path("to-sign/<uuid:pk>/document/edited/", drafts.bring_document, name="bring_document"),
    path("to-sign/<uuid:pk>/document.docx", drafts.download_document, name="document"),
    path("to-sign/<uuid:pk>/send/", drafts.send_draft, name="send_draft"),
    path("to-sign/<uuid:pk>/sign/", drafts.sign_draft, name="sign_draft"),
    path("to-sign/<uuid:pk>/take-back/", drafts.take_back_draft, name="take_back_draft"),
    path("to-sign/<uuid:pk>/give-up/", drafts.abandon_draft, name="abandon_draft"),
    path("to-sign/<uuid:pk>/take-up/", drafts.resume_draft, name="resume_draft"),
    path("templates/", amendments.list_templates, name="templates"),
    path("templates/umowa.docx", amendments.download_default_template, name="default_template"),
    path("templates/<uuid:pk>.docx", amendments.download_template, name="template"),
    path("templates/<uuid:pk>/remove/", amendments.remove_template, name="remove_template"),
    path("<uuid:pk>/", contracts.show_contract, name="contract"),
    path("<uuid:pk>/amendments/new/", amendments.propose_amendment, name="propose_amendment"),
    path("<uuid:contract_pk>/amendments/<uuid:pk>/send/", amendments.send_amendment, name="send_amendment"),
    path("<uuid:contract_pk>/amendments/<uuid:pk>/sign/", amendments.sign_amendment, name="sign_amendment"),
    path(
        "<uuid:contract_pk>/amendments/<uuid:pk>/give-up/",
        amendments.abandon_amendment,
        name="abandon_amendment",
    ),
    path("<uuid:pk>/edit/", contracts.edit_contract, name="edit_contract"),
    path("<uuid:pk>/staff/new/", contracts.name_staff, name="name_staff"),
    path("<uuid:contract_pk>/staff/<uuid:pk>/", contracts.change_named_staff, name="change_named_staff"),
    path(
        "<uuid:contract_pk>/staff/<uuid:pk>/remove/",
        contracts.remove_named_staff,
        name="remove_named_staff",
    ),
]

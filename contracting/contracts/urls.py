"""Addresses of contracts and workers."""

from django.urls import path

from contracting.contracts.views import contracts, linking, workers

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
    path("<uuid:pk>/", contracts.show_contract, name="contract"),
    path("<uuid:pk>/edit/", contracts.edit_contract, name="edit_contract"),
    path("<uuid:pk>/staff/new/", contracts.name_staff, name="name_staff"),
    path("<uuid:contract_pk>/staff/<uuid:pk>/", contracts.change_named_staff, name="change_named_staff"),
    path(
        "<uuid:contract_pk>/staff/<uuid:pk>/remove/",
        contracts.remove_named_staff,
        name="remove_named_staff",
    ),
]

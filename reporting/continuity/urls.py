"""Addresses under `/<tenant>/continuity/`."""

from django.urls import path

from reporting.continuity.views import calling, pack, radar, reassigning

app_name = "continuity"
urlpatterns = [
    path("", radar.radar, name="radar"),
    path("settings/", radar.radar_settings, name="settings"),
    path("decisions/<uuid:decision_pk>/check/", radar.check, name="check"),
    path("providers/", pack.providers, name="providers"),
    path("contracts/<uuid:contract_pk>/", pack.contract_pack, name="contract_pack"),
    path("contracts/<uuid:contract_pk>/xlsx/", pack.contract_pack_xlsx, name="contract_pack_xlsx"),
    path("contracts/<uuid:contract_pk>/pdf/", pack.contract_pack_pdf, name="contract_pack_pdf"),
    path(
        "contracts/<uuid:contract_pk>/persons/<uuid:person_pk>/reach/",
        calling.note_reached,
        name="note_reached",
    ),
    path("contracts/<uuid:contract_pk>/reassign/", reassigning.reassign, name="reassign"),
    path("organisations/<uuid:organisation_pk>/", pack.organisation_pack, name="organisation_pack"),
    path(
        "organisations/<uuid:organisation_pk>/xlsx/",
        pack.organisation_pack_xlsx,
        name="organisation_pack_xlsx",
    ),
    path(
        "organisations/<uuid:organisation_pk>/pdf/", pack.organisation_pack_pdf, name="organisation_pack_pdf"
    ),
    path("reassignments/<uuid:pk>/", reassigning.reassignment, name="reassignment"),
    path("reassignments/<uuid:pk>/issue/", reassigning.issue, name="issue"),
    path(
        "reassignments/<uuid:pk>/progress/", reassigning.reassignment_progress, name="reassignment_progress"
    ),
]

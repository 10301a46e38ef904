"""All addresses: the platform's own first, then `/<tenant>/…`."""

from django.conf import settings
from django.urls import include, path
from django.views.i18n import set_language

tenant_patterns = [
    path("", include("reporting.compliance.urls_today")),
    path("people/", include("tenants.urls_people")),
    path("audit/", include("audit.urls")),
    path("contracts/", include("contracting.contracts.urls")),
    path("services/", include("contracting.commissioning.urls")),
    path("cycles/", include("contracting.commissioning.urls_cycles")),
    path("cycles/", include("contracting.commissioning.urls_scope")),
    path("cycles/", include("contracting.commissioning.urls_form")),
    path("cycles/", include("contracting.commissioning.urls_financing")),
    path("cycles/", include("contracting.contracts.urls_arrangement")),
    path("payments/", include("contracting.commissioning.urls_payments")),
    path("resources/", include("contracting.commissioning.urls_resources")),
    path("law/", include("contracting.commissioning.urls_law")),
    path("calls/", include("contracting.tenders.urls_calls")),
    path("calls/", include("contracting.tenders.urls_postings")),
    path("offers/", include("contracting.tenders.urls_offers")),
    path("committee/", include("contracting.tenders.urls_committee")),
    path("board/", include("contracting.tenders.urls_board")),
    path("care/", include("reporting.care.urls")),
    path("diary/", include("reporting.delivery.urls")),
    path("month/", include("reporting.compliance.urls")),
    path("advice/", include("reporting.advice.urls")),
    path("appointment/", include("reporting.advice.urls_answer")),
    path("crisis/", include("reporting.crisis.urls")),
    path("casework/", include("reporting.casework.urls")),
    path("retention/", include("reporting.retention.urls")),
    path("settlement/", include("reporting.settlement.urls")),
    path("field/", include("reporting.field.urls")),
    path("continuity/", include("reporting.continuity.urls")),
    path("api/", include("reporting.exchange.urls")),
    path("supervision/", include("reporting.supervision.urls")),
    path("survey/", include("reporting.supervision.urls_answer")),
    path("evaluation/", include("reporting.evaluation.urls")),
    path("statistics/", include("reporting.statistics.urls_sending")),
]

urlpatterns = [
    path("", include("tenants.urls_home")),
    path("", include("ui.urls_icon")),
    path("health/", include("kernel.urls")),
    path("me/", include("accounts.urls")),
    path("account/", include("allauth.urls")),
    path("language/", set_language, name="set_language"),
    path("operator/", include("tenants.urls_operator")),
    path("operator/relocations/", include("reporting.statistics.urls_operator")),
    path("operator/record/", include("audit.urls_operator")),
    path("invitation/", include("tenants.urls_invitation")),
    path("region/", include("reporting.statistics.urls_region")),
    path("region/", include("reporting.statistics.urls")),
]
if settings.LOCAL:
    urlpatterns += [path("ui/", include("ui.urls")), path("outbox/", include("accounts.urls_outbox"))]
urlpatterns.append(path("<slug:tenant_slug>/", include(tenant_patterns)))

handler400 = "ui.views.bad_request"
handler403 = "ui.views.permission_denied"
handler404 = "accounts.views.page_not_found"
handler500 = "ui.views.server_error"

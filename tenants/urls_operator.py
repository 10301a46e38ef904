"""Addresses of the operator of the platform."""

from django.urls import path

from tenants.views import analysts, erasing, operator, organisations

app_name = "operator"
urlpatterns = [
    path("tenants/", operator.list_tenants, name="tenants"),
    path("tenants/create/", operator.create_tenant, name="create_tenant"),
    path("tenants/<uuid:pk>/erasure/", erasing.erasure, name="erasure"),
    path("tenants/<uuid:pk>/erasure/withdraw/", erasing.withdraw, name="withdraw_erasure"),
    path("tenants/<uuid:pk>/erasure/certificate.<str:form>", erasing.take_certificate, name="certificate"),
    path("tenants/<uuid:pk>/", operator.show_tenant, name="tenant"),
    path("tenants/<uuid:pk>/suspend/", operator.suspend_tenant, name="suspend_tenant"),
    path("tenants/<uuid:pk>/resume/", operator.resume_tenant, name="resume_tenant"),
    path("tenants/<uuid:pk>/invite/", operator.invite_director, name="invite_director"),
    path(
        "tenants/<uuid:pk>/invitations/<uuid:invitation_pk>/withdraw/",
        operator.withdraw_invitation,
        name="withdraw_invitation",
    ),
    path("analysts/", analysts.list_analysts, name="analysts"),
    path("analysts/invite/", analysts.invite_analyst, name="invite_analyst"),
    path("analysts/<uuid:pk>/end/", analysts.end_analyst, name="end_analyst"),
    path(
        "analysts/invitations/<uuid:pk>/resend/", analysts.resend_invitation, name="resend_analyst_invitation"
    ),
    path(
        "analysts/invitations/<uuid:pk>/withdraw/",
        analysts.withdraw_invitation,
        name="withdraw_analyst_invitation",
    ),
    path("organisations/", organisations.list_organisations, name="organisations"),
    path("organisations/<uuid:pk>/", organisations.correct_organisation, name="correct_organisation"),
]

"""Addresses of people and partner organisations of a tenant."""

from django.urls import path

from tenants.views import organisations, partners, people

app_name = "people"
urlpatterns = [
    path("", people.list_people, name="list"),
    path("invite/", people.invite_person, name="invite"),
    path("members/<uuid:pk>/role/", people.change_role, name="change_role"),
    path("members/<uuid:pk>/end/", people.end_membership, name="end"),
    path("invitations/<uuid:pk>/resend/", people.resend_invitation, name="resend"),
    path("invitations/<uuid:pk>/withdraw/", people.withdraw_invitation, name="withdraw"),
    path("partners/", partners.list_partners, name="partners"),
    path("partners/find/", partners.find_partner, name="find_partner"),
    path("partners/new/", partners.new_partner, name="new_partner"),
    path("partners/add/<uuid:pk>/", partners.add_partner, name="add_partner"),
    path("partners/own/", organisations.list_own, name="own_organisations"),
    path("partners/<uuid:pk>/correct/", organisations.correct_partner, name="correct_partner"),
    path("partners/<uuid:pk>/end/", partners.end_partnership, name="end_partnership"),
]

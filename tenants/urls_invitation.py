"""Addresses of invitations."""

from django.urls import path

from tenants.views import invitation

app_name = "invitation"
urlpatterns = [
    path("accept/", invitation.accept, name="accept"),
    path("<str:token>/", invitation.open_link, name="open"),
]

"""Addresses of the outbox, on local machines only."""

from django.urls import path

from accounts import views

app_name = "outbox"
urlpatterns = [
    path("", views.list_outbox, name="messages"),
    path("<str:key>/", views.show_outbox_mail, name="message"),
]

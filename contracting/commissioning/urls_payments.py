"""Addresses of what persons pay: tables and the calculator."""

from django.urls import path

from contracting.commissioning.views import payments

app_name = "payments"
urlpatterns = [
    path("", payments.list_tables, name="tables"),
    path("new/", payments.create_table, name="create_table"),
    path("calculator/", payments.calculate, name="calculator"),
    path("<uuid:pk>/", payments.show_table, name="table"),
    path("<uuid:pk>/edit/", payments.change_table, name="change_table"),
    path("<uuid:pk>/remove/", payments.remove_table, name="remove_table"),
]

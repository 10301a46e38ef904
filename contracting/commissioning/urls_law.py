"""Addresses of the law: limits with article and source, and the tenant's own values."""

from django.urls import path

from contracting.commissioning.views import law

app_name = "law"
urlpatterns = [
    path("", law.list_rules, name="rules"),
    path("<slug:code>/", law.show_rule, name="rule"),
    path("<slug:code>/enter/", law.enter_value, name="enter_value"),
    path("<slug:code>/<uuid:pk>/", law.change_value, name="change_value"),
    path("<slug:code>/<uuid:pk>/remove/", law.remove_value, name="remove_value"),
]

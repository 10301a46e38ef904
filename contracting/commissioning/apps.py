"""The commissioning app."""

from django.apps import AppConfig


class CommissioningConfig(AppConfig):
    name = "contracting.commissioning"
    label = "commissioning"

"""The tenders app."""

from django.apps import AppConfig


class TendersConfig(AppConfig):
    name = "contracting.tenders"
    label = "tenders"

"""The contracts app."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "contracting.contracts"
    label = "contracts"

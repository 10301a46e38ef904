"""The settlement app: adjustments of accepted months, what is due to the provider, and the ledger of minutes."""

from django.apps import AppConfig


class SettlementConfig(AppConfig):
    name = "reporting.settlement"
    label = "settlement"

"""The exchange app: the interface for providers' own systems, its tokens and webhooks."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "reporting.exchange"
    label = "exchange"

"""The continuity app: persons whom nobody visits, and what becomes of care when a provider fails."""

from django.apps import AppConfig


class ContinuityConfig(AppConfig):
    name = "reporting.continuity"
    label = "continuity"

"""The care app."""

from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "reporting.care"
    label = "care"

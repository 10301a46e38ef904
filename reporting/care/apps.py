"""The care app."""

from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "reporting.care"
    label = "care"

    def ready(self) -> None:
        from reporting.care.keeping import tell_keeping

        tell_keeping()

"""The care app."""

from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "reporting.care"
    label = "care"

    def ready(self) -> None:
        from kernel.tenant_keys import indexes
        from reporting.care.keeping import tell_keeping
        from reporting.care.models import Person

        tell_keeping()
        indexes(Person, "pesel_index", of="pesel_encrypted")

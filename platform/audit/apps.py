"""The audit app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "audit"
    label = "audit"

    def ready(self) -> None:
        from audit.keeping import Readings
        from audit.models import Entry, Reading
        from kernel.clearing import clears
        from kernel.region_role import allow
        from kernel.web_role import limit

        clears(Readings())
        # What an analyst does stands in the platform's own record; each entry goes on from the newest.
        told = ("id", "sequence", "hash")
        columns = (str(field.column) for field in Entry._meta.concrete_fields)
        allow(Entry, without=tuple(name for name in columns if name not in told), adds=True)
        # What was recorded is nobody's to change who answers requests.
        for model in (Entry, Reading):
            limit(model, "SELECT", "INSERT")

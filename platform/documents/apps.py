"""The documents app."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"
    label = "documents"

    def ready(self) -> None:
        from documents.tasks import files_in_quarantine
        from kernel.measures import measure

        measure("siedem_files_quarantined", files_in_quarantine)

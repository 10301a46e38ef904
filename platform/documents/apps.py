"""The documents app."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "documents"
    label = "documents"

    def ready(self) -> None:
        from documents.tasks import files_in_quarantine, files_unscannable, mails_untold
        from kernel.measures import measure

        measure("siedem_files_quarantined", files_in_quarantine)
        measure("siedem_files_unscannable", files_unscannable)
        measure("siedem_mails_waiting", mails_untold)

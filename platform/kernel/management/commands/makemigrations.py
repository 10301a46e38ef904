"""Django's own command, whose migrations make a table with its constraints and indexes in one step."""

from typing import Any

from django.core.management.commands import makemigrations
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import IndexOperation


def _concerns(operation: Operation, name: str, app_label: str) -> bool:
    """Whether the operation touches that model. Django says of every index and constraint that it might touch any
    model, and so leaves each of them a step of its own, before which it renders all models anew."""
    return getattr(operation, "model_name", name).lower() == name.lower()


class Command(makemigrations.Command):
    def handle(self, *labels: str, **options: Any) -> None:
        IndexOperation.references_model = _concerns  # type: ignore[assignment,method-assign]
        super().handle(*labels, **options)

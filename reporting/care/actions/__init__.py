"""Verbs on persons and decisions."""

from reporting.care.actions.importing import Imported, import_care

__all__ = ["Imported", "import_care"]

"""What diaries tell of persons, and the files they were brought in."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from documents.actions import remove_file
from kernel.anonymity import tells
from kernel.periods import WARSAW
from reporting.care.hooks import persons_anonymised
from reporting.care.models import Decision
from reporting.delivery.models import DiaryImport, Visit


def remove_brought(files: Any) -> None:
    """Remove brought files of earlier years with their rows: what was taken from them stands in the diary."""
    this_year = datetime(timezone.localdate().year, 1, 1, tzinfo=WARSAW)
    for brought in files.filter(created_at__lt=this_year).select_related("file"):
        stored = brought.file
        brought.delete()
        remove_file(stored)


def _remove_files(persons: Collection[UUID]) -> None:
    contracts = Decision.objects.filter(person__in=list(persons)).values("contract_id")
    remove_brought(DiaryImport.objects.filter(contract_id__in=contracts))


def tell_keeping() -> None:
    """Say what the tables of diaries tell of persons."""
    tells(Visit, "decision__person", replaced=["note"])
    persons_anonymised.subscribe(_remove_files)

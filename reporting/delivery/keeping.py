"""What diaries tell of persons, and the files they were brought in."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone

from documents.actions import remove_files
from kernel.anonymity import tells
from kernel.periods import WARSAW
from reporting.care.hooks import files_of_persons
from reporting.care.models import Decision
from reporting.delivery.models import DiaryImport, Visit


def remove_brought(files: Any) -> None:
    """Remove brought files of earlier years with their rows: what was taken from them stands in the diary."""
    this_year = datetime(timezone.localdate().year, 1, 1, tzinfo=WARSAW)
    earlier = list(files.filter(created_at__lt=this_year).select_related("file").defer("refusals"))
    files.model.objects.filter(pk__in=[brought.pk for brought in earlier]).delete()
    remove_files([brought.file for brought in earlier])


def _remove_files(persons: Collection[UUID], stays: set[UUID]) -> None:
    """Files of contracts under which nobody else is known still: whom a file tells of is known by its contract only."""
    theirs = Decision.objects.filter(person__in=list(persons)).order_by()
    others = Decision.objects.filter(contract=OuterRef("contract"), person__anonymised_at__isnull=True)
    brought = DiaryImport.objects.filter(contract__in=theirs.values("contract"))
    remove_brought(brought.exclude(Exists(others.exclude(person__in=list(persons)))))
    stays.update(
        theirs.filter(contract__in=brought.order_by().values("contract")).values_list("person", flat=True)
    )


def tell_keeping() -> None:
    """Say what the tables of diaries tell of persons."""
    tells(Visit, "decision__person", replaced=["note"])
    files_of_persons.subscribe(_remove_files)

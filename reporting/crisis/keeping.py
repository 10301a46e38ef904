"""What crisis intervention tells of registered persons, until when each case ran, and how it is taken off."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Count, Max, Q
from django.utils.translation import gettext_lazy as _

from kernel.anonymity import tells
from reporting.care.hooks import Matter, matters_of_persons
from reporting.care.keeping import MatterKind
from reporting.crisis.models import (
    CaseWorker,
    ContactCorrection,
    CrisisCase,
    CrisisDocument,
    Debriefing,
    Reopening,
    Session,
)


def _add_matters(persons: Collection[UUID], today: date, matters: list[Matter]) -> None:
    """Cases of these persons; one query. That an open one is of crisis intervention is told to nobody here."""
    cases = CrisisCase.objects.filter(person__in=list(persons)).order_by().values("person")
    for row in cases.annotate(last=Max("closed_on"), open=Count("pk", filter=Q(state="open"))):
        why = _("another matter of the person is open") if row["open"] else ""
        matters.append(Matter(row["person"], MatterKind.CRISIS, None if row["open"] else row["last"], why))


def tell_keeping() -> None:
    """Say what the tables of crisis intervention tell of persons."""
    tells(CrisisCase, "person", emptied={"alias_encrypted": None}, kept=["number"])
    # Without a text the chain of a case still holds by the hashes of its texts (casefile).
    chained = ["content_hash", "previous_hash", "hash", "author_name"]
    tells(CrisisDocument, "case__person", emptied={"body": b""}, kept=chained)
    tells(CaseWorker, "case__person", kept=["name", "named_by_name"])
    tells(ContactCorrection, "case__person", kept=["author_name"])
    tells(Reopening, "case__person", kept=["author_name"])
    tells(Debriefing, "case__person", kept=["owner_name"])
    tells(Session, "case__person", kept=["worker_name"])
    matters_of_persons.subscribe(_add_matters)

"""What phones of carers brought of persons."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from contracting.contracts.hooks import workers_kept
from kernel.anonymity import tells
from kernel.clearing import Matter as Subject
from reporting.care.hooks import Matter, matters_of_persons
from reporting.care.keeping import still_open
from reporting.field.models import Observation, PhoneEntry


def _add_matters(persons: Collection[UUID], today: date, matters: list[Matter]) -> None:
    """Entries that wait for somebody, and observations that nobody has read; two queries. Not all are answered."""
    entries = PhoneEntry.objects.open().filter(decision__person__in=list(persons)).order_by()
    persons_of_entries = entries.values_list("decision__person", flat=True)
    matters += still_open(persons_of_entries, _("an entry from a phone is not settled"))
    unread = Observation.objects.unread().filter(decision__person__in=list(persons)).order_by()
    persons_of_unread = unread.values_list("decision__person", flat=True)
    matters += still_open(persons_of_unread, _("an observation of a carer is not read"))


def _keep_workers(workers: Collection[UUID], today: date, matters: list[Subject]) -> None:
    """Carers are named while an entry of their phone waits for somebody; one query."""
    entries = PhoneEntry.objects.open().filter(worker__in=list(workers)).order_by()
    for worker in sorted({*entries.values_list("worker", flat=True)}):
        matters.append(Subject(str(worker), "carer", None, _("an entry from a phone is not settled")))


def tell_keeping() -> None:
    """Say what the tables of the field tell of persons."""
    tells(
        PhoneEntry, "decision__person", replaced=["note", "said"], kept=["number", "code", "settled_by_name"]
    )
    tells(
        Observation,
        "decision__person",
        sealed=["text_encrypted", "answer_encrypted"],
        kept=["read_by_name", "answered_by_name"],
    )
    matters_of_persons.subscribe(_add_matters)
    workers_kept.subscribe(_keep_workers)

"""What is kept of persons and how long each matter ran, asked of all apps; and how names are taken off."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from uuid import UUID

from django.db.models import CharField, Max, TextChoices, Value
from django.db.models.functions import Cast, Concat, Now, Right
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.anonymity import ANONYMISED, take_off, tells
from kernel.errors import Sentence
from reporting.care.hooks import Matter, files_of_persons, matters_of_persons, persons_anonymised
from reporting.care.models import Decision, Person

_ONE_DAY = timedelta(days=1)
_CODE_DIGITS = 12


class MatterKind(TextChoices):
    """Kinds of matters, each with a class of retention of its own."""

    CARE = "care", _("decisions, plans and diaries")
    PAYMENT = "payment", _("payments of persons")
    ADVICE = "advice", pgettext_lazy("retention", "advice")
    CRISIS = "crisis", _("crisis intervention")


def matters_of(persons: Collection[UUID], today: date) -> list[Matter]:
    """Every matter of these persons, in a constant number of queries."""
    matters = list(_of_care(persons, today))
    matters_of_persons.fire(persons=persons, today=today, matters=matters)
    return matters


def _of_care(persons: Collection[UUID], today: date) -> Iterator[Matter]:
    rows = Person.objects.filter(pk__in=list(persons)).annotate(last=Max("decisions__ends_before"))
    for pk, entered, ends_before in rows.order_by().values_list("pk", "created_at", "last"):
        if ends_before is None:
            yield Matter(pk, MatterKind.CARE, timezone.localdate(entered))
        elif ends_before > today:
            sentence = _("a decision holds until %(day)s") % {"day": f"{ends_before - _ONE_DAY:%d.%m.%Y}"}
            yield Matter(pk, MatterKind.CARE, None, sentence)
        else:
            yield Matter(pk, MatterKind.CARE, ends_before - _ONE_DAY)


def still_open(persons: Iterable[UUID], why: Sentence, kind: str = MatterKind.CARE) -> list[Matter]:
    """A matter of each of these persons that holds them for the reason `why`; repeated ids are told once."""
    return [Matter(person, kind, None, why) for person in {*persons}]


def anonymise(persons: Collection[UUID]) -> set[UUID]:
    """Take names, numbers, contacts, notes and files of these persons off; hours, money and dates stay. Gives those of
    whom a brought file may tell that stays, for it may tell of somebody else, too, who is known still.

    The caller holds the persons (`locking.hold_persons`) in its transaction, writes the audit line, and lets a worker
    erase what earlier entries said of them.
    """
    stays: set[UUID] = set()
    files_of_persons.fire(persons=persons, stays=stays)
    persons_anonymised.fire(persons=persons)
    take_off(persons)
    return stays


def tell_keeping() -> None:
    """Say what the tables of care tell of persons."""
    code = Concat(Value("X-"), Right(Cast("pk", CharField()), _CODE_DIGITS))
    tells(
        Person,
        "pk",
        emptied={
            "code": code,
            "surname": ANONYMISED,
            "given_name": "",
            "birth_year": None,
            "pesel_encrypted": None,
            "pesel_index": None,
            "pesel_override_reason": "",
            "contact_encrypted": None,
            "anonymised_at": Now(),
        },
    )
    # The number names a file of papers, which the unit destroys by its own protocol; settlements are told by it.
    tells(Decision, "person", kept=["number"])

"""Persons of care as the subjects of lists: their matters are those of all apps that tell of persons."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from audit.actions import erase_payloads
from kernel.clearing import Keeper, Matter
from reporting.care.keeping import MatterKind, anonymise, matters_of
from reporting.care.locking import hold_persons
from reporting.care.models import Decision, Person
from reporting.retention.models import PERSONS


class Persons(Keeper):
    """Persons whose names were not taken off; subjects are their ids."""

    kind = PERSONS
    classes = tuple(MatterKind.values)
    subject_type = "person"
    personal = True

    def closed_before(self, day: date) -> Sequence[str]:
        """Persons no decision of whom reaches the day, entered before it."""
        later = Decision.objects.filter(person=OuterRef("pk"), ends_before__gt=day)
        any_decision = Decision.objects.filter(person=OuterRef("pk"))
        entered = Q(created_at__date__lt=day) | Exists(any_decision)
        found = Person.objects.known().filter(~Exists(later), entered).order_by("pk")
        return [str(pk) for pk in found.values_list("pk", flat=True)]

    def matters(self, subjects: Collection[str], today: date) -> Iterator[Matter]:
        """What all apps keep of them."""
        for one in matters_of(_ids(subjects), today):
            yield Matter(str(one.person), one.kind, one.closed_on, one.why)

    def hold(self, subjects: Collection[str]) -> list[str]:
        """Those who are not anonymised, held."""
        return [str(pk) for pk in hold_persons(_ids(subjects))]

    def names(self, subjects: Collection[str]) -> dict[str, str]:
        """Surname, given name and code."""
        rows = Person.objects.filter(pk__in=_ids(subjects)).only("surname", "given_name", "code")
        return {str(row.pk): f"{row} {row.code}" for row in rows}

    def take_off(self, subjects: Collection[str]) -> set[str]:
        """Names go everywhere; of whom a brought file tells that stays is given."""
        return {str(pk) for pk in anonymise(_ids(subjects))}

    def erase(self, subjects: Collection[str]) -> None:
        """What entries of the record said of them."""
        erase_payloads("person", _ids(subjects))


def _ids(subjects: Collection[str]) -> list[UUID]:
    return [UUID(one) for one in subjects]

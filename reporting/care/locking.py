"""Holding a person: whoever writes about one waits for whoever else does, and for who takes their names off."""

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict
from reporting.care.models import Person


def hold_person(person_id: UUID) -> Person:
    """The person, held until the transaction ends; always before their decisions.

    Raises Conflict `person_anonymised` where nothing may be written about the person any more.
    """
    person: Person = Person.objects.select_for_update().get(pk=person_id)
    if person.is_anonymised:
        raise Conflict(
            "person_anonymised",
            _(
                "The data of person %(code)s were anonymised after their term of keeping: nothing is written about "
                "them any more. Add the person anew."
            )
            % {"code": person.code},
        )
    return person


def hold_persons(persons: Collection[UUID]) -> list[UUID]:
    """Of these persons, the ids of those who are not anonymised, held until the transaction ends; in one order."""
    held = Person.objects.known().filter(pk__in=list(persons)).order_by("pk").select_for_update()
    return list(held.values_list("pk", flat=True))

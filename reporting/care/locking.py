"""Holding a person: whoever writes about one waits for whoever else does, and for who takes their names off."""

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict
from kernel.tenancy import connection
from reporting.care.models import Person


def hold_person(person_id: UUID) -> Person:
    """The person, held until the transaction ends; always before their decisions.

    Raises Conflict `person_anonymised` where nothing may be written about the person any more.
    """
    person: Person = Person.objects.select_for_update().get(pk=person_id)
    if person.is_anonymised:
        raise anonymised(person.code)
    return person


def hold_known(person_id: UUID | None) -> None:
    """The same where there may be no registered person: an alias, somebody anonymous. Raises `person_anonymised`."""
    if person_id is not None:
        hold_person(person_id)


def anonymised(code: str) -> Conflict:
    """The refusal to write about somebody whose names were taken off; `code` is what they have instead."""
    return Conflict(
        "person_anonymised",
        _(
            "The data of person %(code)s were anonymised after their term of keeping: nothing is written about "
            "them any more. Add the person anew."
        )
        % {"code": code},
    )


# Shared: writers of rows about one person do not wait for each other, only for who holds the person alone. The ORM has
# no word for it.
_SHARED = """
    SELECT id, code, anonymised_at FROM care_person
    WHERE id IN (SELECT person_id FROM care_decision WHERE id = ANY(%s)) ORDER BY id FOR KEY SHARE
"""


def hold_persons_of(decisions: Collection[UUID]) -> dict[UUID, str]:
    """Hold the persons of these decisions, beside others who write about them, until the transaction ends; one query.

    Gives the codes of those who are anonymised, by id.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, [list(decisions)])
        return {pk: code for pk, code, at in cursor.fetchall() if at is not None}


# The same of the persons who have these codes; a code is gone with the name.
_NAMED = "SELECT id FROM care_person WHERE code = ANY(%s) ORDER BY id FOR KEY SHARE"


def hold_persons_named(codes: Collection[str]) -> None:
    """Hold the persons of these codes in the same way: who finds one by its code afterwards may write about them
    unless they are anonymised."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, [list(codes)])


def hold_person_of(decision_id: UUID) -> None:
    """The same of one. Raises Conflict `person_anonymised`."""
    for code in hold_persons_of([decision_id]).values():
        raise anonymised(code)


def hold_persons(persons: Collection[UUID]) -> list[UUID]:
    """Of these persons, the ids of those who are not anonymised, held until the transaction ends; in one order."""
    held = Person.objects.known().filter(pk__in=list(persons)).order_by("pk").select_for_update()
    return list(held.values_list("pk", flat=True))

"""Persons of an import_care document: a part of the import, in its transaction."""

from collections.abc import Mapping, Sequence

from kernel.bulk import BATCH, assign, update_rows
from kernel.crypto import blind_index, encrypt
from kernel.tally import Tally
from reporting.care.document.records import PersonRecord
from reporting.care.models import Person

_FIELDS = ("surname", "given_name", "birth_year", "pesel_override_reason")


def store_persons(
    records: Sequence[PersonRecord], stored: Mapping[str, Person]
) -> tuple[dict[str, Person], Tally]:
    """Persons by code, made or updated; PESEL and contact are encrypted anew only where they changed."""
    tally = Tally()
    new, updated = [], []
    found: dict[str, Person] = {}
    for each in records:
        is_new = each.code not in stored
        person = stored.get(each.code) or Person(code=each.code)
        changed = assign(person, {name: getattr(each, name) for name in _FIELDS})
        fingerprint = blind_index(each.pesel) if each.pesel else None
        if person.pesel_index != fingerprint:
            person.pesel_index = fingerprint
            person.pesel_encrypted = encrypt(each.pesel) if each.pesel else None
            changed.append("pesel")
        if each.contact is not None and each.contact != person.contact:
            person.write_contact(each.contact)
            changed.append("contact")
        if is_new:
            new.append(person)
        elif changed:
            updated.append(person)
        found[each.code] = person
        tally.count(each.code, is_new=is_new, changed=changed)
    Person.objects.bulk_create(new, batch_size=BATCH)
    update_rows(Person, updated, [*_FIELDS, "pesel_index", "pesel_encrypted", "contact_encrypted"])
    return found, tally

"""Verbs on persons: add, correct, show the PESEL."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record, record_reading
from kernel.access import Actor
from kernel.bulk import assign
from kernel.crypto import blind_index, decrypt, encrypt
from kernel.errors import DomainError
from kernel.stamps import require_unchanged, stamp_of
from kernel.validation import require_valid
from reporting.care.locking import hold_person
from reporting.care.models import Person
from reporting.care.rules import birth_year_of, is_sound_pesel, pesel_digits


@dataclass(frozen=True)
class PersonEntry:
    """What somebody wrote of a person. `pesel` is None where the stored one stays, "" where there is none."""

    code: str
    surname: str
    given_name: str
    birth_year: int | None = None
    pesel: str | None = None
    pesel_override_reason: str = ""


def person_stamp(person: Person) -> str:
    """The stamp of the person as they stand."""
    return stamp_of(person.code, person.surname, person.given_name, person.birth_year, person.pesel_index)


def create_person(entry: PersonEntry, *, actor: Actor) -> Person:
    """A new person. Raises DomainError with the fields that are wrong; `pesel_checksum` asks for a reason."""
    person = Person(code=entry.code)
    with transaction.atomic():
        _write(person, entry)
        record(
            "create_person",
            actor=actor,
            subject_type="person",
            subject_id=person.pk,
            payload={"code": person.code, "has_pesel": person.pesel_index is not None},
        )
    return person


def edit_person(person: Person, entry: PersonEntry, *, seen: str | None = None, actor: Actor) -> Person:
    """Correct a person. The audit line names the fields that changed, never what they say.

    Raises Conflict where the person is no longer what the editor saw (`seen`, a person_stamp).
    """
    with transaction.atomic():
        locked = hold_person(person.pk)
        require_unchanged(seen, person_stamp(locked))
        before_code = locked.code
        changed = _write(locked, entry)
        if changed:
            record(
                "edit_person",
                actor=actor,
                subject_type="person",
                subject_id=locked.pk,
                payload={"fields": changed, "code": [before_code, locked.code]},
            )
    return locked


@transaction.atomic
def note_readings_told(
    person: Person, content: bytes, *, first: date | None, last: date | None, with_names: bool, actor: Actor
) -> None:
    """Write down that the document of who saw the person's data was made, for which days, and its SHA-256."""
    record(
        "tell_readings",
        actor=actor,
        subject_type="person",
        subject_id=person.pk,
        payload={
            "from": first.isoformat() if first else None,
            "to": last.isoformat() if last else None,
            "with_names": with_names,
            "sha256": hashlib.sha256(content).hexdigest(),
        },
    )


def reveal_pesel(person: Person, *, actor: Actor) -> str:
    """The PESEL in full; that it was shown is logged. Raises DomainError `no_pesel`."""
    if person.pesel_encrypted is None:
        raise DomainError("no_pesel", _("No PESEL is stored for this person."))
    record_reading("person.pesel", actor=actor, subject_type="person", subject_ids=[person.pk])
    return decrypt(bytes(person.pesel_encrypted))


def pesel_ending(person: Person) -> str | None:
    """The last four digits, to tell persons of one name apart; None without a PESEL."""
    return None if person.pesel_encrypted is None else decrypt(bytes(person.pesel_encrypted))[-4:]


def _write(person: Person, entry: PersonEntry) -> list[str]:
    """Save what the entry says; the names of the fields that changed."""
    values: dict[str, Any] = {
        "code": entry.code,
        "surname": entry.surname,
        "given_name": entry.given_name,
        "birth_year": entry.birth_year,
    }
    if entry.pesel is not None:
        values.update(_pesel_values(person, entry))
        if entry.pesel and entry.birth_year is None:
            values["birth_year"] = birth_year_of(pesel_digits(entry.pesel) or "")
    elif person.pesel_encrypted is not None:
        _require_same_birth_year(decrypt(bytes(person.pesel_encrypted)), entry, person.pesel_override_reason)
    changed = assign(person, values)
    if changed:
        require_valid(person)
        _save(person)
    return [field for field in changed if field != "pesel_encrypted"]


def _pesel_values(person: Person, entry: PersonEntry) -> dict[str, Any]:
    if not entry.pesel:
        return {"pesel_encrypted": None, "pesel_index": None, "pesel_override_reason": ""}
    digits = pesel_digits(entry.pesel)
    if digits is None:
        raise DomainError(
            "pesel_digits",
            _("A PESEL has eleven digits. Compare it with the document, or leave the field empty."),
            field="pesel",
        )
    reason = entry.pesel_override_reason.strip()
    if is_sound_pesel(digits):
        reason = ""
        _require_same_birth_year(digits, entry, reason)
    elif not reason:
        raise DomainError(
            "pesel_checksum",
            _(
                "The checksum of this PESEL is wrong. Compare it with the document; if it is printed like that, "
                "write below why it is accepted."
            ),
            field="pesel",
        )
    fingerprint = blind_index(digits)
    _require_unique(person, fingerprint)
    values: dict[str, Any] = {"pesel_index": fingerprint, "pesel_override_reason": reason}
    if person.pesel_index != fingerprint:
        values["pesel_encrypted"] = encrypt(digits)
    return values


def _require_same_birth_year(digits: str, entry: PersonEntry, reason: str) -> None:
    told = birth_year_of(digits)
    if entry.birth_year is not None and told is not None and told != entry.birth_year and not reason:
        raise DomainError(
            "birth_year_differs",
            _("The PESEL says the year %(told)s. Correct the year of birth or the PESEL.") % {"told": told},
            field="birth_year",
            value=entry.birth_year,
        )


def _require_unique(person: Person, fingerprint: str) -> None:
    holder = Person.objects.filter(pesel_index=fingerprint).exclude(pk=person.pk).first()
    if holder is not None:
        raise DomainError(
            "pesel_taken",
            _("Person %(code)s has this PESEL. Use that person, or correct the number.")
            % {"code": holder.code},
            field="pesel",
        )


def _save(person: Person) -> None:
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise DomainError(
            "person_exists",
            _("A person with this code or PESEL was added a moment ago. Look for them in the list."),
            field="code",
            value=person.code,
        ) from error

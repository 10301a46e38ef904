"""The verb on a person's contact; neither its audit line nor a log tells what it says."""

from dataclasses import asdict, replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.stamps import require_unchanged, stamp_of
from reporting.care.contacts import Contact, phone_number
from reporting.care.locking import hold_person
from reporting.care.models import Person


def contact_stamp(person: Person) -> str:
    """The stamp of the contact as it stands."""
    return stamp_of(asdict(person.contact))


def change_contact(person: Person, contact: Contact, *, seen: str | None = None, actor: Actor) -> Person:
    """Replace how the person is reached; an empty contact removes it. The audit line names the fields that changed.

    Raises DomainError `phone_form` or `close_name_missing` with the field, Conflict where the contact is no longer
    what the editor saw (`seen`, a contact_stamp).
    """
    contact = _checked(contact)
    with transaction.atomic():
        locked = hold_person(person.pk)
        require_unchanged(seen, contact_stamp(locked))
        before, after = asdict(locked.contact), asdict(contact)
        changed = [name for name, text in after.items() if text != before[name]]
        if changed:
            locked.write_contact(contact)
            locked.save(update_fields=["contact_encrypted"])
            record(
                "change_contact",
                actor=actor,
                subject_type="person",
                subject_id=locked.pk,
                payload={"fields": changed},
            )
    return locked


def _checked(contact: Contact) -> Contact:
    if (contact.close_relation or contact.close_phone) and not contact.close_name:
        raise DomainError(
            "close_name_missing",
            _("Write the name of the person close to them, or clear the relation and the telephone."),
            field="close_name",
        )
    return replace(
        contact,
        phone=_number(contact.phone, "phone"),
        close_phone=_number(contact.close_phone, "close_phone"),
    )


def _number(text: str, field: str) -> str:
    number = phone_number(text) if text else ""
    if number is None:
        raise DomainError(
            "phone_form",
            _(
                "“%(text)s” is not a telephone number. Write nine digits, as 600 100 200, or a number of another "
                "country with + and its code."
            )
            % {"text": text},
            field=field,
        )
    return number

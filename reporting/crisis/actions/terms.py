"""Verbs on the numbers of the standard and on the dictionaries."""

from dataclasses import asdict
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import require_tenant
from kernel.validation import require_valid
from reporting.crisis.models import DictionaryEntry, StandardTerms
from reporting.crisis.rules import Terms
from ui.formatting import format_date_text


def add_terms(terms: Terms, *, actor: Actor) -> StandardTerms:
    """Let numbers with their source hold from a day on. Raises DomainError with the field that is wrong."""
    with transaction.atomic():
        row = StandardTerms(**asdict(terms))
        require_valid(row)
        row.save()
        record(
            "change_crisis_terms",
            actor=actor,
            subject_type="tenant",
            subject_id=require_tenant().pk,
            payload={"after": asdict(terms)},
        )
    return row


def add_entry(*, kind: str, name: str, valid_from: date, actor: Actor) -> DictionaryEntry:
    """Put a category or an institution into its dictionary. Raises DomainError with the field that is wrong."""
    with transaction.atomic():
        entry = DictionaryEntry(kind=kind, name=" ".join(name.split()), valid_from=valid_from)
        require_valid(entry)
        entry.save()
        record(
            "add_crisis_entry",
            actor=actor,
            subject_type="crisis_dictionary",
            subject_id=entry.pk,
            payload={"kind": kind, "name": entry.name, "valid_from": valid_from},
        )
    return entry


def end_entry(entry: DictionaryEntry, *, valid_to: date, actor: Actor) -> DictionaryEntry:
    """Let an entry be chosen up to a day and no longer; cases that have it keep it."""
    with transaction.atomic():
        locked: DictionaryEntry = DictionaryEntry.objects.select_for_update().get(pk=entry.pk)
        if valid_to < locked.valid_from:
            raise DomainError(
                "ends_before_it_begins",
                _("The entry holds from %(day)s: choose that day or a later one.")
                % {"day": format_date_text(locked.valid_from)},
                field="valid_to",
                value=valid_to,
            )
        before, locked.valid_to = locked.valid_to, valid_to
        locked.save(update_fields=["valid_to"])
        record(
            "end_crisis_entry",
            actor=actor,
            subject_type="crisis_dictionary",
            subject_id=locked.pk,
            payload={"before": before, "after": valid_to},
        )
    return locked

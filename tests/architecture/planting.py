"""Personal data planted in stored rows: in whatever apps say tells of a person (`kernel.anonymity`)."""

from dataclasses import fields
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Concat, Left

from kernel.anonymity import Telling, tellings
from kernel.crypto import blind_index, encrypt
from kernel.tenancy import tenant_scope
from reporting.care.contacts import Contact
from tests.architecture.world import Belongings
from tests.config import planted

# Columns of ciphertext that hold no sentence, and what stands in them.
_SEALED = {
    "mail_encrypted": planted.EMAIL,
    "phone_encrypted": "+48600100200",
    "alias_encrypted": planted.NAME,
}


def plant_rows(own: Belongings) -> dict[str, int]:
    """Plant a PESEL, names and notes in every row of the tenant that tells of a person; gives rows by model and column.

    To a text that is there the note is added, so that it still holds the mark of whose it is. What the database lets
    nobody write there (a reason where nothing was refused) stays as it is, and so do notes of advice and versions of a
    crisis file, whose ciphertexts and hashes their own verbs alone make: forms write these, full of the same.
    """
    with tenant_scope(own.tenant):
        type(own.person).objects.filter(pk=own.person.pk).update(
            pesel_encrypted=encrypt(planted.STORED_PESEL),
            pesel_index=blind_index(planted.STORED_PESEL),
            contact_encrypted=encrypt(_contact().as_json()),
        )
        return {
            f"{telling.model.__name__}.{column}": _update(telling, column, value)
            for telling in tellings()
            for column, value in _values_of(telling).items()
        }


def _contact() -> Contact:
    words = dict.fromkeys((each.name for each in fields(Contact)), planted.NOTE)
    return Contact(
        **{**words, "phone": "+48600100200", "close_phone": "+48600100201", "close_name": planted.NAME}
    )


def _values_of(telling: Telling) -> dict[str, Any]:
    values: dict[str, Any] = {column: _added(telling, column, planted.NOTE) for column in telling.replaced}
    values |= dict.fromkeys(telling.sealed, encrypt(planted.NOTE))
    values |= {column: encrypt(text) for column, text in _SEALED.items() if column in telling.emptied}
    # Versions under a chain of hashes tell at once that somebody wrote into them.
    if "hash" not in telling.kept:
        values |= {
            name: _added(telling, name, planted.NAME) for name in telling.kept if name.endswith("_name")
        }
    return values


def _added(telling: Telling, column: str, words: str) -> Any:
    text = Concat(F(column), Value(f" {words}"), output_field=CharField())
    longest = getattr(telling.model._meta.get_field(column), "max_length", None)
    return Left(text, longest) if longest else text


def _update(telling: Telling, column: str, value: Any) -> int:
    try:
        with transaction.atomic():
            return int(telling.model._default_manager.update(**{column: value}))
    except IntegrityError:
        filled = telling.model._default_manager.exclude(**{f"{column}__isnull": True})
        with transaction.atomic():
            return int(
                (filled if column.endswith("_encrypted") else filled.exclude(**{column: ""})).update(
                    **{column: value}
                )
            )

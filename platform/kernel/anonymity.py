"""What tables of all apps tell of a person, and how it is taken off while figures stay: apps say it at start.

A test finds columns of rows about a person of which no app says anything.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import BinaryField, Case, CharField, Expression, Model, Value, When

from kernel.crypto import encrypt

# Stands in the data of a Polish tenant, where a name or a note stood; pages that know it say it in their language.
ANONYMISED = "(zanonimizowano)"


@dataclass(frozen=True)
class Telling:
    """Columns of a model that tell of a person; `person` are the lookups from a row to the person's id.

    `replaced` are texts: where one says something, it says ANONYMISED. `sealed` are ciphertexts of texts, which get the
    ciphertext of ANONYMISED. `emptied` get a value or an expression. `kept` tell nothing of the person.
    """

    model: type[Model]
    person: Sequence[str]
    replaced: Sequence[str] = ()
    sealed: Sequence[str] = ()
    emptied: Mapping[str, Any] = field(default_factory=dict)
    kept: Sequence[str] = ()

    def columns(self) -> set[str]:
        """All that the app says something of."""
        return {*self.replaced, *self.sealed, *self.emptied, *self.kept}


_TELLING: dict[type[Model], Telling] = {}


def tells(
    model: type[Model],
    *person: str,
    replaced: Sequence[str] = (),
    sealed: Sequence[str] = (),
    emptied: Mapping[str, Any] | None = None,
    kept: Sequence[str] = (),
) -> None:
    """Let an app say what a model of its own tells of persons; called once at start."""
    _TELLING[model] = Telling(model, person, replaced, sealed, dict(emptied or {}), kept)


def tellings() -> list[Telling]:
    """What all apps said, in the order in which they said it."""
    return list(_TELLING.values())


def take_off(persons: Collection[UUID]) -> None:
    """Take off what rows tell of these persons: one statement a lookup, however many persons."""
    for telling in tellings():
        values = {
            **{name: _replaced(name) for name in telling.replaced},
            **{name: _sealed(name) for name in telling.sealed},
            **telling.emptied,
        }
        if values:
            for lookup in telling.person:
                rows = telling.model._default_manager.filter(**{f"{lookup}__in": list(persons)})
                rows.update(**values)


def _replaced(name: str) -> Expression:
    return Case(When(**{name: ""}, then=Value("")), default=Value(ANONYMISED), output_field=CharField())


def _sealed(name: str) -> Expression:
    kept_empty = When(**{f"{name}__isnull": True}, then=Value(None, output_field=BinaryField()))
    return Case(kept_empty, default=Value(encrypt(ANONYMISED), output_field=BinaryField()))

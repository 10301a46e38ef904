"""What the master keys seal: apps say at start which columns, so that all of it can be brought under a new key.

A master key is replaced by naming a new one before it (settings.MASTER_KEYS), sealing all anew, and taking the old one
out once it holds nothing.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import InvalidToken
from django.db.models import Model, QuerySet

from kernel.crypto import holder, rewrap

# Where a token is that no master key opens.
LOST = -1


@dataclass(frozen=True)
class Sealing:
    """A column sealed by the master keys: a ciphertext, or with `within` the texts under these names of its JSON.

    `of` says in English, for operators, what its rows hold; `named_by` is the column that names a row to them, `tenant`
    the one that holds the id of the tenant whose it is. So many rows as `at_once` are sealed anew in one transaction.
    """

    model: type[Model]
    column: str
    of: str
    named_by: str
    tenant: str = ""
    within: tuple[str, ...] = ()
    at_once: int = 1

    def rows(self) -> QuerySet[Any]:
        """All rows, those too that a manager would leave out, in the order in which they are locked."""
        return self.model._base_manager.order_by("pk")

    def holders(self) -> Iterator[tuple[Any, str, int]]:
        """Of rows that hold anything the key, the name, and which master key is needed: 0 the newest, or LOST."""
        for key, name, value in self.rows().values_list("pk", self.named_by, self.column).iterator():
            if places := [holder(token) for token in self._tokens(value)]:
                yield key, str(name), LOST if None in places else max(place or 0 for place in places)

    def seal_anew(self, keys: Collection[Any]) -> tuple[list[str], list[str]]:
        """Lock these rows and bring each under the newest key, in the caller's transaction.

        The names of those that were not before, and of those that no key opens, which stay as they are.
        """
        done: list[str] = []
        lost: list[str] = []
        for row in self.rows().select_for_update(of=("self",)).filter(pk__in=keys):
            value, name = getattr(row, self.column), str(getattr(row, self.named_by))
            if all(holder(token) == 0 for token in self._tokens(value)):
                continue
            try:
                anew = self._changed(value, rewrap)
            except InvalidToken:
                lost.append(name)
            else:
                self.model._base_manager.filter(pk=row.pk).update(**{self.column: anew})
                done.append(name)
        return done, lost

    def _tokens(self, value: Any) -> list[bytes]:
        found: list[bytes] = []

        def note(token: bytes) -> bytes:
            found.append(token)
            return token

        self._changed(value, note)
        return found

    def _changed(self, value: Any, change: Callable[[bytes], bytes]) -> Any:
        if not self.within:
            return change(bytes(value)) if value else value
        return {name: _each(one, change) if name in self.within else one for name, one in value.items()}


def _each(value: Any, change: Callable[[bytes], bytes]) -> Any:
    if isinstance(value, list):
        return [_each(one, change) for one in value]
    return change(value.encode("ascii")).decode("ascii") if value else value


_SEALED: dict[tuple[type[Model], str], Sealing] = {}


def seals(
    model: type[Model],
    column: str,
    *,
    of: str,
    named_by: str,
    tenant: str = "",
    within: tuple[str, ...] = (),
    at_once: int = 1,
) -> None:
    """Let an app say that the master keys seal a column of its own; called once at start."""
    _SEALED[model, column] = Sealing(model, column, of, named_by, tenant, within, at_once)


def sealings() -> list[Sealing]:
    """What all apps said, in the order in which they said it."""
    return list(_SEALED.values())


def held_by_keys() -> dict[str, dict[int, list[str]]]:
    """What each master key has to open, by what it is: names by the place of the key, 0 the newest, or LOST."""
    found: dict[str, dict[int, list[str]]] = {}
    for sealing in sealings():
        places = found.setdefault(sealing.of, {})
        for _key, name, place in sealing.holders():
            places.setdefault(place, []).append(name)
    return found

"""Classes of documents that are cleared past their term: apps say at start how the names in theirs are taken off.

Terms, lists and the protocol by which a list is carried out are retention's; nothing here goes by the clock.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kernel.errors import Sentence


@dataclass(frozen=True)
class Matter:
    """Something about a subject that is kept for the term of the class `kind`.

    `closed_on` is its last day; None while it is open, and then `why` says so in a sentence that anybody may read who
    sees that the subject is kept.
    """

    subject: str
    kind: str
    closed_on: date | None
    why: Sentence = ""


class Keeper:
    """What one kind of list is made of. Subjects are texts: ids, or what else names a subject for good.

    `kind` names the list, `classes` the classes of retention that its matters go by. `subject_type` is what the record
    calls a subject; `personal` says that its name is a person's, so that the log of readings tells who saw it.
    `by_worker` says that names are taken off by `erase` alone, a while after the list was carried out.
    """

    kind = ""
    classes: tuple[str, ...] = ()
    subject_type = ""
    personal = False
    by_worker = False

    def closed_before(self, day: date) -> Sequence[str]:
        """Subjects not cleared yet whose matters all ended before the day: the database's sieve before the rules."""
        raise NotImplementedError

    def matters(self, subjects: Collection[str], today: date) -> Iterable[Matter]:
        """Every matter of these subjects, in a constant number of queries."""
        raise NotImplementedError

    def hold(self, subjects: Collection[str]) -> list[str]:
        """Of these subjects, those that are not cleared, held until the transaction ends; in one order."""
        raise NotImplementedError

    def names(self, subjects: Collection[str]) -> dict[str, str]:
        """What people call these subjects, in the active language; a constant number of queries."""
        raise NotImplementedError

    def take_off(self, subjects: Collection[str]) -> set[str]:
        """Take names off in the caller's transaction, who holds the subjects; gives those of whom something stays."""
        raise NotImplementedError

    def erase(self, subjects: Collection[str]) -> None:
        """What only workers may do for these subjects, after the transaction; again changes nothing."""


_KEEPERS: dict[str, Keeper] = {}


def clears(keeper: Keeper) -> None:
    """Let an app clear a class of its own; called once at start."""
    _KEEPERS[keeper.kind] = keeper


def keeper_of(kind: str) -> Keeper:
    """Who clears this kind of list."""
    return _KEEPERS[kind]

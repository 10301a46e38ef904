"""Before a decision moves to another contract, the diary is held and asked for its visits.

The diary is an app above this one, so it tells at start how it does that (`ask_diary_with`).
"""

from collections.abc import Callable, Collection
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured

HoldDiaries = Callable[[Collection[UUID], Collection[UUID]], set[UUID]]

_source: list[HoldDiaries] = []


def ask_diary_with(source: HoldDiaries) -> None:
    """Register, once at start, who holds diaries and finds visits."""
    _source[:] = [source]


def hold_diaries(contract_ids: Collection[UUID], decision_ids: Collection[UUID]) -> set[UUID]:
    """Hold the diaries of these contracts until the transaction ends; gives those of the decisions with visits.

    Call it before any row is locked: whoever writes a visit holds the diary first, and its decision after it.
    """
    if not _source:
        raise ImproperlyConfigured("no diary was registered: visits cannot be looked for")
    return _source[0](contract_ids, decision_ids)

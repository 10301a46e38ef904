"""Where contracts come from in open data: a later app that has them says how to read them."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from contracting.tenders.models import Call

# Calls → for each call's id its rows with award_id, number, signed_on, from, to (days or None) and amount (Decimal or
# None), in a constant number of queries.
Source = Callable[[Sequence[Call]], dict[UUID, list[dict[str, Any]]]]

_SOURCES: list[Source] = []


def provide_contracts(source: Source) -> None:
    """Let an app tell the contracts of calls; called once at start. The same function twice counts once."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def contracts_of(calls: Sequence[Call]) -> dict[UUID, list[dict[str, Any]]]:
    """The contracts of each call, as far as any app knows them."""
    found: dict[UUID, list[dict[str, Any]]] = {}
    for source in _SOURCES:
        for call_id, rows in source(calls).items():
            found.setdefault(call_id, []).extend(rows)
    return found

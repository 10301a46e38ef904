"""Shapes of output: sessions with their place in the count, documents with their versions."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from reporting.crisis.models import CrisisCase, CrisisDocument, Session


@dataclass(frozen=True)
class SessionRow:
    """A session; `count` is its place among those done, None where it was not; `is_beyond` lies past the limit."""

    session: Session
    count: int | None
    is_beyond: bool


def session_rows(sessions: Iterable[Session], limit: int) -> list[SessionRow]:
    """Sessions in their order, those done numbered."""
    rows, done = [], 0
    for session in sessions:
        is_done = session.state == Session.State.DONE
        done += is_done
        rows.append(SessionRow(session, done if is_done else None, is_done and done > limit))
    return rows


@dataclass(frozen=True)
class Series:
    """A document: its newest version, and how many there are."""

    newest: CrisisDocument
    first: CrisisDocument
    versions: int


def document_series(case: CrisisCase) -> list[Series]:
    """The documents of a case in the order in which they were begun, without their texts; one query."""
    by_series: dict[UUID, list[Any]] = {}
    for document in case.documents.defer("body").order_by("sequence"):
        by_series.setdefault(document.series, []).append(document)
    return [Series(versions[-1], versions[0], len(versions)) for versions in by_series.values()]

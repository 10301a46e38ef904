"""Writing audit entries: called by every action inside its own transaction."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from audit.models import Entry, Reading
from kernel.access import Actor
from kernel.tenancy import connection

GENESIS = "0" * 64


def _digest(value: Any) -> str:
    text = json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def chain_hash(entry: Entry) -> str:
    """The hash of an entry over all its fields, the payload by its own hash, and the entry before it."""
    return _digest(
        [
            entry.sequence,
            entry.at.isoformat(),
            None if entry.actor_id is None else str(entry.actor_id),
            entry.actor_label,
            entry.verb,
            entry.subject_type,
            entry.subject_id,
            entry.payload_hash,
            entry.previous_hash,
        ]
    )


def _lock_chain() -> None:
    """One writer of a chain at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"audit:{connection.schema_name}"])


def record(
    verb: str, *, actor: Actor, subject_type: str, subject_id: object, payload: dict[str, Any] | None = None
) -> Entry:
    """Append one entry to the chain of the schema at hand. Must run inside the action's transaction.

    `payload` holds old and new values by field; never names, PESEL or notes, which the subject's id stands for.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "an audit entry must be written in the action's transaction"
        )
    _lock_chain()
    last = Entry.objects.order_by("-sequence").values_list("sequence", "hash").first()
    sequence, previous = last if last else (0, GENESIS)
    stored = json.loads(json.dumps(payload or {}, cls=DjangoJSONEncoder))
    entry = Entry(
        sequence=sequence + 1,
        at=timezone.now(),
        actor_id=actor.user_id,
        actor_label=actor.label,
        verb=verb,
        subject_type=subject_type,
        subject_id=str(subject_id),
        payload=stored,
        payload_hash=_digest(stored),
        previous_hash=previous,
    )
    entry.hash = chain_hash(entry)
    entry.save(force_insert=True)
    return entry


def record_reading(page: str, *, actor: Actor, subject_type: str, subject_ids: Iterable[UUID]) -> None:
    """Note that personal data of these subjects was shown to the actor."""
    ids = sorted(str(subject_id) for subject_id in subject_ids)
    if ids:
        Reading.objects.create(
            actor_id=actor.user_id,
            actor_label=actor.label,
            page=page,
            subject_type=subject_type,
            subject_ids=ids,
            subject_count=len(ids),
        )


def is_intact(entry: Entry, previous_hash: str) -> bool:
    """Whether an entry is as it was written and follows the one with this hash. An erased payload counts as intact."""
    payload_kept = entry.payload is None or _digest(entry.payload) == entry.payload_hash
    return entry.previous_hash == previous_hash and entry.hash == chain_hash(entry) and payload_kept


@dataclass(frozen=True)
class ChainState:
    """What a walk along the chain found: how many entries hold from the first on, the hash of the last of them, and
    the first entry that was changed or follows one that was removed or put in (None where the chain holds)."""

    intact: int
    last_hash: str
    broken: Entry | None

    @property
    def holds(self) -> bool:
        return self.broken is None


def walk_chain() -> ChainState:
    """Follow the chain of the schema at hand from its first entry.

    An end cut off cannot be seen from inside: compare count and last hash with what was noted outside.
    """
    previous, sequence = GENESIS, 0
    for entry in Entry.objects.order_by("sequence").iterator():
        if entry.sequence != sequence + 1 or not is_intact(entry, previous):
            return ChainState(sequence, previous, entry)
        previous, sequence = entry.hash, entry.sequence
    return ChainState(sequence, previous, None)


def first_broken_entry() -> Entry | None:
    """The first entry of the chain at hand that was changed, or follows one removed; None where the chain holds."""
    return walk_chain().broken


def broken_among(entries: Iterable[Entry]) -> set[UUID]:
    """Of these entries, the ids of those that were changed or do not follow the entry before them; one query."""
    shown = list(entries)
    before = {entry.sequence - 1 for entry in shown}
    hashes = dict(Entry.objects.filter(sequence__in=before).values_list("sequence", "hash")) | {0: GENESIS}
    return {entry.pk for entry in shown if not is_intact(entry, hashes.get(entry.sequence - 1, ""))}

"""The hash chain of the record: what an entry's hash covers, and walks along the chain that find what was altered."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from audit.models import Entry

GENESIS = "0" * 64


def digest(value: Any) -> str:
    """SHA-256 (64 hex digits) of a value as JSON in its one canonical form."""
    text = json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def chain_hash(entry: Entry) -> str:
    """The hash of an entry over all its fields, the payload by its own hash, and the entry before it."""
    return digest(
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


def is_intact(entry: Entry, previous_hash: str) -> bool:
    """Whether an entry is as it was written and follows the one with this hash. An erased payload counts as intact."""
    payload_kept = entry.payload is None or digest(entry.payload) == entry.payload_hash
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


def walk_chain(after: int = 0, previous: str = GENESIS) -> ChainState:
    """Follow the chain of the schema at hand from its first entry, or from behind one whose hash is known.

    An end cut off cannot be seen from inside: `audit.checkpoints` compares with what was noted outside.
    """
    sequence = after
    for entry in Entry.objects.filter(sequence__gt=after).order_by("sequence").iterator():
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

"""Checkpoints: what the record of a schema is compared with, signed and kept outside the database.

The chain shows what was changed within it; only what was noted outside shows an end cut off, a whole chain written
anew, and changes of the log of readings, which has no chain of its own.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from audit.chain import GENESIS, ChainState, walk_chain
from audit.models import Entry, Reading
from audit.sealing import Checkpoint, Forged, Signed, seal, unseal
from audit.storage import CheckpointStore, checkpoint_store
from kernel.crypto import derived_keys
from kernel.locks import hold, hold_if_free
from kernel.signing import public_half
from kernel.tenancy import current_schema

log = structlog.get_logger(__name__)

_PURPOSE = "siedem audit checkpoints"
_STAMP = "%Y%m%dT%H%M%S%f"
# A reading is dated before its transaction ends; none lasts this long.
_SETTLED = timedelta(minutes=15)
# Checkpoints are taken hourly where anything happened; so far back one is looked for before all are listed.
_LATELY = timedelta(days=31)
# Who puts a checkpoint of a schema is alone: of two with the same one before, one looks forged for ever.
_ALONE = ("checkpoint",)


# From an instant to before another.
Span = tuple[datetime, datetime]


class AlteredRecord(Exception):
    """The record does not agree with what was noted of it: nothing is taken off it before somebody has looked.

    `entry` is the number of the entry that is altered, or None where readings are.
    """

    def __init__(self, entry: int | None = None) -> None:
        super().__init__(entry)
        self.entry = entry


class Fault(TextChoices):
    """What a checkpoint shows about the record."""

    FORGED = "forged", _("the checkpoint itself was changed, or signed by another key")
    GAP = "gap", _("a checkpoint before it was removed or put in")
    CUT = "cut", _("entries at the end of the record were cut off")
    REWRITTEN = "rewritten", _("the record was written anew: its entry is another one than was noted")
    READINGS = "readings", _("the log of readings was changed")


@dataclass(frozen=True)
class Finding:
    """A checkpoint with which the record does not agree: its name in the store, and what is wrong."""

    name: str
    fault: Fault


@dataclass(frozen=True)
class Proof:
    """What the chain and the checkpoints of a record say together.

    The walk along the chain, how many checkpoints there are, how many of them tell of a record that a restoration has
    set aside, of how many only the number of readings was compared (names of some were taken off past their term),
    with which something is wrong, until which entry they reach, and whether their store keeps them from everybody.
    """

    chain: ChainState
    checkpoints: int
    set_aside: int
    by_number: int
    findings: Sequence[Finding]
    reached: int
    locked: bool

    @property
    def holds(self) -> bool:
        return self.chain.holds and not self.findings


def _keys() -> list[bytes]:
    return derived_keys(_PURPOSE)


def public_keys() -> list[str]:
    """The keys that checkpoints are verified with: of all master keys, and of those retired since."""
    return [public_half(key) for key in _keys()] + list(settings.CHECKPOINT_PUBLIC_KEYS)


def take_checkpoint() -> bool:
    """Note how far the record of the schema at hand has come; whether there was anything new, and nothing wrong.

    What does not agree with the last checkpoint is never signed over: it is logged, for the operator to look.
    """
    with transaction.atomic():
        return hold_if_free(*_ALONE) and _take(checkpoint_store(), current_schema())


def _take(store: CheckpointStore, chain: str) -> bool:
    last = _last(store, chain)
    before = last.checkpoint if last else None
    try:
        state = _walk_on(before)
    except AlteredRecord as altered:
        log.error("audit_record_altered", chain=chain, entry=altered.entry)
        return False
    noted = _noted(chain, state, before.readings_until if before else "", last)
    if before and state.intact == before.entries and not noted.readings:
        return False
    _put(store, noted)
    return True


def _walk_on(before: Checkpoint | None) -> ChainState:
    """The walk from behind the last checkpoint. Raises AlteredRecord where the record does not agree with it."""
    if before and not _still_there(before):
        raise AlteredRecord(before.entries)
    state = walk_chain(before.entries, before.hash) if before else walk_chain()
    if state.broken is not None:
        raise AlteredRecord(state.broken.sequence)
    return state


def _noted(chain: str, state: ChainState, start: str, last: Signed | None) -> Checkpoint:
    now = timezone.now()
    until = (now - _SETTLED).isoformat()
    readings, digest = _readings_between(start, until)
    return Checkpoint(
        chain=chain,
        at=now.isoformat(),
        entries=state.intact,
        hash=state.last_hash,
        readings=readings,
        readings_from=start,
        readings_until=until,
        readings_digest=digest,
        previous=last.signature if last else "",
    )


def _put(store: CheckpointStore, noted: Checkpoint) -> Signed:
    stamp = _instant(noted.at).strftime(_STAMP)
    document = seal(noted, _keys()[0])
    store.put(f"{noted.chain}/{stamp}.json", document)
    return unseal(document, public_keys())


def note_restoration(taken_at: datetime) -> None:
    """Note that the record of the schema at hand was put back to what it was at this instant, and how it goes on.

    Checkpoints taken since then are kept, and tell of the record that was set aside. Call it last in the transaction
    that puts the record back. Raises ServerAway where the store of checkpoints is away.
    """
    hold(*_ALONE)
    store, chain = checkpoint_store(), current_schema()
    noted = _noted(chain, walk_chain(), "", _last(store, chain))
    _put(store, replace(noted, restored_to=taken_at.isoformat()))


@contextmanager
def clearing(spans: Sequence[Span]) -> Iterator[None]:
    """Take names off the readings of the schema at hand in these spans of time within this block, in a transaction.

    Before it the record is compared with its checkpoints, after it the spans are noted: of their readings only the
    number is compared from then on. Raises AlteredRecord where the record does not agree, which is never signed over,
    and ServerAway where the store of checkpoints is away.
    """
    hold(*_ALONE)
    store, chain = checkpoint_store(), current_schema()
    last = _last(store, chain)
    state = _walk_on(last.checkpoint if last else None)
    _require_as_noted(store, chain, spans)
    yield
    for start, until in spans:
        noted = _noted(chain, state, last.checkpoint.readings_until if last else "", last)
        last = _put(store, replace(noted, cleared_from=start.isoformat(), cleared_until=until.isoformat()))


def _require_as_noted(store: CheckpointStore, chain: str, spans: Sequence[Span]) -> None:
    """Raises AlteredRecord where readings of these spans are not what a checkpoint noted of them."""
    # None that was taken before they began tells of them.
    first = min(start for start, _until in spans).astimezone(UTC)
    noted = _unseal_all(store, store.names(chain, f"{chain}/{first.strftime(_STAMP)}.json"))
    for name, one in noted.signed.items():
        told = one.checkpoint
        if name not in noted.aside and _touches(told, spans) and not _same_readings(told, noted.cleared):
            raise AlteredRecord


def _last(store: CheckpointStore, chain: str) -> Signed | None:
    """The newest checkpoint that is ours; forged ones are found by `prove`."""
    lately = f"{chain}/{(timezone.now() - _LATELY).strftime(_STAMP)}.json"
    for after in (lately, ""):
        for name in reversed(store.names(chain, after)):
            try:
                return unseal(store.read(name), public_keys())
            except Forged:
                log.error("audit_checkpoint_forged", name=name)
    return None


@dataclass(frozen=True)
class _Unsealed:
    """Checkpoints in their order: those that are ours by name, names of the forged and of those set aside, and the
    spans whose readings lost their names."""

    signed: Mapping[str, Signed]
    forged: Sequence[str]
    aside: set[str]
    cleared: Sequence[Span]


def _unseal_all(store: CheckpointStore, names: Sequence[str]) -> _Unsealed:
    signed: dict[str, Signed] = {}
    forged: list[str] = []
    for name, content in store.read_all(names):
        try:
            signed[name] = unseal(content, public_keys())
        except Forged:
            forged.append(name)
    aside = _set_aside(signed)
    cleared = [
        (_instant(one.checkpoint.cleared_from), _instant(one.checkpoint.cleared_until))
        for name, one in signed.items()
        if one.checkpoint.cleared_from and name not in aside
    ]
    return _Unsealed(signed, forged, aside, cleared)


def prove(newest: int | None = None) -> Proof:
    """Walk the record of the schema at hand whole, and compare it with its checkpoints, or only the newest of them."""
    store, chain = checkpoint_store(), current_schema()
    names = store.names(chain)
    shown = names[-newest:] if newest else names
    noted = _unseal_all(store, shown)
    findings = [Finding(name, Fault.FORGED) for name in noted.forged]
    hashes = _hashes_at({one.checkpoint.entries for one in noted.signed.values()})
    entries = Entry.objects.count()
    # What came before the first that was looked at is not known.
    previous = "" if len(shown) == len(names) else None
    for name, one in noted.signed.items():
        faults = _faults(one.checkpoint, chain, hashes, entries, previous)
        if name in noted.aside:
            # It must still be ours and follow the one before; the record that it tells of is another.
            faults = [fault for fault in faults if fault in {Fault.FORGED, Fault.GAP}]
        elif not _same_readings(one.checkpoint, noted.cleared):
            faults.append(Fault.READINGS)
        findings += [Finding(name, fault) for fault in faults]
        previous = one.signature
    present = [one.checkpoint for name, one in noted.signed.items() if name not in noted.aside]
    return Proof(
        chain=walk_chain(),
        checkpoints=len(noted.signed),
        set_aside=len(noted.aside),
        by_number=sum(_touches(one, noted.cleared) for one in present),
        findings=findings,
        reached=max((one.entries for one in present), default=0),
        locked=store.locks(),
    )


def _set_aside(signed: Mapping[str, Signed]) -> set[str]:
    """Names of checkpoints that were taken after the instant to which a later restoration put the record back."""
    aside: set[str] = set()
    restored_to: datetime | None = None
    for name, one in reversed(list(signed.items())):
        # A restoration within what another has set aside put back a record that is gone, too.
        if restored_to is not None and _instant(one.checkpoint.at) > restored_to:
            aside.add(name)
        elif one.checkpoint.restored_to:
            restored_to = _instant(one.checkpoint.restored_to)
    return aside


def _touches(noted: Checkpoint, spans: Sequence[Span]) -> bool:
    """Whether a checkpoint tells of readings in any of these spans."""
    begins = _instant(noted.readings_from) if noted.readings_from else datetime.min.replace(tzinfo=UTC)
    ends = _instant(noted.readings_until)
    return any(begins < until and start < ends for start, until in spans)


def _same_readings(noted: Checkpoint, cleared: Sequence[Span]) -> bool:
    """Whether the log holds the readings that were noted; where some lost their names since, as many of them."""
    count, digest = _readings_between(noted.readings_from, noted.readings_until)
    return count == noted.readings and (digest == noted.readings_digest or _touches(noted, cleared))


def _faults(
    noted: Checkpoint, chain: str, hashes: dict[int, str], entries: int, previous: str | None
) -> list[Fault]:
    found = []
    if noted.chain != chain:
        found.append(Fault.FORGED)
    if previous is not None and noted.previous != previous:
        found.append(Fault.GAP)
    if noted.entries not in hashes:
        found.append(Fault.CUT if noted.entries > entries else Fault.REWRITTEN)
    elif hashes[noted.entries] != noted.hash:
        found.append(Fault.REWRITTEN)
    return found


def _hashes_at(sequences: set[int]) -> dict[int, str]:
    known = dict(Entry.objects.filter(sequence__in=sequences).values_list("sequence", "hash"))
    return known | {0: GENESIS}


def _still_there(noted: Checkpoint) -> bool:
    return _hashes_at({noted.entries}).get(noted.entries) == noted.hash


def _readings_between(start: str, until: str) -> tuple[int, str]:
    """How many readings the log holds of a span of time, and a digest (64 hex digits) of all that they say."""
    readings = Reading.objects.filter(at__lt=_instant(until))
    if start:
        readings = readings.filter(at__gte=_instant(start))
    count, total = 0, hashlib.sha256()
    fields = ("pk", "at", "actor_id", "actor_label", "page", "subject_type", "subject_ids", "subject_count")
    for row in readings.order_by("at", "pk").values_list(*fields).iterator():
        count += 1
        total.update(json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False).encode("utf-8") + b"\n")
    return count, total.hexdigest()


def _instant(text: str) -> datetime:
    instant = parse_datetime(text)
    if instant is None:
        raise Forged("an instant that is none")
    return instant

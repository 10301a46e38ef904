"""Writing audit entries: called by every action inside its own transaction."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from audit.chain import GENESIS, chain_hash, digest
from audit.models import Entry, Reading
from kernel.access import Actor
from kernel.locks import hold
from kernel.tenancy import connection, require_tenant


def hold_chain() -> None:
    """One writer of a chain at a time, until the transaction ends.

    First of all for a verb that takes other locks before it records: a verb that records and then takes them would
    wait for it crosswise.
    """
    hold("audit")


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
    hold_chain()
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
        payload_hash=digest(stored),
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


def erase_payloads(subject_type: str, subject_ids: Iterable[UUID]) -> None:
    """Erase what entries say of these subjects, whose data are taken off; the chain stays whole by its hashes.

    For workers: web servers may not change entries (decision 0036). The verb that took the data off wrote its own.
    """
    ids = [str(subject_id) for subject_id in subject_ids]
    told = Entry.objects.filter(subject_type=subject_type, subject_id__in=ids, payload__isnull=False)
    told.update(payload=None)


@transaction.atomic
def export_record(what: str, *, rows: int, filters: Mapping[str, str], actor: Actor) -> Entry:
    """Note that the record ("entries") or the log of readings ("readings") leaves the platform as a file."""
    return record(
        "export_record",
        actor=actor,
        subject_type="tenant",
        subject_id=require_tenant().pk,
        payload={"what": what, "rows": rows, "filters": dict(filters)},
    )

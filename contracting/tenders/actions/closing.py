"""Closing a call at its deadline: once, for good, with the digest of all receipts."""

from django.db import transaction

from audit.actions import record
from contracting.tenders.actions.receipts import receipts_digest
from contracting.tenders.clock import database_now
from contracting.tenders.locking import lock_call
from contracting.tenders.models import Call
from kernel.access import Actor


def close_if_due(call: Call) -> Call:
    """The call as it stands, closed now if its deadline has passed and nobody closed it yet.

    Called by the clock, by late attempts and by pages; any number at once close it once. A clock that is moved back
    later opens nothing, because `closed_at` stays.
    """
    if not _is_due(call):
        return call
    with transaction.atomic():
        locked = lock_call(call)
        if not _is_due(locked):
            return locked
        locked.closed_at = database_now()
        locked.receipts_digest = receipts_digest(locked)
        locked.save(update_fields=["closed_at", "receipts_digest", "changed_at"])
        record(
            "close_call",
            actor=Actor.system("clock"),
            subject_type="call",
            subject_id=locked.pk,
            payload={"deadline": locked.deadline, "digest": locked.receipts_digest},
        )
    return locked


def _is_due(call: Call) -> bool:
    return (
        call.state == Call.State.PUBLISHED
        and call.closed_at is None
        and call.deadline is not None
        and call.deadline <= database_now()
    )

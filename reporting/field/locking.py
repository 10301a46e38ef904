"""One writer of a carer's entries at a time: two devices, a resend and a coordinator take the same lock."""

from uuid import UUID

from kernel.locks import hold


def lock_entries(worker_id: UUID) -> None:
    """Hold the entries of the worker until the transaction ends; before the lock of the diary, never after it."""
    hold("field", worker_id)

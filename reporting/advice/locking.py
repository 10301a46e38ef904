"""One writer of advice in bulk at a time: files and other systems take the same lock."""

from collections.abc import Collection

from kernel.locks import hold
from reporting.care.locking import hold_persons_named


def lock_advice(codes: Collection[str]) -> None:
    """Hold the persons of these codes and then the advice of the tenant at hand until the transaction ends.

    Call it before anything is read for a write. Raises TransactionManagementError outside a transaction.
    """
    hold_persons_named(codes)
    hold("advice")

"""One writer of advice in bulk at a time: files and other systems take the same lock."""

from collections.abc import Collection

from django.db.transaction import TransactionManagementError

from kernel.tenancy import connection
from reporting.care.locking import hold_persons_named


def lock_advice(codes: Collection[str]) -> None:
    """Hold the persons of these codes and then the advice of the tenant at hand until the transaction ends.

    Call it before anything is read for a write.

    Raises TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("advice is locked for a transaction, and none has begun")
    hold_persons_named(codes)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"advice:{connection.schema_name}"]
        )

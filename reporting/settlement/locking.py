"""One writer of a contract's settlements at a time: what is left of its money depends on all its months."""

from uuid import UUID

from django.db.transaction import TransactionManagementError

from kernel.tenancy import connection


def lock_settlements(contract_id: UUID) -> None:
    """Hold the settlements of the contract until the transaction ends. Taken before the months' locks.

    Raises TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("settlements are locked for a transaction, and none has begun")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"settlements:{connection.schema_name}:{contract_id}"],
        )

"""One writer of a contract's diary at a time: entries, imports and the freeze of a month take the same lock."""

from uuid import UUID

from django.db.transaction import TransactionManagementError

from kernel.tenancy import connection


def lock_diary(contract_id: UUID) -> None:
    """Hold the diary of the contract until the transaction ends; a month cannot freeze under an entry.

    Call it before anything else is read for a write. Raises TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("the diary is locked for a transaction, and none has begun")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"diary:{connection.schema_name}:{contract_id}"],
        )

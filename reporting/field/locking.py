"""One writer of a carer's entries at a time: two devices, a resend and a coordinator take the same lock."""

from uuid import UUID

from kernel.tenancy import connection


def lock_entries(worker_id: UUID) -> None:
    """Hold the entries of the worker until the transaction ends; before the lock of the diary, never after it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"field:{connection.schema_name}:{worker_id}"],
        )

"""One writer at a time: of a contract's settlements, and of what is added to a worker's and a person's time."""

from uuid import UUID

from django.db.transaction import TransactionManagementError

from kernel.tenancy import connection


def lock_settlements(contract_id: UUID) -> None:
    """Hold the settlements of the contract until the transaction ends. Taken before the months' locks.

    Raises TransactionManagementError outside a transaction.
    """
    _hold(f"settlements:{connection.schema_name}:{contract_id}")


def lock_time(worker: str, person_id: UUID) -> None:
    """Hold what is added to the time of the worker (a code) and the person, under whichever contracts.

    Taken after the months' locks, the worker before the person. Raises TransactionManagementError outside a
    transaction.
    """
    _hold(f"added_time:worker:{connection.schema_name}:{worker}")
    _hold(f"added_time:person:{connection.schema_name}:{person_id}")


def _hold(name: str) -> None:
    if not connection.in_atomic_block:
        raise TransactionManagementError("this is locked for a transaction, and none has begun")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])

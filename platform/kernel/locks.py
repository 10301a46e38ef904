"""Holding by name what no row stands for: a number that is not given yet, a chain, everything of one kind."""

from django.db.transaction import TransactionManagementError

from kernel.tenancy import connection

# So long a verb of the operator waits for rows or tables that somebody at work holds.
_PATIENCE = "10s"


def hold(*name: object) -> None:
    """Hold what the words name, in the schema at hand, until the transaction ends; whoever else asks for it waits.

    Raises TransactionManagementError outside a transaction, where it would be let go at once.
    """
    _ask("pg_advisory_xact_lock", name)


def hold_if_free(*name: object) -> bool:
    """The same without waiting: whether it is held now, and not by somebody else."""
    return bool(_ask("pg_try_advisory_xact_lock", name))


def wait_briefly() -> None:
    """Until the transaction ends, whatever is asked for and held by others for ten seconds fails (OperationalError).

    Raises TransactionManagementError outside a transaction, where it would hold for nothing.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("waiting briefly is for a transaction, and none has begun")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")


def _ask(function: str, name: tuple[object, ...]) -> object:
    if not connection.in_atomic_block:
        raise TransactionManagementError(f"{name[0]} is held for a transaction, and none has begun")
    key = ":".join(str(word) for word in (connection.schema_name, *name))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [key])
        return cursor.fetchone()[0]

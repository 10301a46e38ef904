"""One writer at a time where numbers are given and where people are put on duty."""

from kernel.tenancy import connection


def lock_numbers() -> None:
    """Let nobody else give a number to a case until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"crisis:{connection.schema_name}"])


def lock_roster() -> None:
    """Let nobody else put people on duty until the transaction ends.

    The database refuses two duties of one person at once by itself; but where two write at the same moment, each waits
    for the other to be decided, and one of them is broken off instead of being told.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"crisis roster:{connection.schema_name}"]
        )

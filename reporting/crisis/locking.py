"""One writer at a time where numbers are given."""

from kernel.tenancy import connection


def lock_numbers() -> None:
    """Let nobody else give a number to a case until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"crisis:{connection.schema_name}"])

"""One writer at a time where there are no rows yet that could be locked."""

from kernel.tenancy import connection


def lock_saving(what: str) -> None:
    """Wait for whoever saves the same of this tenant, until the end of the transaction at hand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"casework:{connection.schema_name}:{what}"],
        )

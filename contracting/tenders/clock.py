"""The one clock that deadlines are read from: PostgreSQL's, the same for every web server."""

from datetime import datetime
from typing import cast

from kernel.tenancy import connection


def database_now() -> datetime:
    """The moment at which the database reads its clock, aware; it goes on inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cast(datetime, cursor.fetchone()[0])

"""What the doctor says of PostgreSQL's own log."""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection

from kernel.server_log import QUIET
from tenants.doctor.findings import Finding, doubt, fault, well


def log_of_server() -> Iterator[Finding]:
    """Whether the server writes what people entered into its log; asked of a server that answers."""
    part = "log of the database"
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY (%s)", [list(QUIET)])
        loud = sorted(f"{name} = {value}" for name, value in cursor.fetchall() if value != QUIET[name])
    if not loud:
        yield well(part, "PostgreSQL keeps statements and rows out of its log.")
        return
    yield (doubt if settings.LOCAL else fault)(
        part,
        f"PostgreSQL writes statements or rows into its log, and with them names and notes ({', '.join(loud)}).",
        "Set "
        + ", ".join(f"{name} = {value}" for name, value in QUIET.items())
        + " on the server, as the files "
        "delivered do, and remove what its log has kept.",
    )

"""A copy of the test database in which tests commit what they like, and processes of their own see it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections


def _on_server(statement: str) -> None:
    """Run a statement that no transaction and no database of ours may hold, from PostgreSQL's own database."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def copied_database(suffix: str) -> Iterator[None]:
    """Until the block ends this process uses a fresh copy of the test database, which is dropped afterwards."""
    described = connections.settings["default"]
    original = described["NAME"]
    copy = f"{original}_{suffix}"
    quoted = connection.ops.quote_name
    connection.close()
    _on_server(f"DROP DATABASE IF EXISTS {quoted(copy)} WITH (FORCE)")
    _on_server(f"CREATE DATABASE {quoted(copy)} TEMPLATE {quoted(original)}")
    described["NAME"] = connection.settings_dict["NAME"] = copy
    try:
        yield
    finally:
        connection.close()
        described["NAME"] = connection.settings_dict["NAME"] = original
        _on_server(f"DROP DATABASE {quoted(copy)} WITH (FORCE)")


def address_of_database() -> str:
    """What `DATABASE_URL` of another process has to be so that it uses the database that this one uses."""
    return "postgresql://{USER}:{PASSWORD}@/{NAME}?host={HOST}&port={PORT}".format(**connection.settings_dict)

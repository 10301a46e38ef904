"""A copy of the test database in which tests commit what they like, and processes of their own see it."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from django.db import connection, connections


def _on_server(statement: str) -> None:
    """Run a statement that no transaction and no database of ours may hold, from PostgreSQL's own database."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def _drop(name: str) -> None:
    """Drop a database in which only we and the server's own vacuuming can be.

    WITH (FORCE) would end that vacuuming as us, who may not; without it the server does so itself.
    """
    with connection._nodb_cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
            [name],
        )
        cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(name)}")


@contextmanager
def copied_database(suffix: str) -> Iterator[None]:
    """Until the block ends this process uses a fresh copy of the test database, which is dropped afterwards."""
    described = connections.settings["default"]
    original = described["NAME"]
    copy = f"{original}_{suffix}"
    quoted = connection.ops.quote_name
    connection.close()
    _drop(copy)
    _on_server(f"CREATE DATABASE {quoted(copy)} TEMPLATE {quoted(original)}")
    described["NAME"] = connection.settings_dict["NAME"] = copy
    try:
        yield
    finally:
        connection.close()
        described["NAME"] = connection.settings_dict["NAME"] = original
        _drop(copy)


def address_of_database(user: str = "", password: str = "") -> str:
    """What `DATABASE_URL` of another process has to be so that it uses the database that this one uses, as `user`."""
    told = connection.settings_dict | ({"USER": user, "PASSWORD": quote(password)} if user else {})
    return "postgresql://{USER}:{PASSWORD}@/{NAME}?host={HOST}&port={PORT}".format(**told)

"""A copy of the test database in which tests commit what they like, and processes of their own see it."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from django.db import connection, connections

from tests.citus import ALL_SPREAD


def _on_server(statement: str) -> None:
    """Run a statement that no transaction and no database of ours may hold, from PostgreSQL's own database."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def _leave(name: str) -> None:
    """End what works in a database as us: a Citus goes on being connected to its nodes."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
            [name],
        )


def _drop(name: str) -> None:
    """Drop a database in which only we and the server's own vacuuming can be.

    WITH (FORCE) would end that vacuuming as us, who may not; without it the server does so itself.
    """
    _leave(name)
    _on_server(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(name)}")


@contextmanager
def copied_database(suffix: str) -> Iterator[None]:
    """Until the block ends this process uses a fresh copy of the test database, which is dropped afterwards."""
    described = connections.settings["default"]
    original = described["NAME"]
    copy = f"{original}_{suffix}"
    quoted = connection.ops.quote_name
    connection.close()
    _drop(copy)
    if ALL_SPREAD:
        _leave(original)
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

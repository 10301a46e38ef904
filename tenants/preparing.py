"""Getting the database ready before anything is served: it is there, it is migrated, territories are loaded."""

import time
from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection
from django.db.models import Max
from psycopg import sql

from kernel.access import Actor
from kernel.tenancy import public_scope
from tenants.actions import load_territories
from tenants.models import Territory
from tenants.territory_files import date_of, newest_bundled

_SECONDS = 60.0
_PAUSE = 0.3


class DatabaseMissing(RuntimeError):
    """The server answers, but the database of DATABASE_URL does not exist and may not be made here."""


class DatabaseAway(RuntimeError):
    """The server did not answer in time."""


def wait_for_database(*, may_create: bool, seconds: float = _SECONDS) -> bool:
    """Wait until the database takes connections; returns whether it was made now.

    Raises DatabaseAway after so many seconds without an answer, DatabaseMissing where it may not be made.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            _connect(connection.settings_dict, str(connection.settings_dict["NAME"])).close()
            return False
        except psycopg.OperationalError as error:
            if _server_lacks_it():
                return _create_or_refuse(may_create)
            if time.monotonic() > deadline:
                raise DatabaseAway from error
            time.sleep(_PAUSE)


def _server_lacks_it() -> bool:
    """Whether the server answers and has no such database; asked of the server, whose words are in any language."""
    try:
        with _connect(connection.settings_dict, "postgres") as server:
            name = str(connection.settings_dict["NAME"])
            found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    except psycopg.OperationalError:
        return False
    return found is None


def _create_or_refuse(may_create: bool) -> bool:
    if not may_create:
        raise DatabaseMissing
    name = sql.Identifier(str(connection.settings_dict["NAME"]))
    with _connect(connection.settings_dict, "postgres") as server:
        try:
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(name))
        except psycopg.errors.DuplicateDatabase:
            return False
    return True


def _connect(settings: Mapping[str, Any], name: str) -> psycopg.Connection[Any]:
    given = {
        "host": settings["HOST"],
        "port": settings["PORT"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
    }
    return psycopg.connect(
        dbname=name,
        autocommit=True,
        connect_timeout=5,
        **{key: value for key, value in given.items() if value},
    )


def territories_are_behind() -> bool:
    """Whether the bundled register is newer than what is loaded, or nothing is loaded."""
    with public_scope():
        loaded = Territory.objects.aggregate(newest=Max("as_of"))["newest"]
    return loaded is None or loaded < date_of(newest_bundled())


def bring_territories() -> None:
    """Load the bundled register where it is newer than what is loaded."""
    if territories_are_behind():
        load_territories(newest_bundled().read_bytes(), actor=Actor.system("prepare"))

"""The database role under which a region's pages run: what it may, making it, and narrowing a request to it.

The product's own role owns all tables, those in tenants' schemas too. Where settings.REGION_DATABASE_ROLE names a role,
the region's door takes it for as long as the view runs: PostgreSQL itself then refuses every table that no app allowed
here, whatever the code asks for.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, models, transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import ServerAway
from kernel.tenancy import PUBLIC, connection, current_schema, public_scope

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Right:
    """What the role may with a table: the columns it reads and changes, and whether it adds rows."""

    table: str
    reads: tuple[str, ...]
    adds: bool = False
    changes: tuple[str, ...] = ()


_RIGHTS: dict[str, Right] = {}


class RegionShut(ServerAway):
    """The role of the region's pages is not there, or may not be taken: they are shut rather than served without."""


class RoleMissing(Exception):
    """The database has no such role, and the product's own role may make none."""


class RoleTooStrong(Exception):
    """The role could read tables of tenants by itself."""


def allow(
    model: type[models.Model],
    *,
    without: tuple[str, ...] = (),
    adds: bool = False,
    changes: tuple[str, ...] = (),
) -> None:
    """Let the region's pages read a public table, but for the columns of `without`; called when an app starts."""
    names = [str(field.column) for field in model._meta.concrete_fields]
    if unknown := {*without, *changes} - set(names):
        raise ValueError(f"{model._meta.db_table} has no columns {sorted(unknown)}")
    reads = tuple(name for name in names if name not in without)
    _RIGHTS[model._meta.db_table] = Right(model._meta.db_table, reads, adds, changes)


def rights() -> list[Right]:
    """Everything the role may, by table."""
    return [_RIGHTS[table] for table in sorted(_RIGHTS)]


@contextmanager
def in_region_role() -> Iterator[None]:
    """Run a block in one transaction of the public schema, under the region's role where one is named.

    Raises RegionShut where it is named and cannot be taken. Inside another such block nothing changes.
    """
    if not settings.REGION_DATABASE_ROLE or getattr(connection, "is_in_region_role", False):
        with _in_public():
            yield
        return
    with _in_public(), transaction.atomic():
        _take(settings.REGION_DATABASE_ROLE)
        connection.is_in_region_role = True
        try:
            yield
        finally:
            connection.is_in_region_role = False
        # The end of the transaction gives it back, and so does undoing it; this is for a transaction around it.
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL ROLE NONE")


def _in_public() -> AbstractContextManager[None]:
    # Where it is public already, as on every page of a region, the search path is not set once more.
    return nullcontext() if current_schema() == PUBLIC else public_scope()


def _take(role: str) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {_quoted(role)}")
    except DatabaseError as error:
        log.error("region_role_missing", role=role, kind=type(error).__name__)
        raise RegionShut(
            "region_shut",
            _("The pages of voivodeships are shut until the administrator has made their database role."),
        ) from error


def make_role(role: str) -> bool:
    """Make the role where it is missing and may be made; returns whether it was. Raises RoleMissing, RoleTooStrong."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        is_there = cursor.fetchone() is not None
        if not is_there:
            cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
            if not cursor.fetchone()[0]:
                raise RoleMissing
            cursor.execute(f"CREATE ROLE {_quoted(role)} NOLOGIN")
        cursor.execute("SELECT pg_has_role(%s, 'SET')", [role])
        if not cursor.fetchone()[0]:
            cursor.execute(f"GRANT {_quoted(role)} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE")
    if tables_of_tenants_open_to(role):
        raise RoleTooStrong
    return not is_there


def grant_rights(role: str) -> None:
    """Give the role what the apps allowed, and nothing else, in one transaction."""
    with public_scope(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {_quoted(role)}")
        for right in rights():
            told = [f"SELECT ({_columns(right.reads)})"]
            told += ["INSERT"] if right.adds else []
            told += [f"UPDATE ({_columns(right.changes)})"] if right.changes else []
            cursor.execute(f"GRANT {', '.join(told)} ON {_quoted(right.table)} TO {_quoted(role)}")


def is_there(role: str) -> bool:
    """Whether the role exists and the product may take it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_has_role(%s, 'SET')", [role])
            return bool(cursor.fetchone()[0])
    except DatabaseError:
        return False


def missing_rights(role: str) -> list[str]:
    """The tables of which the role may not all that the region's pages need, since a migration for example."""
    found = []
    with connection.cursor() as cursor:
        for right in rights():
            asked: list[tuple[str, str]] = [(name, "SELECT") for name in right.reads]
            asked += [(name, "INSERT") for name in right.reads if right.adds]
            asked += [(name, "UPDATE") for name in right.changes]
            cursor.execute(
                "SELECT bool_and(has_column_privilege(%s, to_regclass(%s), name, verb))"
                " FROM unnest(%s::text[], %s::text[]) asked (name, verb)",
                [role, f"public.{right.table}", [one[0] for one in asked], [one[1] for one in asked]],
            )
            if not cursor.fetchone()[0]:
                found.append(right.table)
    return found


def needless_rights(role: str) -> list[str]:
    """The public tables with which the role may do something that no app allowed it: read, add, change, empty."""
    allowed: dict[str, list[str]] = {
        "reads": [f"{right.table}.{name}" for right in rights() for name in right.reads],
        "changes": [f"{right.table}.{name}" for right in rights() for name in right.changes],
        "adds": [right.table for right in rights() if right.adds],
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid,"
            " LATERAL (SELECT c.relname || '.' || a.attname AS name) asked"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0"
            " AND NOT a.attisdropped AND ("
            "has_column_privilege(%(role)s, c.oid, a.attnum, 'SELECT') AND asked.name <> ALL(%(reads)s)"
            " OR has_column_privilege(%(role)s, c.oid, a.attnum, 'UPDATE') AND asked.name <> ALL(%(changes)s)"
            " OR has_column_privilege(%(role)s, c.oid, a.attnum, 'INSERT') AND c.relname <> ALL(%(adds)s)"
            " OR has_column_privilege(%(role)s, c.oid, a.attnum, 'REFERENCES')"
            " OR has_table_privilege(%(role)s, c.oid, 'DELETE, TRUNCATE, TRIGGER'))"
            " GROUP BY 1 ORDER BY 1",
            {"role": role, **allowed},
        )
        return [name for (name,) in cursor.fetchall()]


def tables_of_tenants_open_to(role: str) -> bool:
    """Whether the role could open the schema of any tenant, or is above all rights."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR EXISTS (SELECT FROM pg_namespace"
            " WHERE nspname ~ '^t_[0-9a-z]{8,32}$' AND has_schema_privilege(rolname, oid, 'USAGE'))"
            " FROM pg_roles WHERE rolname = %s",
            [role],
        )
        found = cursor.fetchone()
    return bool(found and found[0])


def _columns(names: tuple[str, ...]) -> str:
    return ", ".join(_quoted(name) for name in names)


def _quoted(name: str) -> Any:
    return connection.ops.quote_name(name)

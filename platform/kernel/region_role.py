"""The database roles under which pages of regions and open pages run: what each may, making it, and narrowing to it.

The product's own role owns all tables, those in tenants' schemas too. Where settings.REGION_DATABASE_ROLE and
OPEN_DATABASE_ROLE name roles, the doors of these pages take theirs for as long as the view runs: PostgreSQL itself then
refuses every table, column and row that no app allowed here, whatever the code asks for.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, models, transaction
from django.utils.translation import gettext_lazy as _

from kernel import web_role
from kernel.errors import ServerAway
from kernel.tenancy import PUBLIC, connection, current_schema, public_scope

log = structlog.get_logger(__name__)


class Readers(StrEnum):
    """Who reads under a role: analysts of voivodeships, or everybody."""

    REGION = "region"
    OPEN = "open"


@dataclass(frozen=True)
class Right:
    """What a role may with a table: the columns it reads and changes, whether it adds rows, which rows it sees.

    `rows` is a condition in SQL, "" for all.
    """

    table: str
    reads: tuple[str, ...]
    adds: bool = False
    changes: tuple[str, ...] = ()
    rows: str = ""


_RIGHTS: dict[Readers, dict[str, Right]] = {readers: {} for readers in Readers}


class RegionShut(ServerAway):
    """A role of such pages is not there, or may not be taken: they are shut rather than served without."""


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
    _allow(Readers.REGION, model, without=without, adds=adds, changes=changes)


def allow_openly(model: type[models.Model], *, without: tuple[str, ...] = (), rows: str = "") -> None:
    """Let pages for everybody read a public table, or its rows of which the SQL condition `rows` holds; never write."""
    _allow(Readers.OPEN, model, without=without, rows=rows)


def _allow(
    readers: Readers,
    model: type[models.Model],
    *,
    without: tuple[str, ...],
    adds: bool = False,
    changes: tuple[str, ...] = (),
    rows: str = "",
) -> None:
    names = [str(field.column) for field in model._meta.concrete_fields]
    if unknown := {*without, *changes} - set(names):
        raise ValueError(f"{model._meta.db_table} has no columns {sorted(unknown)}")
    reads = tuple(name for name in names if name not in without)
    _RIGHTS[readers][model._meta.db_table] = Right(model._meta.db_table, reads, adds, changes, rows)


def rights(readers: Readers = Readers.REGION) -> list[Right]:
    """Everything the role of these readers may, by table."""
    return [_RIGHTS[readers][table] for table in sorted(_RIGHTS[readers])]


def role_of(readers: Readers) -> str:
    """The role named for these readers, "" where none is."""
    named = {Readers.REGION: settings.REGION_DATABASE_ROLE, Readers.OPEN: settings.OPEN_DATABASE_ROLE}
    return str(named[readers])


def _tables_by_row() -> list[str]:
    """Tables of which some readers see some rows only; each role then needs to be told which."""
    return sorted({one.table for readers in Readers for one in rights(readers) if one.rows})


@contextmanager
def in_region_role() -> Iterator[None]:
    """Run a block in one transaction of the public schema, under the region's role where one is named.

    Raises RegionShut where it is named and cannot be taken. Inside another such block nothing changes.
    """
    with _narrowed(role_of(Readers.REGION)):
        yield


@contextmanager
def in_open_role() -> Iterator[None]:
    """The same under the role of pages for everybody; where none is named for them, the region's."""
    with _narrowed(role_of(Readers.OPEN) or role_of(Readers.REGION)):
        yield


@contextmanager
def _narrowed(role: str) -> Iterator[None]:
    if not role or getattr(connection, "is_in_narrow_role", False):
        with _in_public():
            yield
        return
    with _in_public(), transaction.atomic():
        before = _take(role)
        connection.is_in_narrow_role = True
        try:
            yield
        finally:
            connection.is_in_narrow_role = False
        # The end of the transaction gives it back, and so does undoing it; this is for a transaction around it.
        # Who worked until now may be the role of web servers, and not that which signed in.
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('role', %s, true)", [before])


def _in_public() -> AbstractContextManager[None]:
    # Where it is public already, as on every page of a region, the search path is not set once more.
    return nullcontext() if current_schema() == PUBLIC else public_scope()


def _take(role: str) -> str:
    """Take the role until the transaction ends; the one before it, "none" for that which signed in."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('role'), set_config('role', %s, true)", [role])
            return str(cursor.fetchone()[0])
    except DatabaseError as error:
        log.error("region_role_missing", role=role, kind=type(error).__name__)
        raise RegionShut(
            "region_shut",
            _("These pages of statistics are shut until the administrator has made their database role."),
        ) from error


def make_role(role: str) -> bool:
    """Make the role where it is missing and may be made; returns whether it was. Raises RoleMissing, RoleTooStrong."""
    is_new = not web_role.is_there(role)
    with connection.cursor() as cursor:
        if is_new:
            cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
            if not cursor.fetchone()[0]:
                raise RoleMissing
            cursor.execute(f"CREATE ROLE {_quoted(role)} NOLOGIN")
        cursor.execute("SELECT pg_has_role(%s, 'SET')", [role])
        if not cursor.fetchone()[0]:
            cursor.execute(f"GRANT {_quoted(role)} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE")
    if tables_of_tenants_open_to(role):
        raise RoleTooStrong
    return is_new


def grant_rights(role: str, readers: Readers = Readers.REGION) -> None:
    """Give the role what the apps allowed its readers, and nothing else, in one transaction."""
    policy = _quoted(_policy(readers))
    with public_scope(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {_quoted(role)}")
        for right in rights(readers):
            told = [f"SELECT ({_columns(right.reads)})"]
            told += ["INSERT"] if right.adds else []
            told += [f"UPDATE ({_columns(right.changes)})"] if right.changes else []
            cursor.execute(f"GRANT {', '.join(told)} ON {_quoted(right.table)} TO {_quoted(role)}")
        rows = {right.table: right.rows for right in rights(readers)}
        for table in _tables_by_row():
            # Our own role owns the table, so that none of this holds for it.
            cursor.execute(f"ALTER TABLE {_quoted(table)} ENABLE ROW LEVEL SECURITY")
            cursor.execute(f"DROP POLICY IF EXISTS {policy} ON {_quoted(table)}")
            if table in rows:
                cursor.execute(
                    f"CREATE POLICY {policy} ON {_quoted(table)} FOR SELECT TO {_quoted(role)}"
                    f" USING ({rows[table] or 'true'})"
                )
        web_role.show_all_rows()


def _policy(readers: Readers) -> str:
    return f"rows_for_{readers}"


def is_there(role: str) -> bool:
    """Whether the role exists and the product may take it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_has_role(%s, 'SET')", [role])
            return bool(cursor.fetchone()[0])
    except DatabaseError:
        return False


def missing_rights(role: str, readers: Readers = Readers.REGION) -> list[str]:
    """The tables of which the role may not all that its pages need, since a migration for example."""
    found = []
    by_row = _tables_by_row()
    with connection.cursor() as cursor:
        for right in rights(readers):
            asked: list[tuple[str, str]] = [(name, "SELECT") for name in right.reads]
            asked += [(name, "INSERT") for name in right.reads if right.adds]
            asked += [(name, "UPDATE") for name in right.changes]
            cursor.execute(
                "SELECT bool_and(has_column_privilege(%s, to_regclass(%s), name, verb))"
                " FROM unnest(%s::text[], %s::text[]) asked (name, verb)",
                [role, f"public.{right.table}", [one[0] for one in asked], [one[1] for one in asked]],
            )
            if not cursor.fetchone()[0] or (
                right.table in by_row and _policies(role, right.table) != [_policy(readers)]
            ):
                found.append(right.table)
    return found


def _policies(role: str, table: str) -> list[str]:
    """The names of what says which rows of the table the role sees; [""] where it sees all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN c.relrowsecurity THEN p.polname ELSE '' END FROM pg_class c"
            " LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polroles && ARRAY["
            "0::oid, (SELECT oid FROM pg_roles WHERE rolname = %s)]"
            " WHERE c.oid = to_regclass(%s) ORDER BY 1",
            [role, f"public.{table}"],
        )
        return [name or "" for (name,) in cursor.fetchall()]


def needless_rights(role: str, readers: Readers = Readers.REGION) -> list[str]:
    """The public tables with which the role may do something that no app allowed it: read, add, change, empty."""
    allowed: dict[str, list[str]] = {
        "reads": [f"{right.table}.{name}" for right in rights(readers) for name in right.reads],
        "changes": [f"{right.table}.{name}" for right in rights(readers) for name in right.changes],
        "adds": [right.table for right in rights(readers) if right.adds],
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
        found = {name for (name,) in cursor.fetchall()}
    # Rows too many are seen where nothing holds them back, or more than one thing lets them through.
    by_row = {right.table for right in rights(readers) if right.rows}
    return sorted(found | {table for table in by_row if _policies(role, table) != [_policy(readers)]})


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

"""The database role of web servers: what it may with every schema, making it, and working under it (decision 0036).

The product's own role owns all tables and schemas. Where settings.WEB_DATABASE_ROLE names a role, web servers work
under it: it reads and writes rows, and can neither make, alter nor drop a table or a schema. Of some tables it may
less, as apps say when they start: of the record of actions it only reads and adds.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import ProgrammingError, connections, models, transaction
from django_tenants.utils import get_tenant_model
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from kernel.tenancy import PUBLIC, connection

# What we name the schema of a tenant. The role writes rows of tenants too: one with the name of a schema that a
# restoration has set aside, which is nobody's to read, opens nothing.
_OF_TENANTS = "^t_[0-9a-f]{24}$"
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE")
_ALL_VERBS = (*VERBS, "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN")
# What the owner's programs run or go by is not for web servers to write.
_LIMITS: dict[str, tuple[str, ...]] = {"django_migrations": ("SELECT",)}
_POLICY = "rows_for_web"


class RoleMissing(Exception):
    """The database has no such role, or it may not do what it has to, and the product's own role may not help it.

    Its text says what a superuser has to do.
    """


@dataclass(frozen=True)
class Wrong:
    """Tables (`schema.table`, sorted) with which the role may less or more than it should."""

    missing: tuple[str, ...]
    needless: tuple[str, ...]
    # Schemas that it opens and that are no tenant's: what restorations have set aside.
    set_aside: tuple[str, ...]
    # Words for what no role of web servers may have at all.
    powers: tuple[str, ...]


def limit(model: type[models.Model], *verbs: str) -> None:
    """Web servers may only these with the model's table, wherever it stands; called when an app starts."""
    if unknown := set(verbs) - set(VERBS):
        raise ValueError(f"no verbs of tables: {sorted(unknown)}")
    _LIMITS[model._meta.db_table] = verbs


def role_named() -> str:
    """The role that web servers work under, "" where none is named."""
    return str(settings.WEB_DATABASE_ROLE)


def work_under_it() -> None:
    """From now on every new connection of this process works under the role, where one is named; for web servers."""
    if not role_named():
        return
    # One that is open already would keep the role of DATABASE_URL.
    connection.close()
    options: Any = connections.settings["default"].setdefault("OPTIONS", {})
    options["assume_role"] = role_named()


def is_taken() -> bool:
    """Whether the connection at hand works under the role."""
    if not role_named():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = %s", [role_named()])
        return bool(cursor.fetchone()[0])


def is_there(role: str) -> bool:
    """Whether the database knows the role."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        return cursor.fetchone() is not None


def signs_in(role: str) -> bool:
    """Whether the role is a login of its own, from which no way leads back to the owner's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = %s", [role])
        found = cursor.fetchone()
    return bool(found and found[0])


def is_ours(role: str) -> bool:
    """Whether the product's own role may change the role: let it sign in, or give it a password."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolcreaterole AND pg_has_role(%s, 'MEMBER WITH ADMIN OPTION')"
            " FROM pg_roles WHERE rolname = current_user",
            [role],
        )
        return bool(cursor.fetchone()[0])


def make_role(role: str, *, password: str = "", takes: Iterable[str] = ()) -> bool:
    """Make the role where it is missing and may be made; returns whether it was.

    With a password it becomes a login of its own, which may take the roles of `takes` for single pages. Raises
    RoleMissing.
    """
    named = sql.Identifier(role)
    is_new = not is_there(role)
    with transaction.atomic(), connection.cursor() as cursor:
        with _or_else(
            f"The role {role} is not there, or not ours to take. Let a superuser run infra/web_role.sql"
        ):
            if is_new:
                cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(named))
            cursor.execute("SELECT pg_has_role(%s, 'SET')", [role])
            if not cursor.fetchone()[0]:
                cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE").format(named))
        if password:
            with _or_else(
                f"The role {role} does not sign in, and is not ours to change. Let a superuser run ALTER ROLE {role} "
                f"LOGIN and give it the password of WEB_DATABASE_PASSWORD, or leave that empty"
            ):
                hashed = sql.Literal(_hashed(role, password))
                cursor.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(named, hashed))
        for other in takes if signs_in(role) else ():
            cursor.execute("SELECT pg_has_role(%s, %s, 'SET')", [role, other])
            if not cursor.fetchone()[0]:
                with _or_else(
                    f"The role {role} may not take {other} for its pages. Let a superuser run GRANT {other} TO {role} "
                    f"WITH INHERIT FALSE, SET TRUE"
                ):
                    cursor.execute(
                        sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(
                            sql.Identifier(other), named
                        )
                    )
    return is_new


@contextmanager
def _or_else(told: str) -> Iterator[None]:
    """What the server refuses inside says what to do instead. Raises RoleMissing."""
    try:
        yield
    except ProgrammingError as error:
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        raise RoleMissing(f"{told}, then start again.") from error


def _hashed(role: str, password: str) -> str:
    """What the server keeps of the password (SCRAM), so that no statement and no log of the server holds it."""
    connection.ensure_connection()
    told: bytes = connection.connection.pgconn.encrypt_password(
        password.encode(), role.encode(), b"scram-sha-256"
    )
    return told.decode("ascii")


def grant_schema(schema: str) -> None:
    """Give the named role its rights in a schema, and nothing else, in the caller's transaction.

    Nothing happens where no role is named, or it is not there yet: `manage.py prepare` makes it and comes by again.
    """
    role = role_named()
    if role and is_there(role):
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements(role, schema, _tables(schema)):
                cursor.execute(statement)


def shut_schema(schema: str) -> None:
    """Let the role no longer into a schema, as when a restoration has set it aside."""
    role = role_named()
    if role and is_there(role):
        with connection.cursor() as cursor:
            cursor.execute(f"REVOKE ALL ON SCHEMA {_quoted(schema)} FROM {_quoted(role)}")


def statements(role: str, schema: str, tables: Iterable[str]) -> Iterator[str]:
    """What gives the role its rights in a schema with these tables."""
    place, who = _quoted(schema), _quoted(role)
    yield f"GRANT USAGE ON SCHEMA {place} TO {who}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {place} FROM {who}"
    yield f"GRANT {', '.join(VERBS)} ON ALL TABLES IN SCHEMA {place} TO {who}"
    for table in sorted(_LIMITS.keys() & set(tables)):
        yield f"REVOKE ALL ON {place}.{_quoted(table)} FROM {who}"
        yield f"GRANT {', '.join(_LIMITS[table])} ON {place}.{_quoted(table)} TO {who}"


def _tables(schema: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p')",
            [_quoted(schema)],
        )
        return [name for (name,) in cursor.fetchall()]


def grant_everything() -> list[str]:
    """Put right whatever `look` finds of rights, schema by schema; the schemas in which something was."""
    role = role_named()
    with connection.cursor() as cursor:
        # Importing diaries goes through a temporary table.
        cursor.execute(
            sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                sql.Identifier(str(connection.settings_dict["NAME"])), sql.Identifier(role)
            )
        )
    found = look(role)
    schemas = sorted({name.partition(".")[0] for name in (*found.missing, *found.needless)})
    for schema in schemas:
        grant_schema(schema)
    for schema in found.set_aside:
        shut_schema(schema)
    show_all_rows()
    return sorted({*schemas, *found.set_aside})


def show_all_rows() -> None:
    """Let the named role see all rows of public tables of which other roles see some; nothing where it is not there."""
    role = role_named()
    if not role or not is_there(role):
        return
    with connection.cursor() as cursor:
        for table in _rows_withheld(role):
            cursor.execute(f"DROP POLICY IF EXISTS {_POLICY} ON {PUBLIC}.{_quoted(table)}")
            cursor.execute(
                f"CREATE POLICY {_POLICY} ON {PUBLIC}.{_quoted(table)} TO {_quoted(role)} USING (true)"
            )


def _rows_withheld(role: str) -> list[str]:
    """Public tables whose policies for other roles would keep all rows from this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relrowsecurity AND c.relnamespace = %s::regnamespace"
            " AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = %s"
            " AND p.polroles = ARRAY[(SELECT oid FROM pg_roles WHERE rolname = %s)])"
            " ORDER BY 1",
            [PUBLIC, _POLICY, role],
        )
        return [name for (name,) in cursor.fetchall()]


_PRIVILEGES = """
WITH verbs AS (SELECT unnest(%(verbs)s::text[]) AS verb),
limits AS (SELECT * FROM unnest(%(tables)s::text[], %(allowed)s::text[]) AS limits (name, verb)),
asked AS (
  SELECT n.nspname || '.' || c.relname AS name, verbs.verb,
    CASE WHEN c.relname = ANY (%(tables)s) THEN EXISTS (
        SELECT FROM limits WHERE limits.name = c.relname AND limits.verb = verbs.verb)
      ELSE verbs.verb = ANY (%(usual)s) END AS wanted,
    has_schema_privilege(%(role)s, n.oid, 'USAGE') AND has_table_privilege(%(role)s, c.oid, verbs.verb) AS whole,
    has_table_privilege(%(role)s, c.oid, verbs.verb) OR CASE WHEN verbs.verb IN ('UPDATE', 'INSERT', 'REFERENCES')
      THEN has_any_column_privilege(%(role)s, c.oid, verbs.verb) ELSE false END AS partly
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace CROSS JOIN verbs
  WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY (%(schemas)s)
)
SELECT name, bool_or(wanted AND NOT whole), bool_or(partly AND NOT wanted) FROM asked GROUP BY name
HAVING bool_or(wanted AND NOT whole) OR bool_or(partly AND NOT wanted) ORDER BY name"""

_POWERS = """
SELECT unnest(array_remove(ARRAY[
  CASE WHEN r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls
    THEN 'is above the rights of tables' END,
  CASE WHEN pg_has_role(r.oid, d.datdba, 'MEMBER') OR EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE (n.nspname = 'public' OR n.nspname ~ '^t_') AND pg_has_role(r.oid, c.relowner, 'MEMBER'))
    THEN 'owns tables or may take the role that does' END,
  CASE WHEN has_database_privilege(r.oid, d.oid, 'CREATE') THEN 'may make schemas' END,
  CASE WHEN EXISTS (SELECT FROM pg_namespace WHERE (nspname = 'public' OR nspname ~ '^t_')
    AND has_schema_privilege(r.oid, oid, 'CREATE')) THEN 'may make tables' END
], NULL)) FROM pg_roles r, pg_database d WHERE r.rolname = %(role)s AND d.datname = current_database()"""

_SET_ASIDE = """
SELECT nspname FROM pg_namespace WHERE nspname ~ '^t_' AND nspname <> ALL (%(schemas)s)
AND has_schema_privilege(%(role)s, oid, 'USAGE') ORDER BY nspname"""


def look(role: str) -> Wrong:
    """Where the role may less or more than it should, in public and in the schemas of all tenants."""
    pairs = [(table, verb) for table, verbs in sorted(_LIMITS.items()) for verb in verbs]
    given = {
        "role": role,
        "schemas": [PUBLIC, *_schemas_of_tenants()],
        "verbs": list(_ALL_VERBS),
        "usual": list(VERBS),
        "tables": [table for table, _verb in pairs],
        "allowed": [verb for _table, verb in pairs],
    }
    with connection.cursor() as cursor:
        cursor.execute(_PRIVILEGES, given)
        rows = cursor.fetchall()
        cursor.execute(_SET_ASIDE, given)
        set_aside = tuple(name for (name,) in cursor.fetchall())
    missing = {name for name, is_missing, _more in rows if is_missing}
    missing |= {f"{PUBLIC}.{table}" for table in _rows_withheld(role)}
    needless = tuple(name for name, _less, more in rows if more)
    return Wrong(tuple(sorted(missing)), needless, set_aside, powers(role))


def powers(role: str) -> tuple[str, ...]:
    """Words for what the role may and no role of web servers may at all; asks the catalogue only."""
    with connection.cursor() as cursor:
        cursor.execute(_POWERS, {"role": role})
        return tuple(word for (word,) in cursor.fetchall())


def _schemas_of_tenants() -> list[str]:
    """The schemas that rows of tenants name; none before the first migration."""
    table = get_tenant_model()._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f"{PUBLIC}.{_quoted(table)}"])
        if not cursor.fetchone()[0]:
            return []
        cursor.execute(
            f"SELECT schema_name FROM {PUBLIC}.{_quoted(table)} WHERE schema_name ~ %s",  # noqa: S608 - our own name
            [_OF_TENANTS],
        )
        return [name for (name,) in cursor.fetchall()]


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))

"""Tables in and out of PostgreSQL as CSV, the same bytes for the same rows."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

from kernel.tenancy import connection
from tenants.archives.contents import Table, Tally
from tenants.models import Membership, Organisation, Partnership, Tenant

# A part of a table in memory at a time, so that neither a large tenant nor a plain temporary file is a danger.
PART_BYTES = 8 * 1024 * 1024
# Django's mark of a password that nothing matches.
_UNUSABLE = "'!'"
_COLUMNS = """
SELECT c.relname,
       array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attgenerated = ''),
       array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attnum = ANY (i.indkey))
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relnamespace = %s::regnamespace AND c.relkind = 'r'
GROUP BY c.relname ORDER BY c.relname"""


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


class Shape:
    """The tables of a schema: the columns that are stored, and the key that puts rows in order."""

    def __init__(self, schema: str) -> None:
        self.schema = schema
        with connection.cursor() as cursor:
            cursor.execute(_COLUMNS, [schema])
            self._tables = {name: (columns, key) for name, columns, key in cursor.fetchall()}

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def columns(self, table: str) -> list[str]:
        return list(self._tables[table][0])

    def selection(self, table: str, condition: str = "", **instead: str) -> str:
        """The query of all rows in the order of their keys, whatever the collation; `instead` are SQL of columns."""
        columns, key = self._tables[table]
        shown = ", ".join(
            f'{instead[name]} AS "{name}"' if name in instead else f'"{name}"' for name in columns
        )
        order = ", ".join(f'"{name}"::text COLLATE "C"' for name in key)
        return f'SELECT {shown} FROM "{self.schema}"."{table}" {condition} ORDER BY {order}'  # noqa: S608 - our own names

    def empty(self) -> None:
        """Remove what replaying the migrations has put in."""
        tables = ", ".join(f'"{self.schema}"."{name}"' for name in self)
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {tables}")


def has_schema(schema: str) -> bool:
    """Whether there is a schema of this name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace(%s) IS NOT NULL", [schema])
        return bool(cursor.fetchone()[0])


def schemas_of(tenant: Tenant) -> list[str]:
    """The tenant's schema, and those that restorations have set aside."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname = %(own)s OR starts_with(nspname, %(own)s || 'k')",
            {"own": tenant.schema_name},
        )
        return [name for (name,) in cursor.fetchall()]


def parts_of(selection: str, columns: list[str], tally: Tally) -> Iterator[bytes]:
    """The rows of a query as CSV files of some megabytes, each with its own heading; none for no rows."""
    heading = (",".join(columns) + "\n").encode("utf-8")
    part = bytearray(heading)
    for row in _rows(selection):
        tally.add(row)
        part += row
        if len(part) >= PART_BYTES:
            yield bytes(part)
            part = bytearray(heading)
    if len(part) > len(heading):
        yield bytes(part)


def tallied(shape: Shape, table: str) -> Table:
    """The table as it is now, to be compared with how it was written."""
    tally, columns = Tally(), shape.columns(table)
    for row in _rows(shape.selection(table)):
        tally.add(row)
    return tally.table(columns)


def _rows(selection: str) -> Iterator[bytes | memoryview]:
    """The rows of a query, each as a line of CSV."""
    with connection.cursor() as cursor, cursor.copy(f"COPY ({selection}) TO STDOUT (FORMAT csv)") as rows:
        yield from rows


def put_in(schema: str, table: str, columns: list[str], content: bytes) -> None:
    """Add the rows of one CSV file."""
    with (
        connection.cursor() as cursor,
        cursor.copy(
            f'COPY "{schema}"."{table}" ({_quoted(columns)}) FROM STDIN (FORMAT csv, HEADER true)'
        ) as rows,
    ):
        rows.write(content)


def put_in_missing(table: str, columns: list[str], content: bytes) -> None:
    """Add rows of one CSV file to a public table, except those that are there already."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'CREATE TEMPORARY TABLE brought ON COMMIT DROP AS SELECT * FROM public."{table}" WITH NO DATA'  # noqa: S608
        )
        with cursor.copy(f"COPY brought ({_quoted(columns)}) FROM STDIN (FORMAT csv, HEADER true)") as rows:
            rows.write(content)
        cursor.execute(
            f'INSERT INTO public."{table}" ({_quoted(columns)}) SELECT {_quoted(columns)} FROM brought '  # noqa: S608
            "ON CONFLICT DO NOTHING"
        )
        cursor.execute("DROP TABLE brought")


def public_selections(tenant: Tenant, shape: Shape) -> Iterator[tuple[str, str]]:
    """Public tables and the query of this tenant's rows in each: those it refers to first, then those that refer to it.

    Of people only who they are goes along: passwords, second factors and sessions stay where they are.
    """
    own = f"WHERE tenant_id = '{tenant.pk}'"
    members = f'SELECT user_id FROM public."{Membership._meta.db_table}" {own}'  # noqa: S608 - a UUID
    organisations = " UNION ".join(
        f'SELECT organisation_id FROM public."{model._meta.db_table}" {own}'  # noqa: S608 - a UUID
        for model in (Partnership, Membership)
    )
    people = Membership._meta.get_field("user").related_model._meta.db_table
    yield people, shape.selection(people, f"WHERE id IN ({members})", password=_UNUSABLE)
    yield (
        Organisation._meta.db_table,
        shape.selection(Organisation._meta.db_table, f"WHERE id IN ({organisations})"),
    )
    yield Tenant._meta.db_table, shape.selection(Tenant._meta.db_table, f"WHERE id = '{tenant.pk}'")
    shared = [model for model in apps.get_models() if model._meta.app_config.name in settings.SHARED_APPS]
    own_models = [model for model in shared if _link(model, [Tenant])]
    for model in own_models:
        yield model._meta.db_table, shape.selection(model._meta.db_table, own)
    for model in shared:
        link = None if model in own_models else _link(model, own_models)
        if link is not None:
            theirs = f'SELECT id FROM public."{link.related_model._meta.db_table}" {own}'  # noqa: S608 - a UUID
            condition = f'WHERE "{link.column}" IN ({theirs})'
            yield model._meta.db_table, shape.selection(model._meta.db_table, condition)


def _link(model: type[models.Model], targets: list[type[models.Model]]) -> Any:
    """The field by which rows of the model belong to a row of one of these."""
    return next((field for field in model._meta.fields if field.related_model in targets), None)


def described() -> Iterator[list[Any]]:
    """The dictionary of what an archive holds: table, column, type, may it be empty, words (Polish), its choices."""
    yield ["table", "column", "type", "null", "words", "choices", "refers_to"]
    for model in apps.get_models(include_auto_created=True):
        config = model._meta.app_config
        if config is None or config.name not in settings.TENANT_APPS:
            continue
        for field in model._meta.concrete_fields:
            refers = field.related_model._meta.db_table if isinstance(field.related_model, type) else ""
            choices = "; ".join(
                f"{value} = {label}" for value, label in field.flatchoices if value is not None
            )
            yield [
                model._meta.db_table,
                field.column,
                field.db_type(connection),
                "yes" if field.null else "no",
                str(field.verbose_name),
                choices,
                refers,
            ]

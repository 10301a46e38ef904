"""Making a tenant's schema by replaying the DDL that migrations would run (decision 0002)."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from kernel.tenancy import PUBLIC, connection, public_scope
from tenants.models import SchemaScript

_KEPT = ("CREATE ", "ALTER ", "INSERT ", "COMMENT ", "DROP ", "UPDATE ", "DELETE ")
_SCRATCH = "t_00000000scratch"
_CAPTURE_LOCK = 7_240_101


class _Undo(Exception):
    """Leaves the transaction of the capture so that nothing of it stays."""


@lru_cache(maxsize=1)
def fingerprint() -> str:
    """What the captured statements depend on: Django, the tenant apps and their migrations with their text."""
    configs = [config for config in apps.get_app_configs() if config.name in settings.TENANT_APPS]
    names = sorted(
        f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    )
    texts = [
        hashlib.sha256(path.read_bytes()).hexdigest()
        for config in sorted(configs, key=lambda config: config.label)
        for path in sorted((Path(config.path) / "migrations").glob("*.py"))
    ]
    return hashlib.sha256(json.dumps([django.VERSION, names, texts]).encode()).hexdigest()


@contextmanager
def noted_statements() -> Iterator[list[str]]:
    """Collects every statement of the block that changes something, with its parameters filled in."""
    statements: list[str] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        text = str(sql).lstrip()
        if text.upper().startswith(_KEPT):
            for given in params if many else [params]:
                statements.append(connection.ops.compose_sql(text, given) if given else text)
        return result

    with connection.execute_wrapper(note):
        yield statements


def capture_statements() -> list[str]:
    """Run all migrations in a scratch schema, note every statement that changes something, and undo it all."""
    before = connection.tenant
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f'CREATE SCHEMA "{_SCRATCH}"')
            connection.set_schema(_SCRATCH)
            executor = MigrationExecutor(connection)
            with noted_statements() as statements:
                executor.migrate(executor.loader.graph.leaf_nodes())
            raise _Undo
    except _Undo:
        return statements
    finally:
        connection.set_tenant(before)


@lru_cache(maxsize=1)
def _script(wanted: str) -> tuple[str, ...]:
    """The statements of a fingerprint: remembered in the database, or captured now and remembered there.

    Of several processes that want them at once, one captures and the others wait for it.
    """
    with public_scope():
        kept = SchemaScript.objects.filter(fingerprint=wanted).first()
        if kept is None:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CAPTURE_LOCK])
                kept = SchemaScript.objects.filter(fingerprint=wanted).first()
                if kept is None:
                    kept = SchemaScript.objects.create(fingerprint=wanted, statements=capture_statements())
                    SchemaScript.objects.exclude(pk=kept.pk).delete()
    return tuple(kept.statements)


def statements() -> tuple[str, ...]:
    """The statements that make a tenant's schema as the code at hand wants it."""
    return _script(fingerprint())


def create_schema(schema_name: str, script: tuple[str, ...]) -> None:
    """Make the schema and everything in it, in the caller's transaction: it is there whole or not at all."""
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA "{schema_name}"')
    replay(schema_name, script)


def replay(schema_name: str, script: tuple[str, ...]) -> None:
    """Run captured statements in a schema, in the caller's transaction."""
    before = connection.tenant
    connection.set_schema(schema_name)
    try:
        with connection.cursor() as cursor:
            for statement in script:
                # Captured text is final: a percent sign in it is not a placeholder.
                cursor.execute(statement)
    finally:
        connection.set_tenant(before)


def drop_schema(schema_name: str) -> None:
    """Remove a tenant's schema with all it holds. Only for tenants that erase or tests that clean up."""
    if schema_name == PUBLIC or not schema_name.startswith("t_"):
        raise ValueError(f"{schema_name} is not the schema of a tenant")
    with connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA IF EXISTS "{schema_name}" CASCADE')

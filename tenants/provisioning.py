"""Making a tenant's schema by replaying the DDL that migrations would run (decision 0003)."""

import hashlib
import json
from functools import lru_cache
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from kernel.tenancy import PUBLIC, connection

_KEPT = ("CREATE ", "ALTER ", "INSERT ", "COMMENT ", "DROP ", "UPDATE ")
_SCRATCH = "t_00000000scratch"


class _Undo(Exception):
    """Leaves the transaction of the capture so that nothing of it stays."""


def fingerprint() -> str:
    """What the captured statements depend on: Django, the tenant apps and their migrations with their text."""
    labels = {
        apps.get_app_config(config.label).label
        for config in apps.get_app_configs()
        if config.name in settings.TENANT_APPS
    }
    loader = MigrationLoader(None, ignore_no_migrations=True)
    names = sorted(f"{app}.{name}" for app, name in loader.disk_migrations)
    texts = [
        hashlib.sha256(path.read_bytes()).hexdigest()
        for label in sorted(labels)
        for path in sorted((_app_path(label) / "migrations").glob("*.py"))
    ]
    return hashlib.sha256(json.dumps([django.VERSION, names, texts]).encode()).hexdigest()


def _app_path(label: str) -> Any:
    from pathlib import Path

    return Path(apps.get_app_config(label).path)


def capture_statements() -> list[str]:
    """Run all migrations in a scratch schema, note every statement that changes something, and undo it all."""
    statements: list[str] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        text = str(sql).lstrip()
        if text.upper().startswith(_KEPT):
            statements.append(connection.ops.compose_sql(text, params) if params else text)
        return result

    before = connection.tenant
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f'CREATE SCHEMA "{_SCRATCH}"')
            connection.set_schema(_SCRATCH)
            executor = MigrationExecutor(connection)
            with connection.execute_wrapper(note):
                executor.migrate(executor.loader.graph.leaf_nodes())
            raise _Undo
    except _Undo:
        pass
    finally:
        connection.set_tenant(before)
    return statements


@lru_cache(maxsize=1)
def _captured(_fingerprint: str) -> tuple[str, ...]:
    return tuple(capture_statements())


def statements() -> tuple[str, ...]:
    """The statements that make a tenant's schema, captured once a process."""
    return _captured(fingerprint())


def create_schema(schema_name: str, script: tuple[str, ...]) -> None:
    """Make the schema and everything in it, in the caller's transaction: it is there whole or not at all."""
    before = connection.tenant
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA "{schema_name}"')
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

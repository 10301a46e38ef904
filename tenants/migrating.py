"""Bringing every tenant's schema to the migrations at hand: by plain SQL, committed schema by schema, resumable."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from django.db import DatabaseError, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunPython
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.special import SeparateDatabaseAndState

from kernel.tenancy import connection, public_scope
from tenants.models import Tenant
from tenants.provisioning import fingerprint, noted_statements, replay

Applied = frozenset[tuple[str, str]]
Script = tuple[str, ...]
_SCHEMAS_PER_CONNECTION = 200
_LOCK = 7_240_102


class Outcome(StrEnum):
    """What happened to a tenant's schema."""

    CURRENT = "current"
    MIGRATED = "migrated"
    FAILED = "failed"


@dataclass(frozen=True)
class Report:
    """One tenant's schema: what happened and, where it failed, the kind of error."""

    tenant: Tenant
    outcome: Outcome
    detail: str = ""


class MigrationBusy(RuntimeError):
    """Another process migrates the tenants right now."""


def behind() -> list[Tenant]:
    """Tenants whose schema was last brought to other migrations than those at hand: one query."""
    return list(Tenant.objects.exclude(migrated_to=fingerprint()).order_by("created_at"))


def migrate_all() -> Iterator[Report]:
    """Migrate every tenant that is behind, yielding each as it is done; a failure stops that tenant only.

    Started again after a break it goes on with those still behind. Raises MigrationBusy while another runs.
    """
    tenants = behind()
    scripts: dict[Applied, Script | None] = {}
    for start in range(0, len(tenants), _SCHEMAS_PER_CONNECTION):
        with _alone():
            for tenant in tenants[start : start + _SCHEMAS_PER_CONNECTION]:
                yield _migrate(tenant, scripts)
        # A connection remembers every schema that it has seen, about 1 MB each: begin with a fresh one.
        if start + _SCHEMAS_PER_CONNECTION < len(tenants):
            connection.close()


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise MigrationBusy
    try:
        yield
    finally:
        with public_scope(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _migrate(tenant: Tenant, scripts: dict[Applied, Script | None]) -> Report:
    try:
        applied = _applied(tenant.schema_name)
        script = scripts.get(applied)
        if script is None:
            return _migrate_by_executor(tenant, applied, scripts)
        with transaction.atomic():
            replay(tenant.schema_name, script)
            _mark(tenant)
        return Report(tenant, Outcome.MIGRATED)
    except DatabaseError as error:
        return Report(tenant, Outcome.FAILED, type(error).__name__)
    finally:
        connection.set_schema_to_public()


def _migrate_by_executor(tenant: Tenant, applied: Applied, scripts: dict[Applied, Script | None]) -> Report:
    """Run the pending migrations by Django; where they are plain SQL, keep it for tenants in the same state."""
    connection.set_tenant(tenant)
    executor = MigrationExecutor(connection)
    targets = executor.loader.graph.leaf_nodes()
    pending = [migration for migration, _backwards in executor.migration_plan(targets)]
    if not pending:
        _mark(tenant)
        return Report(tenant, Outcome.CURRENT)
    if all(migration.atomic and _is_plain(migration.operations) for migration in pending):
        with transaction.atomic():
            with noted_statements() as statements:
                executor.migrate(targets)
            _mark(tenant)
        scripts[applied] = tuple(statements)
    else:
        # Code of ours between the statements: each migration in its own transaction, as Django does it.
        executor.migrate(targets)
        _mark(tenant)
    return Report(tenant, Outcome.MIGRATED)


def _is_plain(operations: Sequence[Operation]) -> bool:
    """Whether the operations give the same SQL in every schema: code of ours may not."""
    for operation in operations:
        if isinstance(operation, RunPython):
            return False
        if isinstance(operation, SeparateDatabaseAndState) and not _is_plain(operation.database_operations):
            return False
    return True


def _applied(schema_name: str) -> Applied:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT app, name FROM "{schema_name}".django_migrations')  # noqa: S608 - our own name
        return frozenset(cursor.fetchall())


def _mark(tenant: Tenant) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(migrated_to=fingerprint())


def shared_is_behind() -> bool:
    """Whether migrations of the shared schema have not run, or there is none yet."""
    with public_scope():
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

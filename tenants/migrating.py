"""Bringing every tenant's schema to the migrations at hand: by plain SQL, committed schema by schema, resumable."""

from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunPython
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.special import SeparateDatabaseAndState

from kernel import web_role
from kernel.processes import worker_processes
from kernel.tenancy import connection, public_scope
from tenants.models import Tenant
from tenants.provisioning import fingerprint, noted_statements, replay

Applied = frozenset[tuple[str, str]]
Script = tuple[str, ...]
Scripts = dict[Applied, Script | None]
_SCHEMAS_PER_CONNECTION = 200
_LOCK = 7_240_102
# Beside the number of the lock stands the hash of the schema: one process at a time in each.
_SCHEMA_LOCK = 7_240_103


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
    return list(Tenant.objects.present().exclude(migrated_to=fingerprint()).order_by("created_at"))


def migrate_tenants(workers: int = 1) -> Iterator[Report]:
    """Migrate every tenant that is behind, yielding each as it is done; a failure stops that tenant only.

    With more than one worker so many processes share the tenants. Started again after a break, also one that killed
    processes, it goes on with those still behind. Raises MigrationBusy while another runs, and BrokenProcessPool
    where a worker process died.
    """
    tenants = behind()
    if workers > 1 and len(tenants) > 1:
        yield from _migrate_in_processes(tenants, min(workers, len(tenants)))
        return
    scripts: Scripts = {}
    for start in range(0, len(tenants), _SCHEMAS_PER_CONNECTION):
        with _alone():
            for tenant in tenants[start : start + _SCHEMAS_PER_CONNECTION]:
                yield _migrate(tenant, scripts)
        # A connection remembers every schema that it has seen, about 1 MB each: begin with a fresh one.
        if start + _SCHEMAS_PER_CONNECTION < len(tenants):
            connection.close()


def _migrate_in_processes(tenants: Sequence[Tenant], workers: int) -> Iterator[Report]:
    # In a transaction of the caller's nobody else would see the tenants.
    if connection.in_atomic_block:
        raise RuntimeError("worker processes see committed tenants only")
    by_key = {tenant.pk: tenant for tenant in tenants}
    with _alone(), worker_processes(workers) as pool:
        for done in as_completed([pool.submit(_migrate_in_worker, key) for key in by_key]):
            key, outcome, detail = done.result()
            yield Report(by_key[key], outcome, detail)


# What a worker process has learnt from the tenants before.
_learnt: Scripts = {}
_visited = 0


def _migrate_in_worker(key: UUID) -> tuple[UUID, Outcome, str]:
    global _visited
    _visited += 1
    if _visited % _SCHEMAS_PER_CONNECTION == 0:
        connection.close()
    report = _migrate(Tenant.objects.get(pk=key), _learnt)
    return key, report.outcome, report.detail


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


def _migrate(tenant: Tenant, scripts: Scripts) -> Report:
    try:
        with alone_in(tenant.schema_name):
            applied = _applied(tenant.schema_name)
            script = scripts.get(applied)
            if script is None:
                return _migrate_by_executor(tenant, applied, scripts)
            with transaction.atomic():
                replay(tenant.schema_name, script)
                _mark(tenant)
            return Report(tenant, Outcome.MIGRATED)
    except DatabaseError as error:
        connection.set_schema_to_public()
        _note_failure(tenant, type(error).__name__)
        return Report(tenant, Outcome.FAILED, type(error).__name__)
    finally:
        connection.set_schema_to_public()


@contextmanager
def alone_in(schema_name: str) -> Iterator[None]:
    """A worker whose parent was killed may still be in the schema: wait for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [_SCHEMA_LOCK, schema_name])
    try:
        yield
    finally:
        # With the connection the lock is gone too.
        if connection.is_usable():
            with public_scope(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [_SCHEMA_LOCK, schema_name])


def _migrate_by_executor(tenant: Tenant, applied: Applied, scripts: Scripts) -> Report:
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
    web_role.grant_schema(tenant.schema_name)
    Tenant.objects.filter(pk=tenant.pk).update(migrated_to=fingerprint(), migration_error="")


def _note_failure(tenant: Tenant, error: str) -> None:
    Tenant.objects.filter(pk=tenant.pk).update(migration_error=error)


def shared_is_behind() -> bool:
    """Whether migrations of the shared schema have not run, or there is none yet."""
    with public_scope():
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

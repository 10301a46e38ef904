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
from django.db import ProgrammingError, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from kernel import web_role
from kernel.errors import DomainError
from kernel.tenancy import PUBLIC, connection, public_scope
from tenants.models import SchemaScript, Tenant

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
    """The statements that make a tenant's schema as the code at hand wants it; web servers capture none."""
    return _script(fingerprint())


def statements_of_ours() -> tuple[str, ...] | None:
    """The same for a new tenant, before its transaction; None in a web server, for which the database has them."""
    return None if web_role.is_taken() else statements()


def _not_prepared() -> DomainError:
    return DomainError(
        "not_prepared",
        _("A new version is being put in place. Try again in a few minutes; nothing was created."),
    )


def create_schema(schema_name: str, script: tuple[str, ...]) -> None:
    """Make the schema and everything in it, in the caller's transaction: it is there whole or not at all."""
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA "{schema_name}"')
    replay(schema_name, script)
    web_role.grant_schema(schema_name)


def create_own_schema(tenant: Tenant, script: tuple[str, ...] | None) -> None:
    """The same for a new tenant, also where a web server asks: its role can only let the database do exactly this.

    Raises DomainError `not_prepared` where the database will not, having other statements than those of this version.
    """
    if script is not None:
        create_schema(tenant.schema_name, script)
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT {_FUNCTION}(%s)", [tenant.schema_name])
    except ProgrammingError as error:
        if not isinstance(error.__cause__, InsufficientPrivilege):
            raise
        raise _not_prepared() from error


# Runs as its owner, who owns all tables. A web server chooses nothing but which new tenant: the statements are those
# that the owner has kept, and its role may not change them. Whatever a session put into its temporary schema is looked
# at last.
_FUNCTION = "public.make_tenant_schema"
_BODY = """
DECLARE
  statement text;
  kept jsonb;
BEGIN
  SELECT script.statements INTO kept FROM public.{scripts} script JOIN public.{tenants} tenant
    ON tenant.migrated_to = script.fingerprint WHERE tenant.schema_name = wanted AND tenant.state = 'active';
  IF kept IS NULL OR wanted !~ '^t_[0-9a-f]{{24}}$' THEN
    RAISE insufficient_privilege USING MESSAGE = 'not the schema of a new tenant';
  END IF;
  EXECUTE format('CREATE SCHEMA %I', wanted);
  PERFORM set_config('search_path', format('%I, public, pg_temp', wanted), true);
  FOR statement IN SELECT jsonb_array_elements_text(kept || {rights}::jsonb) LOOP
    EXECUTE replace(statement, {stand_in}, quote_ident(wanted));
  END LOOP;
END"""
_STAND_IN = "t_00000000newcomer"


def let_web_make_schemas(role: str) -> None:
    """Make or renew the function by which web servers make the schema of a new tenant, for their role alone."""
    tables = {model._meta.db_table for model in apps.get_models() if _is_of_tenants(model)}
    rights = list(web_role.statements(role, _STAND_IN, {*tables, "django_migrations"}))
    body = sql.SQL(_BODY).format(
        scripts=sql.Identifier(SchemaScript._meta.db_table),
        tenants=sql.Identifier(Tenant._meta.db_table),
        rights=sql.Literal(json.dumps(rights)),
        stand_in=sql.Literal(connection.ops.quote_name(_STAND_IN)),
    )
    with transaction.atomic(), connection.cursor() as cursor:
        connection.ensure_connection()
        cursor.execute(
            sql.SQL(
                f"CREATE OR REPLACE FUNCTION {_FUNCTION}(wanted text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER"
                " SET search_path = pg_catalog, public, pg_temp AS {}"
            ).format(sql.Literal(body.as_string(connection.connection)))
        )
        cursor.execute(f"REVOKE ALL ON FUNCTION {_FUNCTION}(text) FROM PUBLIC")
        cursor.execute(
            sql.SQL(f"GRANT EXECUTE ON FUNCTION {_FUNCTION}(text) TO {{}}").format(sql.Identifier(role))
        )


def web_may_make_schemas(role: str) -> bool:
    """Whether the role may let the database make the schema of a new tenant."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(has_function_privilege(%s, to_regprocedure(%s), 'EXECUTE'), false)",
            [role, f"{_FUNCTION}(text)"],
        )
        return bool(cursor.fetchone()[0])


def _is_of_tenants(model: type[Model]) -> bool:
    return apps.get_app_config(model._meta.app_label).name in settings.TENANT_APPS


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

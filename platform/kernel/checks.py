"""System checks of the house rules that Django cannot know."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db.migrations import (
    AddConstraint,
    AddField,
    AlterField,
    AlterModelTable,
    AlterUniqueTogether,
    CreateModel,
    DeleteModel,
    RemoveField,
    RenameField,
    RenameModel,
    RunSQL,
    SeparateDatabaseAndState,
)
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models import NOT_PROVIDED, AutoField, Field

from kernel.models import Shared, SharedRegister, TenantOwned

# What takes away or narrows, in SQL of our own.
_NARROWS = re.compile(
    r"\bDROP\s+(TABLE|COLUMN|SCHEMA|VIEW|DEFAULT)\b|\bRENAME\b|\bSET\s+NOT\s+NULL\b|\bTRUNCATE\b"
    r"|\bADD\s+(CONSTRAINT|UNIQUE|CHECK|EXCLUDE|PRIMARY\s+KEY|FOREIGN\s+KEY)\b|\bCREATE\s+UNIQUE\s+INDEX\b"
    r"|\bALTER\s+(COLUMN\s+)?\S+\s+(SET\s+DATA\s+)?TYPE\b"
    r"|\bADD\s+(COLUMN\s+)?(?!CONSTRAINT)(?:(?!,|\bDEFAULT\b).)*\bNOT\s+NULL\b(?!(?:(?!,).)*\bDEFAULT\b)",
    re.IGNORECASE | re.DOTALL,
)


@register()
def check_ownership(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Every model of ours declares where its rows live, and its app lies in the list that says the same."""
    problems: list[CheckMessage] = []
    for model in apps.get_models():
        config = apps.get_app_config(model._meta.app_label)
        if not _is_ours(config):
            continue
        in_tenant = config.name in settings.TENANT_APPS
        if issubclass(model, TenantOwned):
            wrong = not in_tenant
        elif issubclass(model, Shared | SharedRegister):
            wrong = config.name not in settings.SHARED_APPS
        else:
            wrong = True
        if wrong:
            problems.append(
                Error(
                    f"{model._meta.label} must derive from a base of kernel.models as its app is listed.",
                    id="kernel.E001",
                )
            )
    return problems


def _is_ours(config: AppConfig) -> bool:
    return str(config.path).startswith(str(settings.ROOT)) and "site-packages" not in str(config.path)


@register()
def check_for_nodes(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """No model of a tenant would break where its schema is on a node of a Citus cluster (design.md section 4)."""
    return [
        Error(f"{model._meta.label}.{field.name} {fault}.", id="kernel.E002")
        for model in apps.get_models()
        if issubclass(model, TenantOwned)
        for field in model._meta.local_concrete_fields
        if (fault := _breaks_on_a_node(field))
    ]


def _breaks_on_a_node(field: "Field[Any, Any]") -> str:
    """Why the field cannot be on another machine than the shared schema; empty where it can."""
    if isinstance(field, AutoField):
        return "counts by an identity column, whose numbers would begin again there: use a UUIDv7"
    there = field.related_model
    if field.is_relation and isinstance(there, type) and not issubclass(there, TenantOwned):
        return "has a foreign key into the shared schema: db_constraint=False" if field.db_constraint else ""  # type: ignore[attr-defined]
    return ""


@register()
def check_statements(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """SQL of migrations is a list of single statements without triggers: Citus takes no others."""
    problems: list[CheckMessage] = []
    for (app, name), migration in MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items():
        if apps.get_app_config(app).name not in settings.TENANT_APPS:
            continue
        for operation in _at_the_database(migration.operations):
            if isinstance(operation, RunSQL) and (fault := _cannot_be_sent(operation.sql)):
                problems.append(Error(f"{app}.{name}: {fault}.", id="kernel.E003"))
    return problems


def _cannot_be_sent(given: Any) -> str:
    """Why Citus would not take the SQL of a migration; empty where it would."""
    texts = _texts(given)
    if any(";" in text.strip().rstrip(";") for text in texts):
        return "several statements in one string of RunSQL: give a list"
    if any("TRIGGER" in text.upper().split() for text in texts):
        return "a trigger, which Citus does not take: let a constraint or the verb do it"
    return ""


def _texts(given: Any) -> list[str]:
    """The statements of a RunSQL, without their parameters."""
    return [one if isinstance(one, str) else one[0] for one in ([given] if isinstance(given, str) else given)]


def _at_the_database(operations: Iterable[Operation]) -> Iterator[Operation]:
    """What changes the database; what only changes the state is passed over, however deep it lies."""
    for operation in operations:
        if isinstance(operation, SeparateDatabaseAndState):
            yield from _at_the_database(operation.database_operations)
        else:
            yield operation


@register()
def check_expanding(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """After the first, migrations only add: the version before works on beside them (docs/running/upgrade.md).

    What no running version needs any more is taken away by a migration that says since which version, in its attribute
    `unused_since`; so is a rule added that every running version keeps already.
    """
    loader = MigrationLoader(None, ignore_no_migrations=True)
    problems: list[CheckMessage] = []
    for (app, name), migration in loader.disk_migrations.items():
        later = not migration.initial and not getattr(migration, "unused_since", "")
        if not later or not _is_ours(apps.get_app_config(app)):
            continue
        operations = list(_at_existing_tables(migration.operations))
        alters = any(isinstance(operation, AlterField) for operation in operations)
        # Asked for where it is needed only: every command runs these checks.
        before = loader.project_state((app, name), at_end=False).models if alters else {}
        for operation in operations:
            if fault := _breaks_what_runs(operation, _fields_before(before, app, operation)):
                problems.append(
                    Error(
                        f"{app}.{name}: {fault}, which the version before does not survive.",
                        hint="Add now; take away or narrow in a later version, by a migration with `unused_since`.",
                        id="kernel.E004",
                    )
                )
    return problems


def _at_existing_tables(operations: Iterable[Operation]) -> Iterator[Operation]:
    """What changes tables that the version before may use: nobody knows those that the migration makes itself."""
    changing = list(_at_the_database(operations))
    made = {operation.name_lower for operation in changing if isinstance(operation, CreateModel)}
    for operation in changing:
        of = getattr(operation, "model_name", "") or getattr(operation, "name", "")
        if str(of).lower() not in made:
            yield operation


def _fields_before(models: Any, app: str, operation: Operation) -> dict[str, Any]:
    state = models.get((app, str(getattr(operation, "model_name", "")).lower()))
    return dict(state.fields) if state else {}


def _breaks_what_runs(operation: Operation, before: dict[str, Any]) -> str:
    """What an operation does to code that does not know it; empty where that code works on."""
    if isinstance(operation, RemoveField | DeleteModel):
        return "takes away a column or table"
    if isinstance(operation, RenameField | RenameModel | AlterModelTable):
        return "renames a column or table"
    if isinstance(operation, RunSQL):
        told = [found[0] for text in _texts(operation.sql) if (found := _NARROWS.search(text))]
        return f"narrows by SQL ({' '.join(told[0].split())})" if told else ""
    if isinstance(operation, AddConstraint):
        return f"adds the constraint {operation.constraint.name}"
    if isinstance(operation, AlterUniqueTogether):
        return "makes values unique together" if operation.option_value else ""
    if isinstance(operation, AddField):
        return (
            ""
            if _may_be_left_out(operation.field)
            else f"adds {operation.name} with neither null nor db_default"
        )
    if isinstance(operation, AlterField) and operation.name in before:
        return _narrows(before[operation.name], operation.field)
    return ""


def _may_be_left_out(field: Any) -> bool:
    """Whether a row can be written by who does not know the field: `default` alone is not kept by the database."""
    return bool(field.null or field.many_to_many or field.generated or field.db_default is not NOT_PROVIDED)


def _narrows(before: Any, field: Any) -> str:
    if before.null and not field.null:
        return f"forbids {field.name or 'a field'} to be empty"
    if _may_be_left_out(before) and not _may_be_left_out(field):
        return "takes away the value that the database fills in"
    if before.get_internal_type() != field.get_internal_type() or before.db_column != field.db_column:
        return "changes the kind or name of a column"
    if field.max_length and (before.max_length is None or before.max_length > field.max_length):
        return "shortens a column"
    return "makes values unique" if field.unique and not before.unique else ""

"""System checks of the house rules that Django cannot know."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db.migrations import RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.models import AutoField, Field

from kernel.models import Shared, SharedRegister, TenantOwned


@register()
def check_ownership(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Every model of ours declares where its rows live, and its app lies in the list that says the same."""
    problems: list[CheckMessage] = []
    for model in apps.get_models():
        config = apps.get_app_config(model._meta.app_label)
        if not str(config.path).startswith(str(settings.ROOT)) or "site-packages" in str(config.path):
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
        for operation in migration.operations:
            if isinstance(operation, RunSQL) and (fault := _cannot_be_sent(operation.sql)):
                problems.append(Error(f"{app}.{name}: {fault}.", id="kernel.E003"))
    return problems


def _cannot_be_sent(given: Any) -> str:
    """Why Citus would not take the SQL of a migration; empty where it would."""
    texts = [
        one if isinstance(one, str) else one[0] for one in ([given] if isinstance(given, str) else given)
    ]
    if any(";" in text.strip().rstrip(";") for text in texts):
        return "several statements in one string of RunSQL: give a list"
    if any("TRIGGER" in text.upper().split() for text in texts):
        return "a trigger, which Citus does not take: let a constraint or the verb do it"
    return ""

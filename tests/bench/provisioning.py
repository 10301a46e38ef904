"""Provision a tenant at 200 tenants: replay of captured DDL against `migrate_schemas` for one tenant."""

from typing import Any

from django.core.management import call_command
from django.db import connection

from kernel.access import Actor
from tenants import provisioning
from tenants.actions import create_tenant
from tenants.models import Territory
from tests.bench.timing import alternate, line

TENANTS = 200
_ACTOR = Actor.system("bench")


def _create(number: int) -> None:
    create_tenant(
        slug=f"bench-{number}",
        name=f"Gmina {number}",
        kind="commune",
        territory=Territory.objects.get(pk="3210013"),
        unit_name="OPS",
        unit_type="OPS",
        actor=_ACTOR,
    )


def measure() -> list[dict[str, Any]]:
    """A tenant created by the action, in turn with a schema made by migrations."""
    counter = iter(range(10_000))
    for _ in range(TENANTS):
        _create(next(counter))
    made: list[str] = []

    def migrate() -> None:
        schema = f"t_migrated{len(made):04d}"
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE SCHEMA "{schema}"')
        made.append(schema)
        call_command("migrate_schemas", schema_name=schema, verbosity=0)
        connection.set_schema_to_public()

    ours, reference = alternate(lambda: _create(next(counter)), migrate, rounds=5)
    for schema in made:
        provisioning.drop_schema(schema)
    return [line("provision a tenant at 200 tenants / migrate_schemas", ours, reference, 0.2)]

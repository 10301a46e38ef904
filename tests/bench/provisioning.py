"""Many tenants: making one more, and adding a column to all of them, against `migrate_schemas`.

`BENCH_TENANTS=1000` measures at a thousand instead of two hundred.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import override_settings

from audit import migrations as audit_migrations
from tenants import migrating, provisioning
from tenants.models import Tenant
from tests.bench.places import make_tenant
from tests.bench.timing import alternate, line

TENANTS = int(os.environ.get("BENCH_TENANTS") or 200)
# django-tenants' command takes about the same for each tenant: so many tell.
_OF_REFERENCE = 10
_ADD_COLUMN = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("audit", "{last}")]
    operations = [migrations.AddField("reading", "probe", models.IntegerField(null=True))]
"""


def _create(number: int) -> None:
    make_tenant(f"bench-{number}", f"Gmina {number}")


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
    provisioned = line(f"provision a tenant at {TENANTS} tenants / migrate_schemas", ours, reference, 0.2)
    return [provisioned, _add_column()]


def _add_column() -> dict[str, Any]:
    """Seconds for each tenant: `migrate_tenants` over all of them, and `migrate_schemas` over ten.

    Beside the tenants that are migrated by us the reference has ten of its own, in the same state before.
    """
    apart = list(Tenant.objects.order_by("created_at").values_list("schema_name", flat=True)[:_OF_REFERENCE])
    with _one_more_migration():
        took: list[float] = []
        for schema in apart:
            begun = time.perf_counter()
            call_command("migrate_schemas", schema_name=schema, verbosity=0)
            took.append(time.perf_counter() - begun)
            connection.set_schema_to_public()
        Tenant.objects.filter(schema_name__in=apart).update(migrated_to=provisioning.fingerprint())
        begun = time.perf_counter()
        reports = list(migrating.migrate_tenants())
        ours = (time.perf_counter() - begun) / len(reports)
    done = {report.outcome for report in reports}
    assert done == {migrating.Outcome.MIGRATED}, done
    name = f"add a nullable column to {len(reports)} tenants / migrate_schemas, a tenant"
    return line(name, ours, median(took), 0.1)


@contextmanager
def _one_more_migration() -> Iterator[None]:
    own = sorted(Path(audit_migrations.__path__[0]).glob("*.py"))
    last = next(path.stem for path in reversed(own) if path.stem != "__init__")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "bench_migrations"
        folder.mkdir()
        for path in own:
            (folder / path.name).write_text(path.read_text())
        (folder / "9000_probe.py").write_text(_ADD_COLUMN.format(last=last))
        sys.path.insert(0, place)
        provisioning.fingerprint.cache_clear()
        try:
            with override_settings(MIGRATION_MODULES={"audit": "bench_migrations"}):
                yield
        finally:
            sys.path.remove(place)
            provisioning.fingerprint.cache_clear()

"""Several processes migrate the tenants of a database of their own: all of them, once, also after kill -9."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from audit import migrations as audit_migrations
from tenants.models import Tenant
from tests.copies import address_of_database, copied_database
from tests.racing import committing
from tests.tenants.test_races import create

pytestmark = pytest.mark.slow
db = committing

_SECONDS = 180
_SLUGS = ("gamma", "delta", "eta", "theta")
# Slow enough that a kill finds some tenants done and some not; each run in a schema leaves a row.
_MIGRATION = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("audit", "{last}")]
    operations = [
        migrations.RunSQL(
            "INSERT INTO audit_reading (id, at, actor_label, page, subject_type, subject_ids, subject_count) "
            "SELECT gen_random_uuid(), now(), 'probe', 'p', 't', '[]', 0 FROM pg_sleep(0.5)"
        ),
        migrations.AddField("reading", "probe", models.IntegerField(null=True)),
    ]
"""
_SETTINGS = """
from config.settings.test import *

MIGRATION_MODULES = {"audit": "probe_migrations"}
"""


@dataclass
class Installation:
    """A database with its own tenants, and code with one more migration, for processes of their own."""

    environment: dict[str, str]
    folder: Path

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "manage.py", "migrate_tenants", *arguments]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=settings.ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=_SECONDS * 2,
        )

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "begun.log").open("wb") as log:
            return subprocess.Popen(
                self.command(*arguments), cwd=settings.ROOT, env=self.environment, stdout=log, stderr=log
            )


@pytest.fixture
def installation(db: None, tmp_path: Path) -> Iterator[Installation]:
    folder = tmp_path / "probe_migrations"
    folder.mkdir()
    own = sorted(Path(audit_migrations.__path__[0]).glob("*.py"))
    for path in own:
        (folder / path.name).write_text(path.read_text())
    last = next(path.stem for path in reversed(own) if path.stem != "__init__")
    (folder / "9000_probe.py").write_text(_MIGRATION.format(last=last))
    (tmp_path / "probe_settings.py").write_text(_SETTINGS)
    places = (tmp_path, settings.ROOT, settings.ROOT / "platform")
    with copied_database("migrating"):
        for slug in _SLUGS:
            create(slug)
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "probe_settings",
            "PYTHONPATH": os.pathsep.join(map(str, places)),
            "DATABASE_URL": address_of_database(),
        }
        yield Installation(environment, tmp_path)


def _runs(*without: str) -> dict[str, int | None]:
    """How often the migration's row stands in each tenant; None where its column is missing."""
    found: dict[str, int | None] = {}
    for slug, schema in Tenant.objects.exclude(slug__in=without).values_list("slug", "schema_name"):
        with connection.cursor() as cursor:
            # In one statement: between two, a worker may have committed.
            cursor.execute(
                "SELECT (SELECT count(*) FROM information_schema.columns WHERE table_schema = %s "
                "AND table_name = 'audit_reading' AND column_name = 'probe'), count(*) "
                f"FROM \"{schema}\".audit_reading WHERE actor_label = 'probe'",
                [schema],
            )
            has_column, rows = map(int, cursor.fetchone())
        assert bool(has_column) == bool(rows), f"{slug} is half migrated"
        found[slug] = rows if has_column else None
    return found


def _wait_until(holds: Callable[[], bool], process: subprocess.Popen[Any], log: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while not holds():
        if time.monotonic() > deadline or process.poll() is not None:
            raise AssertionError(log.read_text())
        time.sleep(0.05)


def _others_in_the_database() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend' AND application_name NOT LIKE 'citus%'"
        )
        return int(cursor.fetchone()[0])


def _break(slug: str, statement: str) -> None:
    schema = Tenant.objects.get(slug=slug).schema_name
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{schema}".audit_reading {statement}')


def test_a_killed_run_is_gone_on_with_past_a_broken_tenant_and_nothing_is_done_twice(
    installation: Installation,
) -> None:
    _break("theta", "ADD COLUMN probe text")
    process = installation.begin("--workers", "2")
    _wait_until(
        lambda: any(rows is not None for rows in _runs("theta").values()),
        process,
        installation.folder / "begun.log",
    )
    process.send_signal(signal.SIGKILL)
    process.wait(20)
    assert None in _runs("theta").values(), "everything was done before the kill"

    again = installation.run("--workers", "2")
    assert again.returncode == 1
    assert "theta: failed (ProgrammingError)" in again.stderr
    assert "1 tenants were not migrated" in again.stderr
    assert "Traceback" not in again.stderr
    assert set(_runs("theta").values()) == {1}
    assert "theta: behind (failed: ProgrammingError)" in installation.run("--list").stdout

    _break("theta", "DROP COLUMN probe")
    assert installation.run("--workers", "2").returncode == 0
    assert set(_runs().values()) == {1}
    assert len(_runs()) == len(_SLUGS) + 2
    deadline = time.monotonic() + _SECONDS
    while _others_in_the_database() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _others_in_the_database() == 0, "a worker outlived its parent"

"""Migrations over all tenants: once by Django, then the same SQL for the others; a failure stops one tenant only."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from audit import migrations as audit_migrations
from kernel.tenancy import tenant_scope
from tenants import migrating, provisioning
from tenants.migrating import Outcome
from tenants.models import Tenant

_ADD_COLUMN = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("audit", "{last}")]
    operations = [migrations.AddField("reading", "probe", models.IntegerField(null=True))]
"""
_RUN_PYTHON = """
from django.db import migrations

def fill(apps, schema_editor):
    apps.get_model("audit", "Reading").objects.create(
        actor_label=schema_editor.connection.schema_name, page="p", subject_type="t", subject_ids=[], subject_count=0
    )

class Migration(migrations.Migration):
    dependencies = [("audit", "{last}")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
"""


@pytest.fixture
def pending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """`pending(text)` puts one more migration of the audit app on disk, with `{last}` for the one before."""
    folder = tmp_path / "probe_migrations"
    folder.mkdir()
    own = sorted(Path(audit_migrations.__path__[0]).glob("*.py"))
    for path in own:
        (folder / path.name).write_text(path.read_text())
    last = next(path.stem for path in reversed(own) if path.stem != "__init__")
    monkeypatch.syspath_prepend(str(tmp_path))
    settings = override_settings(MIGRATION_MODULES={"audit": "probe_migrations"})

    def put(text: str) -> None:
        (folder / "9000_probe.py").write_text(text.format(last=last))
        settings.enable()
        _forget()

    yield put
    settings.disable()
    _forget()
    for name in [name for name in sys.modules if name.startswith("probe_migrations")]:
        del sys.modules[name]


def _forget() -> None:
    provisioning.fingerprint.cache_clear()
    provisioning._script.cache_clear()


def _columns(tenant: Tenant) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = 'audit_reading'",
            [tenant.schema_name],
        )
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db
def test_with_nothing_to_do_one_query_is_asked(alfa: Tenant, django_assert_num_queries: Any) -> None:
    provisioning.fingerprint()
    Tenant.objects.update(migrated_to=provisioning.fingerprint())
    with django_assert_num_queries(1):
        assert list(migrating.migrate_tenants()) == []


@pytest.mark.django_db
def test_a_column_is_added_to_every_tenant_by_django_once_and_by_plain_sql_after(
    alfa: Tenant, beta: Tenant, pending: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pending(_ADD_COLUMN)
    by_django: list[str] = []
    executor = migrating._migrate_by_executor
    monkeypatch.setattr(
        migrating,
        "_migrate_by_executor",
        lambda tenant, *rest: (by_django.append(tenant.slug), executor(tenant, *rest))[1],
    )
    reports = list(migrating.migrate_tenants())
    assert [(report.tenant, report.outcome) for report in reports] == [
        (alfa, Outcome.MIGRATED),
        (beta, Outcome.MIGRATED),
    ]
    assert by_django == ["alfa"]
    assert all("probe" in _columns(tenant) for tenant in (alfa, beta))
    for tenant in (alfa, beta):
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT count(*) FROM "{tenant.schema_name}".django_migrations WHERE name = %s',
                ["9000_probe"],
            )
            assert cursor.fetchone() == (1,)
    assert migrating.behind() == []
    assert list(migrating.migrate_tenants()) == []


@pytest.mark.django_db
def test_a_tenant_that_fails_stays_as_it_was_and_goes_on_when_the_cause_is_gone(
    alfa: Tenant, beta: Tenant, pending: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{beta.schema_name}".audit_reading ADD COLUMN probe text')
    pending(_ADD_COLUMN)
    with pytest.raises(CommandError, match="1 tenants were not migrated"):
        call_command("migrate_tenants")
    assert "beta: failed" in capsys.readouterr().err
    assert migrating.behind() == [beta]
    with pytest.raises(CommandError, match="1 tenants are behind"):
        call_command("migrate_tenants", check=True)
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{beta.schema_name}".audit_reading DROP COLUMN probe')
    call_command("migrate_tenants", verbosity=0)
    assert "probe" in _columns(beta)
    assert migrating.behind() == []


@pytest.mark.django_db
def test_a_migration_with_code_runs_in_each_tenant_by_itself(
    alfa: Tenant, beta: Tenant, pending: Any
) -> None:
    from audit.models import Reading

    pending(_RUN_PYTHON)
    assert [report.outcome for report in migrating.migrate_tenants()] == [Outcome.MIGRATED] * 2
    for tenant in (alfa, beta):
        with tenant_scope(tenant):
            assert list(Reading.objects.values_list("actor_label", flat=True)) == [tenant.schema_name]


@pytest.mark.django_db
def test_a_new_tenant_is_made_with_the_newest_migration_and_is_not_behind(alfa: Tenant, pending: Any) -> None:
    from tests.tenants.test_races import create

    pending(_ADD_COLUMN)
    gamma = create("gamma")
    assert "probe" in _columns(gamma)
    assert gamma not in migrating.behind()


@pytest.mark.django_db
def test_statements_captured_by_another_process_are_not_captured_again(
    alfa: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    captured = provisioning.statements()
    provisioning._script.cache_clear()

    def never() -> list[str]:
        raise AssertionError("captured again")

    monkeypatch.setattr(provisioning, "capture_statements", never)
    assert provisioning.statements() == captured


@pytest.mark.django_db
def test_the_state_of_each_tenant_is_listed_with_its_failure(
    alfa: Tenant, beta: Tenant, pending: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{beta.schema_name}".audit_reading ADD COLUMN probe text')
    pending(_ADD_COLUMN)
    with pytest.raises(CommandError):
        call_command("migrate_tenants", verbosity=0)
    capsys.readouterr()
    call_command("migrate_tenants", list=True)
    assert capsys.readouterr().out.splitlines() == [
        "alfa: current",
        "beta: behind (failed: ProgrammingError)",
    ]
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{beta.schema_name}".audit_reading DROP COLUMN probe')
    call_command("migrate_tenants", verbosity=0)
    call_command("migrate_tenants", list=True)
    assert "beta: current" in capsys.readouterr().out.splitlines()


def test_processes_are_counted_from_one() -> None:
    with pytest.raises(CommandError, match="from 1 up"):
        call_command("migrate_tenants", workers=0)


@pytest.mark.django_db
def test_worker_processes_never_work_beside_an_open_transaction(alfa: Tenant, pending: Any) -> None:
    pending(_ADD_COLUMN)
    with pytest.raises(RuntimeError, match="committed tenants only"):
        list(migrating.migrate_tenants(workers=2))

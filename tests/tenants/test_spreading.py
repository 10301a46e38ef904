"""Tenants on nodes of a Citus cluster: what would break is found anywhere; what moves, where DATABASE_URL names one.

On a coordinator the server is its own only node here: the schema becomes a shard, and all statements go the way they
would go to another machine.
"""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from kernel.tenancy import tenant_scope
from reporting.delivery.models import Visit
from tenants import spreading
from tenants.models import Tenant
from tests.citus import ALL_SPREAD, has_citus, join, not_on_shards
from tests.factories.care import visit
from tests.racing import committed_tenant, committing
from tests.reporting.delivery.diary_world import build_diary

db = committing


@pytest.fixture
def tenant(db: None) -> Iterator[Tenant]:
    with committed_tenant("rozproszona", "Rozproszona") as made:
        yield made


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def cluster(db: None) -> Iterator[None]:
    if not has_citus():
        pytest.skip("the server of DATABASE_URL has no Citus")
    if ALL_SPREAD:
        pytest.skip("the cluster is there already, and these would end it")
    join()
    yield
    _run("DROP EXTENSION citus CASCADE")


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (
            "ALTER TABLE {schema}.care_person ADD CONSTRAINT stray FOREIGN KEY (id) REFERENCES public.accounts_user",
            "care_person: foreign key stray crosses into another schema",
        ),
        (
            "CREATE TRIGGER stray BEFORE UPDATE ON {schema}.care_person FOR EACH ROW"
            " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
            "care_person: trigger stray",
        ),
        ("CREATE VIEW {schema}.stray AS SELECT 1 AS one", "stray: a view, which stays behind"),
    ],
)
def test_what_would_break_on_a_node_is_named_and_nothing_else(tenant: Tenant, made: str, told: str) -> None:
    assert spreading.obstacles(tenant) == []
    _run(made.format(schema=tenant.schema_name))
    assert spreading.obstacles(tenant) == [told]


def test_contents_tell_every_changed_row(tenant: Tenant) -> None:
    before = spreading.contents(tenant)
    world = build_diary(tenant, persons=1)
    held = spreading.contents(tenant)
    assert held["care_person"][0] == before["care_person"][0] + 1
    with tenant_scope(tenant):
        person = world.decisions[0].person
        person.surname += "-Nowa"
        person.save()
    changed = spreading.contents(tenant)
    assert {name for name in held if held[name] != changed[name]} == {"care_person"}
    assert changed["care_person"][0] == held["care_person"][0]


@not_on_shards("there is a cluster")
def test_without_a_cluster_the_command_says_so(tenant: Tenant) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_extension WHERE extname = 'citus'")
        assert cursor.fetchone()[0] == 0
    with pytest.raises(CommandError, match="has no Citus"):
        call_command("distribute", "--all")
    with pytest.raises(CommandError, match="no tenant at: nigdzie"):
        call_command("distribute", "nigdzie")
    with pytest.raises(CommandError, match="--all or --list"):
        call_command("distribute")


def _told(*given: str) -> str:
    said = StringIO()
    call_command("distribute", *given, stdout=said, stderr=said)
    return said.getvalue()


def test_a_tenant_moves_with_all_it_has_and_goes_on_working(cluster: None, tenant: Tenant) -> None:
    world = build_diary(tenant, persons=2)
    assert _told("--list", tenant.slug) == f"{tenant.slug}: coordinator\n"
    assert f"{tenant.slug}: on " in _told(tenant.slug)
    assert spreading.node_of(tenant) in spreading.nodes()
    assert "(was there)" in _told(tenant.slug)
    with tenant_scope(tenant):
        before = Visit.objects.count()
        visit(world.decisions[0], world.anna, world.decisions[0].valid_from, "08:00", 60)
        assert Visit.objects.count() == before + 1


def test_a_tenant_that_would_break_stays_and_is_named(cluster: None, tenant: Tenant) -> None:
    _run(f"CREATE VIEW {tenant.schema_name}.stray AS SELECT 1 AS one")
    with pytest.raises(CommandError, match=tenant.slug):
        _told(tenant.slug)
    assert spreading.node_of(tenant) is None


def test_whoever_works_in_the_schema_is_not_broken_off(
    cluster: None, tenant: Tenant, monkeypatch: Any
) -> None:
    monkeypatch.setattr("kernel.locks._PATIENCE", "1s")
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f"LOCK TABLE {tenant.schema_name}.care_person IN ROW EXCLUSIVE MODE")
        with pytest.raises(CommandError, match="Not moved"):
            _told(tenant.slug)
        assert spreading.node_of(tenant) is None
    finally:
        other.close()

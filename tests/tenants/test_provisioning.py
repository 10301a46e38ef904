"""Provisioning by replay gives what migrations give, and leaves nothing behind when it fails."""

import pytest
from django.core.management import call_command
from django.db import connection

from kernel.access import Actor
from kernel.errors import DomainError
from tenants import actions, provisioning
from tenants.models import Tenant, Territory
from tests.citus import not_on_shards

_TABLES = """
SELECT table_name, column_name, data_type, is_nullable, column_default, generation_expression, ordinal_position
FROM information_schema.columns WHERE table_schema = %s ORDER BY table_name, ordinal_position"""
_CONSTRAINTS = """
SELECT rel.relname, con.conname, replace(pg_get_constraintdef(con.oid), %s, '')
FROM pg_constraint con JOIN pg_class rel ON rel.oid = con.conrelid
WHERE con.connamespace = %s::regnamespace ORDER BY 1, 2"""
_INDEXES = "SELECT tablename, indexname, replace(indexdef, %s, '') FROM pg_indexes WHERE schemaname = %s ORDER BY 1, 2"


def shape(schema: str) -> dict[str, list[tuple[object, ...]]]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES, [schema])
        tables = cursor.fetchall()
        cursor.execute(_CONSTRAINTS, [f"{schema}.", schema])
        constraints = cursor.fetchall()
        cursor.execute(_INDEXES, [f"{schema}.", schema])
        indexes = cursor.fetchall()
        cursor.execute(f'SELECT app, name FROM "{schema}".django_migrations ORDER BY app, name')
        applied = cursor.fetchall()
    return {"tables": tables, "constraints": constraints, "indexes": indexes, "applied": applied}


@not_on_shards("Citus writes the rules of a table that moves anew, with other casts")
@pytest.mark.django_db(transaction=False)
def test_replay_equals_migrate(alfa: Tenant) -> None:
    with connection.cursor() as cursor:
        cursor.execute('CREATE SCHEMA "t_0000000migrated"')
    call_command("migrate_schemas", schema_name="t_0000000migrated", verbosity=0)
    connection.set_schema_to_public()

    replayed, migrated = shape(alfa.schema_name), shape("t_0000000migrated")

    assert len(replayed["tables"]) > 100
    assert replayed == migrated


@pytest.mark.django_db
def test_tenant_schema_has_no_foreign_key_to_public_no_trigger_and_no_sequence(alfa: Tenant) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT con.conname FROM pg_constraint con JOIN pg_class target ON target.oid = con.confrelid "
            "WHERE con.connamespace = %s::regnamespace AND con.contype = 'f' AND target.relnamespace <> con.connamespace",
            [alfa.schema_name],
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE NOT tgisinternal AND c.relnamespace = %s::regnamespace",
            [alfa.schema_name],
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "SELECT sequence_name FROM information_schema.sequences WHERE sequence_schema = %s AND sequence_name <> 'django_migrations_id_seq'",
            [alfa.schema_name],
        )
        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_failed_provisioning_leaves_nothing_behind(alfa: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = (*provisioning.statements(), "CREATE TABLE broken (id no_such_type)")
    monkeypatch.setattr(provisioning, "statements", lambda: broken)
    with pytest.raises(Exception, match="no_such_type"):
        actions.create_tenant(
            slug="gamma",
            name="Gmina Gamma",
            kind=Tenant.Kind.COMMUNE,
            territory=Territory.objects.get(pk="3262011"),
            unit_name="OPS",
            unit_type="OPS",
            actor=Actor.system("test"),
        )
    assert not Tenant.objects.filter(slug="gamma").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 't\\_%%'")
        assert cursor.fetchone() == (2,)


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["Region", "region", "a", "-ab", "ab_c", "x" * 51])
def test_bad_addresses_are_refused_by_field(alfa: Tenant, slug: str) -> None:
    with pytest.raises(DomainError) as refusal:
        actions.create_tenant(
            slug=slug,
            name="Gmina",
            kind=Tenant.Kind.COMMUNE,
            territory=Territory.objects.get(pk="3262011"),
            unit_name="OPS",
            unit_type="OPS",
            actor=Actor.system("test"),
        )
    assert refusal.value.problems

"""Running code beside the schema of the next version: every table has columns and there is a table that it does not know."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pyrage
import pytest
from django.http import HttpResponse

from audit.chain import walk_chain
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from tenants import actions as tenant_actions
from tenants.models import Tenant
from tests.contracting.tenders.offer_desk import Desk
from tests.infra.killed_verbs import VERBS, fresh_tenant, handed_in, restoration_of_a_tenant
from tests.infra.killing import _place, db, own, unqueued
from tests.own_server import OwnServer

__all__ = ["_place", "db", "own", "unqueued"]
# As a migration may add them: empty, or filled in by the database.
_COLUMNS = "ADD COLUMN next_empty text, ADD COLUMN next_filled integer NOT NULL DEFAULT 7"
_TABLES = (
    "SELECT table_schema, table_name FROM information_schema.tables"
    " WHERE table_type = 'BASE TABLE' AND table_schema = %s AND table_name NOT LIKE 'django\\_%%'"
)


def upgraded(own: OwnServer, schema: str) -> None:
    """What `prepare` of the next version does to a schema first: columns in all tables, and a table more."""
    with psycopg.connect(own.address, autocommit=True) as server:
        tables = server.execute(_TABLES, [schema]).fetchall()
        assert len(tables) > 5
        for place, table in tables:
            server.execute(f'ALTER TABLE "{place}"."{table}" {_COLUMNS}')  # type: ignore[arg-type]
        server.execute(f'CREATE TABLE "{schema}".next_table (id uuid PRIMARY KEY, said text NOT NULL)')  # type: ignore[arg-type]


def _upgraded_tenant(own: OwnServer, tenant: Tenant) -> None:
    upgraded(own, tenant.schema_name)
    Tenant.objects.filter(pk=tenant.pk).update(migrated_to="next")
    tenant.refresh_from_db()


@pytest.fixture(scope="module")
def next_schema(own: OwnServer) -> Iterator[OwnServer]:
    upgraded(own, "public")
    _upgraded_tenant(own, Tenant.objects.get(slug="alfa"))
    return own


@pytest.mark.parametrize(
    "make", [make for make in VERBS if make is not restoration_of_a_tenant], ids=lambda make: make.__name__
)
@pytest.mark.usefixtures("unqueued")
def test_verbs_of_the_version_before_go_through(next_schema: OwnServer, make: Any, tmp_path: Path) -> None:
    """A month closed, facts pushed, a file saved, a tenant made: what is written, altered and read."""
    name = make.__name__.replace("_", "-")
    tenant, calm = fresh_tenant(f"{name}-n"[-30:].strip("-")), fresh_tenant(f"{name}-o"[-30:].strip("-"))
    _upgraded_tenant(next_schema, tenant)
    verb, other = make(tenant, tmp_path), make(calm, tmp_path)
    answer = verb.do()
    assert not isinstance(answer, HttpResponse) or answer.status_code == 302, answer.content
    other.do()
    assert verb.brought() == other.brought()
    assert verb.look is None or verb.look().status_code == 200
    with tenant_scope(tenant):
        assert walk_chain().holds


def test_an_offer_is_handed_in_at_the_version_before(next_schema: OwnServer) -> None:
    desk = Desk(Tenant.objects.get(slug="alfa"), number="K/61/2026")
    assert desk.hand_in().url == desk.page("receipt", 1)
    assert handed_in(desk)[0] == ["current"]


def test_the_version_before_writes_no_archive_that_it_could_not_read(
    next_schema: OwnServer, tmp_path: Path
) -> None:
    tenant, key = fresh_tenant("archiwum-nast"), pyrage.x25519.Identity.generate().to_public()
    _upgraded_tenant(next_schema, tenant)
    with pytest.raises(DomainError) as refused:
        tenant_actions.archive_tenant(tenant, tmp_path / "a.age", [key], actor=Actor.system("tests"))
    assert refused.value.code == "tenant_behind"
    assert not (tmp_path / "a.age").exists()

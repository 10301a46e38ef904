"""Races: a tenant of its own, really committed and removed afterwards, and verbs that start together in real threads.

pytest-django's own way of committing would empty every table, and with them what all other tests stand on.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections

from accounts.models import User
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from tenants.actions import create_tenant
from tenants.models import Membership, Organisation, Partnership, Tenant, Territory
from tenants.provisioning import drop_schema
from tests.factories.facts import allow_pushing, forget_facts

PATIENCE = 10
WHOLE = 60


@pytest.fixture
def committing(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database without a transaction around the test: what is written is committed, and seen by other threads.

    A file of races calls it `db`. That is the name by which pytest-django knows that a test needs a test database:
    without it, a file run by itself would get none.
    """
    with django_db_blocker.unblock():
        yield


def new_tenant(slug: str, name: str) -> Tenant:
    """A tenant whose figures may leave; nobody removes it."""
    tenant = create_tenant(
        slug=slug,
        name=f"Gmina {name}",
        kind=Tenant.Kind.COMMUNE,
        territory=Territory.objects.get(pk="3262011"),
        unit_name=f"Ośrodek Pomocy Społecznej – {name}",
        unit_type=Tenant.UnitType.OPS,
        population=1_000,
        actor=Actor.system("tests"),
    )
    allow_pushing(tenant)
    return tenant


@contextmanager
def committed_tenant(slug: str, name: str) -> Iterator[Tenant]:
    """A tenant for the test; afterwards it is removed, with its schema, and all organisations and people made since."""
    before = {kind: list(kind.objects.values_list("pk", flat=True)) for kind in (Organisation, User)}
    tenant = new_tenant(slug, name)
    try:
        yield tenant
    finally:
        connection.set_schema_to_public()
        forget_facts(tenant)
        for about in (Membership, Partnership):
            about.objects.filter(tenant=tenant).delete()
        for kind, known in before.items():
            kind.objects.exclude(pk__in=known).delete()
        drop_schema(tenant.schema_name)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM tenants_tenant WHERE id = %s", [tenant.pk])


def results_at_once(tenant: Tenant | None, *verbs: Callable[[], Any]) -> list[Any]:
    """Start all verbs together within the tenant; gives what each returned, or how it was refused, in their order.

    Refused is by a DomainError or by a constraint of the database; anything else is raised here.
    """
    start = threading.Barrier(len(verbs))

    def act(verb: Callable[[], Any]) -> Any:
        try:
            with nullcontext() if tenant is None else tenant_scope(tenant):
                start.wait(PATIENCE)
                return verb()
        except (DomainError, IntegrityError) as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return [running.result(WHOLE) for running in [pool.submit(act, verb) for verb in verbs]]


def until_somebody_waits() -> None:
    """Returns once anybody in this database waits for a lock: an advisory one, a table or a row. Raises AssertionError
    where nobody does."""
    until = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            # Within a transaction the server shows what it showed before; who waits for a row waits in no database.
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()"
            )
            if cursor.fetchone() is not None:
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits for a lock")


def at_once(tenant: Tenant | None, *verbs: Callable[[], Any]) -> list[str]:
    """Start all verbs together; gives “done”, the code of the refusal or “constraint” for each, in their order."""
    return [_outcome(result) for result in results_at_once(tenant, *verbs)]


def _outcome(result: Any) -> str:
    if isinstance(result, DomainError):
        return result.code
    return "constraint" if isinstance(result, IntegrityError) else "done"

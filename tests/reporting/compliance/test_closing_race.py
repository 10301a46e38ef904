"""Two people decide on the same month at the same moment, in real threads and real transactions."""

import threading
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pytest
from django.db import connection

from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.compliance import actions
from reporting.compliance.actions import closing
from reporting.compliance.locking import lock_month
from reporting.compliance.models import ContractMonth
from reporting.delivery.models import FrozenMonth
from reporting.statistics.models import FactsBatch, MonthlyFact
from tenants.actions import create_tenant
from tenants.models import Organisation, Partnership, Tenant, Territory
from tenants.provisioning import drop_schema
from tests.reporting.compliance.closing_world import (
    DIRECTOR,
    OCTOBER,
    PROVIDER,
    ClosingWorld,
    build_world,
)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[ClosingWorld]:
    """The world in a tenant of its own, really committed, its month handed in and explained; removed afterwards."""
    with django_db_blocker.unblock():
        tenant = create_tenant(
            slug="wyscig",
            name="Gmina Wyścig",
            kind=Tenant.Kind.COMMUNE,
            territory=Territory.objects.get(pk="3262011"),
            unit_name="Ośrodek Pomocy Społecznej w Wyścigu",
            unit_type=Tenant.UnitType.OPS,
            population=1_000,
            actor=Actor.system("tests"),
        )
        try:
            world = build_world(tenant)
            with tenant_scope(tenant):
                actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
                must = world.one("H1")
                actions.justify_deviations(
                    world.contract, OCTOBER, points=[("H1", must.subject)], reason="urgent", actor=DIRECTOR
                )
            yield world
        finally:
            connection.set_schema_to_public()
            MonthlyFact.objects.filter(tenant=tenant).delete()
            FactsBatch.objects.filter(tenant=tenant).delete()
            partners = Partnership.objects.filter(tenant=tenant)
            organisations = list(partners.values_list("organisation_id", flat=True))
            partners.delete()
            Organisation.objects.filter(pk__in=organisations).delete()
            drop_schema(tenant.schema_name)
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM tenants_tenant WHERE id = %s", [tenant.pk])


def _at_once(tenant: Tenant, *verbs: Callable[[], Any]) -> list[str]:
    """Start all verbs together; gives “done” or the code of the refusal of each."""
    start = threading.Barrier(len(verbs))
    outcomes: list[str] = []

    def act(verb: Callable[[], Any]) -> None:
        try:
            with tenant_scope(tenant):
                start.wait(timeout=10)
                verb()
            outcomes.append("done")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=[verb]) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(outcomes)


def _accept_twice(world: ClosingWorld) -> list[str]:
    return _at_once(
        world.tenant, *[lambda: actions.accept_month(world.contract, OCTOBER, actor=DIRECTOR)] * 2
    )


@pytest.mark.django_db
def test_the_lock_is_for_transactions_and_makes_the_row_once(in_alfa: Tenant) -> None:
    world = build_world(in_alfa)
    first, second = lock_month(world.contract, OCTOBER), lock_month(world.contract, OCTOBER)
    assert first.pk == second.pk
    assert first.state == "open"


def test_without_the_lock_both_would_hold(committed: ClosingWorld) -> None:
    """The race is real: with the lock taken away both accept, and the region is told twice."""
    both_have_read = threading.Barrier(2)

    def look_only(contract: Contract, month: Month) -> ContractMonth:
        row: ContractMonth = ContractMonth.objects.get(contract=contract, month=month.first)
        both_have_read.wait(timeout=10)
        return row

    with mock.patch.object(closing, "lock_month", look_only):
        assert _accept_twice(committed) == ["done", "done"]
    assert FactsBatch.objects.filter(tenant=committed.tenant).count() == 2


def test_of_two_who_decide_at_once_one_is_refused(committed: ClosingWorld) -> None:
    outcomes = _at_once(
        committed.tenant,
        lambda: actions.accept_month(committed.contract, OCTOBER, actor=DIRECTOR),
        lambda: actions.return_month(committed.contract, OCTOBER, reason="Popraw 5.10", actor=DIRECTOR),
    )
    assert outcomes == ["done", "wrong_state"]
    with tenant_scope(committed.tenant):
        row = ContractMonth.objects.get()
        assert (row.state == "accepted") == FrozenMonth.objects.exists()
        assert (row.state == "accepted") == (row.snapshot is not None)


def test_of_two_who_accept_at_once_one_is_refused_and_one_snapshot_stands(committed: ClosingWorld) -> None:
    assert _accept_twice(committed) == ["done", "wrong_state"]
    assert FactsBatch.objects.filter(tenant=committed.tenant).count() == 1

"""Two people decide on the same month at the same moment, in real threads and real transactions."""

import threading
from collections.abc import Iterator
from unittest import mock

import pytest

from audit.models import Entry
from contracting.contracts.models import Contract
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.compliance import actions
from reporting.compliance.actions import closing
from reporting.compliance.locking import lock_month
from reporting.compliance.models import ContractMonth
from reporting.delivery.models import FrozenMonth
from reporting.statistics.models import FactsBatch
from tenants.models import Tenant
from tests.racing import at_once, committed_tenant, committing
from tests.reporting.compliance.closing_world import (
    DIRECTOR,
    OCTOBER,
    PROVIDER,
    ClosingWorld,
    build_world,
)

db = committing


@pytest.fixture
def committed(db: None) -> Iterator[ClosingWorld]:
    """The world in a tenant of its own, really committed, its month handed in and explained; removed afterwards."""
    with committed_tenant("wyscig", "Wyścig") as tenant:
        world = build_world(tenant)
        with tenant_scope(tenant):
            actions.submit_month(world.contract, OCTOBER, actor=PROVIDER)
            must = world.one("H1")
            actions.justify_deviations(
                world.contract, OCTOBER, points=[("H1", must.subject)], reason="urgent", actor=DIRECTOR
            )
        yield world


def _accept_twice(world: ClosingWorld) -> list[str]:
    return sorted(
        at_once(world.tenant, *[lambda: actions.accept_month(world.contract, OCTOBER, actor=DIRECTOR)] * 2)
    )


@pytest.mark.django_db
def test_the_lock_is_for_transactions_and_makes_the_row_once(in_alfa: Tenant) -> None:
    world = build_world(in_alfa)
    first, second = lock_month(world.contract, OCTOBER), lock_month(world.contract, OCTOBER)
    assert first.pk == second.pk
    assert first.state == "open"


def test_without_the_lock_both_would_hold(committed: ClosingWorld) -> None:
    """The race is real: with the locks taken away both accept. The region, which has a lock of its own, is told the same once."""
    both_have_read = threading.Barrier(2)

    def look_only(contract: Contract, month: Month) -> ContractMonth:
        row: ContractMonth = ContractMonth.objects.get(contract=contract, month=month.first)
        both_have_read.wait(timeout=10)
        return row

    free = mock.patch.object(closing, "hold_contracts", return_value=None)
    with free, mock.patch.object(closing, "lock_month", look_only):
        assert _accept_twice(committed) == ["done", "done"]
    with tenant_scope(committed.tenant):
        assert Entry.objects.filter(verb="accept_month").count() == 2
    assert FactsBatch.objects.filter(tenant=committed.tenant).count() == 1


def test_of_two_who_decide_at_once_one_is_refused(committed: ClosingWorld) -> None:
    outcomes = sorted(
        at_once(
            committed.tenant,
            lambda: actions.accept_month(committed.contract, OCTOBER, actor=DIRECTOR),
            lambda: actions.return_month(committed.contract, OCTOBER, reason="Popraw 5.10", actor=DIRECTOR),
        )
    )
    assert outcomes == ["done", "wrong_state"]
    with tenant_scope(committed.tenant):
        row = ContractMonth.objects.get()
        assert (row.state == "accepted") == FrozenMonth.objects.exists()
        assert (row.state == "accepted") == (row.snapshot is not None)


def test_of_two_who_accept_at_once_one_is_refused_and_one_snapshot_stands(committed: ClosingWorld) -> None:
    assert _accept_twice(committed) == ["done", "wrong_state"]
    assert FactsBatch.objects.filter(tenant=committed.tenant).count() == 1

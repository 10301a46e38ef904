"""Two first savings at once, where no row stands yet: one is kept, the other is told that somebody was faster."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from kernel.access import Actor
from kernel.ids import new_id
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.casework import actions
from reporting.casework.models import Caseload, IntakePlan
from tenants.models import Tenant
from tests.racing import PATIENCE, at_once, committed_tenant, committing

db = committing
ACTOR = Actor.system("tests")
MONTH = Month(2026, 1)


@pytest.fixture
def tenant(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tenant]:
    """A tenant in which nobody begins to save before the other has read the page."""
    both_have_read, lock = threading.Barrier(2), actions.lock_saving

    def wait_then_lock(what: str) -> None:
        both_have_read.wait(PATIENCE)
        lock(what)

    monkeypatch.setattr(actions, "lock_saving", wait_then_lock)
    with committed_tenant("tor-pracy", "Tor Pracy") as made:
        yield made


def test_one_first_saving_is_kept(tenant: Tenant) -> None:
    worker = new_id()

    def keep(environments: int) -> Any:
        loads = [actions.LoadOfWorker(worker, "Ewa Lis", environments)]
        return lambda: actions.keep_loads(MONTH, loads, seen=actions.loads_stamp(MONTH), actor=ACTOR)

    assert sorted(at_once(tenant, keep(10), keep(12))) == ["changed_meanwhile", "done"]

    def plan(target: int) -> Any:
        return lambda: actions.plan_intake(
            MONTH, start=20, step=20, target=target, seen=actions.intake_stamp(), actor=ACTOR
        )

    assert sorted(at_once(tenant, plan(40), plan(60))) == ["changed_meanwhile", "done"]
    with tenant_scope(tenant):
        assert Caseload.objects.get().environments in {10, 12}
        assert IntakePlan.objects.count() in {2, 3}

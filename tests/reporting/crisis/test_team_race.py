"""Two heads of a centre do the same at the same moment: it is done once, and the other learns why not."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kernel.access import Actor
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.crisis.actions import CaseOpening, DutyEntry, add_duty, duty, name_worker, open_case
from reporting.crisis.models import CaseWorker, Duty
from tenants.roles import Role
from tests.factories.people import signed_in_client
from tests.racing import PATIENCE, at_once, committed_tenant, committing

db = committing
HEADS = [Actor(new_id(), "Anna Próbna"), Actor(new_id(), "Beata Próbna")]


@pytest.fixture
def tenant(db: None) -> Iterator[Any]:
    with committed_tenant("wyscig-zespol", "Wyścig zespół") as made:
        yield made


@pytest.fixture
def worker(tenant: Any) -> Any:
    client: Any = signed_in_client(Role.SOCIAL_WORKER, tenant)
    return client.user


def test_nobody_is_put_on_duty_twice(tenant: Any, worker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # Both are on their way in before either looks who is free.
    both_are_here, lock = threading.Barrier(2), duty.lock_roster

    def wait_for_the_other() -> None:
        both_are_here.wait(PATIENCE)
        lock()

    monkeypatch.setattr(duty, "lock_roster", wait_for_the_other)
    begins = timezone.now() + timedelta(days=1)

    def put(head: Actor) -> Duty:
        return add_duty(DutyEntry(None, worker.pk, begins, begins + timedelta(hours=8)), actor=head)

    outcomes = at_once(tenant, *(lambda head=head: put(head) for head in HEADS))
    assert sorted(outcomes) == ["done", "on_duty_already"]
    with tenant_scope(tenant):
        assert Duty.objects.count() == 1


def test_nobody_is_named_to_a_case_twice(tenant: Any, worker: Any) -> None:
    with tenant_scope(tenant):
        case = open_case(CaseOpening(timezone.now(), "phone", "anonymous"), actor=HEADS[0])
    part = CaseWorker.Part.DEPUTY
    verbs = (lambda head=head: name_worker(case, user_id=worker.pk, part=part, actor=head) for head in HEADS)
    assert sorted(at_once(tenant, *verbs)) == ["done", "works_already"]
    with tenant_scope(tenant):
        assert CaseWorker.objects.filter(user_id=worker.pk).count() == 1


def test_who_left_the_team_meanwhile_is_neither_named_nor_put_on_duty(tenant: Any) -> None:
    left, begins = new_id(), timezone.now() + timedelta(days=1)
    with tenant_scope(tenant):
        case = open_case(CaseOpening(timezone.now(), "phone", "anonymous"), actor=HEADS[0])
        for verb in (
            lambda: name_worker(case, user_id=left, part=CaseWorker.Part.DEPUTY, actor=HEADS[1]),
            lambda: add_duty(DutyEntry(None, left, begins, begins + timedelta(hours=8)), actor=HEADS[1]),
        ):
            with pytest.raises(DomainError) as refused:
                verb()
            assert refused.value.code == "not_an_interventionist"

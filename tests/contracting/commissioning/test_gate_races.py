"""Two people at one gate at the same moment, in real threads and real transactions."""

import threading
from collections.abc import Iterator
from unittest import mock

import pytest

from audit.models import Entry
from contracting.commissioning import actions, steps
from contracting.commissioning.actions import steps as verbs
from contracting.commissioning.models import Cycle, Need, Step, StepDecision
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.factories.commissioning import ACTOR, diagnose, make_cycle, plan_scope, put_at, states_of, step_of
from tests.racing import at_once, committed_tenant, committing

db = committing


@pytest.fixture
def committed(db: None) -> Iterator[tuple[Tenant, Cycle]]:
    """A diagnosed cycle in a tenant of its own, really committed; removed afterwards."""
    with committed_tenant("bramka", "Bramka") as tenant:
        with tenant_scope(tenant):
            cycle = diagnose(make_cycle())
        yield tenant, cycle


def _pass_twice(tenant: Tenant, cycle: Cycle) -> list[str]:
    with tenant_scope(tenant):
        step = step_of(cycle, "needs_diagnosis")
    return sorted(
        at_once(
            tenant,
            *(
                lambda name=name: actions.pass_step(step, note=name, actor=ACTOR)  # type: ignore[misc]
                for name in ("pierwsza", "druga")
            ),
        )
    )


@pytest.mark.django_db
def test_the_lock_gives_the_steps_in_order_and_refuses_a_cycle_that_ended(in_alfa: Tenant) -> None:
    cycle = make_cycle()
    locked, own = verbs.lock_cycle(cycle.pk)
    assert (locked.pk, [step.kind for step in own]) == (cycle.pk, list(steps.ORDER))
    actions.abandon_cycle(cycle, reason="Próba", actor=ACTOR)
    with pytest.raises(DomainError) as refusal:
        verbs.lock_cycle(cycle.pk)
    assert refusal.value.code == "cycle_closed"


def test_without_the_lock_both_would_pass(committed: tuple[Tenant, Cycle]) -> None:
    """The race is real: with the lock taken away both pass the gate and both decisions stand."""
    tenant, cycle = committed
    both_have_read = threading.Barrier(2)

    def look_only(cycle_id: object) -> tuple[Cycle, list[Step]]:
        found: Cycle = Cycle.objects.get(pk=cycle_id)
        own = list(Step.objects.filter(cycle=found).order_by("position"))
        both_have_read.wait(timeout=10)
        return found, own

    with mock.patch.object(verbs, "lock_cycle", look_only):
        assert _pass_twice(tenant, cycle) == ["done", "done"]
    with tenant_scope(tenant):
        assert StepDecision.objects.filter(verb="passed").count() == 2


def test_of_two_who_pass_at_once_one_is_refused(committed: tuple[Tenant, Cycle]) -> None:
    tenant, cycle = committed
    assert _pass_twice(tenant, cycle) == ["done", "wrong_state"]
    with tenant_scope(tenant):
        assert StepDecision.objects.filter(verb="passed").count() == 1
        assert Entry.objects.filter(verb="pass_step").count() == 1
        assert states_of(cycle) == ["passed", "open", *["waiting"] * 5]
        step = step_of(cycle, "needs_diagnosis")
        assert step.note == StepDecision.objects.get(verb="passed").note


def test_removing_the_last_need_and_passing_at_once_never_passes_an_empty_diagnosis(
    committed: tuple[Tenant, Cycle],
) -> None:
    tenant, cycle = committed
    with tenant_scope(tenant):
        step = step_of(cycle, "needs_diagnosis")
    removed, passed = at_once(
        tenant,
        lambda: actions.edit_needs(cycle, [], actor=ACTOR),
        lambda: actions.pass_step(step, note="Zgoda", actor=ACTOR),
    )
    assert (removed, passed) in {("done", "gate_closed"), ("step_passed", "done")}
    with tenant_scope(tenant):
        assert Need.objects.exists() == (states_of(cycle)[0] == "passed")


def test_reopening_and_passing_a_later_step_at_once_leaves_a_track_in_order(
    committed: tuple[Tenant, Cycle],
) -> None:
    tenant, cycle = committed
    with tenant_scope(tenant):
        put_at(plan_scope(cycle), "scope")
        first, later = step_of(cycle, "needs_diagnosis"), step_of(cycle, "scope")
    reopened, passed = at_once(
        tenant,
        lambda: actions.reopen_step(first, reason="Nowa grupa", actor=ACTOR),
        lambda: actions.pass_step(later, note="Zgoda", actor=ACTOR),
    )
    assert reopened == "done" and passed in {"done", "earlier_step_open"}
    with tenant_scope(tenant):
        states = states_of(cycle)
        assert states == ["open", "to_review" if passed == "done" else "waiting", *["waiting"] * 5]

"""What is added to an accepted month fills the time of its worker and its person under every contract."""

import threading
from collections.abc import Iterator
from datetime import date, time
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracting.contracts.models import Contract
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from reporting.compliance import actions as compliance
from reporting.compliance.answers import answered_month
from reporting.compliance.queries import compare_month
from reporting.settlement.actions import (
    Correction,
    LateVisit,
    add_adjustment,
    add_late_visit,
    adjusting,
    late_visits,
    withdraw_adjustment,
)
from reporting.settlement.models import Adjustment
from tenants.models import Tenant
from tests.factories.care import ContractFactory, DecisionFactory, ServiceFactory, WorkerFactory, visit
from tests.racing import PATIENCE, at_once, committed_tenant, committing
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER, PROVIDER
from tests.reporting.settlement.world import ACCOUNTANT, SettledWorld, accepted_world

NOVEMBER = OCTOBER.next()
THE_DAY = date(2026, 10, 12)
committing_db = committing


@pytest.fixture
def world(in_alfa: Tenant) -> SettledWorld:
    return accepted_world(in_alfa)


def add(world: SettledWorld, contract: Contract, **changed: Any) -> Adjustment:
    fields: dict[str, Any] = {
        "decision": world.clean, "worker": world.worker, "date": THE_DAY, "start": time(8), "minutes": 60,
        "words": "Karta dotarła po przyjęciu", "carried_in": NOVEMBER, "justification": "Zgoda kierowniczki",
    }  # fmt: skip
    return add_late_visit(contract, OCTOBER, LateVisit(**{**fields, **changed}), actor=ACCOUNTANT)


def lengthen(world: SettledWorld, minutes: int = 60, **changed: Any) -> Adjustment:
    """Correct the visit of 1 October, 8:00 to 10:00."""
    fields: dict[str, Any] = {
        "visit_id": world.short.pk, "minutes": minutes, "reason": "longer", "words": "Wyszła później",
        "carried_in": NOVEMBER, "justification": "Zgoda kierowniczki",
    }  # fmt: skip
    return add_adjustment(world.contract, OCTOBER, Correction(**{**fields, **changed}), actor=ACCOUNTANT)


def found(contract: Contract) -> list[tuple[str, int | None]]:
    """The pairs that the comparison finds in October of the contract."""
    compared = compare_month(OCTOBER, contracts=[contract.pk])
    return [
        (one.code, one.minutes) for decision in compared.decisions for one in decision.deviations if one.other
    ]


def test_one_hour_of_a_worker_is_not_paid_under_two_contracts(world: SettledWorld) -> None:
    before = compare_month(OCTOBER, contracts=[world.contract.pk])
    made = add(world, world.contract)
    other: Any = ContractFactory(organisation=world.organisation)
    decision: Any = DecisionFactory(contract=other, minutes=600)
    visit(decision, world.worker, THE_DAY, "08:30", 60)
    visit(decision, world.worker, date(2026, 10, 13), "08:30", 60)
    assert found(other) == [("O1", 30)]
    compliance.submit_month(other, OCTOBER, actor=PROVIDER)
    with pytest.raises(DomainError):
        compliance.accept_month(other, OCTOBER, actor=DIRECTOR)
    codes = {one.code for one in answered_month(compare_month(OCTOBER, contracts=[other.pk])) if one.is_must}
    assert "O1" in codes
    # The accepted month is what it was: the visit that came later carries the pair.
    assert compare_month(OCTOBER, contracts=[world.contract.pk]) == before
    withdraw_adjustment(made, reason="Pomyłka", actor=ACCOUNTANT)
    assert found(other) == []


def test_one_visit_of_a_person_is_not_paid_under_two_contracts(world: SettledWorld) -> None:
    add(world, world.contract)
    other: Any = ContractFactory(organisation=world.organisation, service=ServiceFactory(code="meals"))
    decision: Any = DecisionFactory(contract=other, person=world.clean.person, minutes=600)
    visit(decision, world.worker, THE_DAY, "08:00", 60)
    visit(decision, WorkerFactory(organisation=world.organisation), THE_DAY, "07:30", 60)
    # The one that meets the late visit after its start is a duplicate; the other one shares half an hour with both.
    assert sorted(found(other), key=lambda one: str(one[0])) == [("O2", 30), ("O2", 30), ("T3", None)]


def test_any_number_of_late_visits_takes_the_same_queries(world: SettledWorld) -> None:
    other: Any = ContractFactory(organisation=world.organisation)
    decision: Any = DecisionFactory(contract=other, minutes=6000)
    taken = []
    for met, hour in enumerate((8, 12, 16), start=1):
        add(world, world.contract, start=time(hour))
        visit(decision, world.worker, THE_DAY, f"{hour:02}:30", 60)
        with CaptureQueriesContext(connection) as asked:
            assert found(other) == [("O1", 30)] * met
        taken.append(len(asked))
    assert len(set(taken)) == 1


def test_a_visit_is_not_lengthened_into_another_one_of_its_worker(world: SettledWorld) -> None:
    other: Any = ContractFactory(organisation=world.organisation)
    decision: Any = DecisionFactory(contract=other, minutes=600)
    visit(decision, world.worker, date(2026, 10, 1), "10:30", 60)
    with pytest.raises(DomainError) as refused:
        lengthen(world, 31)
    assert (refused.value.code, refused.value.problems[0].field) == ("visit_known", "minutes")
    assert not Adjustment.objects.exists()
    lengthen(world, 30)
    with pytest.raises(DomainError) as refused:
        lengthen(world, 1)
    assert refused.value.code == "visit_known"


@pytest.mark.parametrize("two_may_come", [True, False])
def test_a_visit_is_lengthened_into_one_of_its_person_only_where_two_may_come(
    world: SettledWorld, two_may_come: bool
) -> None:
    colleague: Any = WorkerFactory(organisation=world.organisation)
    meals: Any = ContractFactory(organisation=world.organisation, service=ServiceFactory(code="meals"))
    decision: Any = DecisionFactory(contract=meals, person=world.clean.person, two_workers=two_may_come)
    visit(decision, colleague, date(2026, 10, 1), "10:30", 60)
    if two_may_come:
        lengthen(world)
    else:
        with pytest.raises(DomainError) as refused:
            lengthen(world)
        assert refused.value.code == "visit_known"


def test_what_a_visit_was_lengthened_by_is_held_against_months_still_open(world: SettledWorld) -> None:
    before = compare_month(OCTOBER, contracts=[world.contract.pk])
    made = lengthen(world)
    other: Any = ContractFactory(organisation=world.organisation)
    decision: Any = DecisionFactory(contract=other, minutes=600)
    visit(decision, world.worker, date(2026, 10, 1), "10:20", 60)
    assert found(other) == [("O1", 40)]
    assert compare_month(OCTOBER, contracts=[world.contract.pk]) == before
    with pytest.raises(DomainError) as refused:
        add(world, world.contract, date=date(2026, 10, 1), start=time(10, 59), minutes=5)
    assert refused.value.code == "visit_known"
    withdraw_adjustment(made, reason="Pomyłka", actor=ACCOUNTANT)
    assert found(other) == []


def test_time_that_a_correction_freed_is_not_taken_back_from_whoever_has_it_since(
    world: SettledWorld,
) -> None:
    late = add(world, world.contract)
    shorter = lengthen(world, -30, visit_id=late.line.visit_id, reason="shorter")
    lengthen(world)
    cut = lengthen(world, -30)
    add(world, world.contract, start=time(8, 30), minutes=30)
    add(world, world.contract, date=date(2026, 10, 1), start=time(10, 30), minutes=30)
    for one in (shorter, cut):
        with pytest.raises(DomainError) as refused:
            withdraw_adjustment(one, reason="Pomyłka", actor=ACCOUNTANT)
        assert refused.value.code == "visit_known"


def test_a_correction_made_after_minutes_were_taken_off_rests_on_that(world: SettledWorld) -> None:
    """60 taken off and 60 added count nothing anew; without the first, the second would, and nobody was asked."""
    first = lengthen(world, -60)
    second = lengthen(world, 60, justification="")
    with pytest.raises(DomainError) as refused:
        withdraw_adjustment(first, reason="Pomyłka", actor=ACCOUNTANT)
    assert refused.value.code == "corrected_since"
    withdraw_adjustment(second, reason="Pomyłka", actor=ACCOUNTANT)
    withdraw_adjustment(first, reason="Pomyłka", actor=ACCOUNTANT)


@pytest.fixture
def committed(committing_db: None) -> Iterator[SettledWorld]:
    with committed_tenant("dopisane", "Dopisane") as tenant:
        yield accepted_world(tenant)


def accepted_beside(world: SettledWorld) -> Any:
    """A decision without visits under another contract of the organisation, its October accepted."""
    other: Any = ContractFactory(organisation=world.organisation)
    decision: Any = DecisionFactory(contract=other, minutes=6000)
    compliance.submit_month(other, OCTOBER, actor=PROVIDER)
    answered = answered_month(compare_month(OCTOBER, contracts=[other.pk]))
    points = [(one.code, one.subject) for one in answered if one.is_must]
    compliance.justify_deviations(
        other, OCTOBER, points=points, reason="health", together=True, actor=DIRECTOR
    )
    compliance.accept_month(other, OCTOBER, actor=DIRECTOR)
    return decision


def test_of_two_late_visits_at_once_under_two_contracts_one_is_taken(committed: SettledWorld) -> None:
    world = committed
    with tenant_scope(world.tenant):
        other = accepted_beside(world)
    both_are_there, hold = threading.Barrier(2), late_visits.lock_time

    def together(*args: Any) -> None:
        both_are_there.wait(PATIENCE)
        hold(*args)

    with mock.patch.object(late_visits, "lock_time", together):
        outcomes = at_once(
            world.tenant,
            lambda: add(world, world.contract),
            lambda: add(world, other.contract, decision=other),
        )
    assert sorted(outcomes) == ["done", "visit_known"]


def test_of_a_late_visit_and_a_lengthened_one_at_once_under_two_contracts_one_is_taken(
    committed: SettledWorld,
) -> None:
    world = committed
    with tenant_scope(world.tenant):
        other = accepted_beside(world)
    both_are_there, hold = threading.Barrier(2), late_visits.lock_time

    def together(*args: Any) -> None:
        both_are_there.wait(PATIENCE)
        hold(*args)

    with (
        mock.patch.object(late_visits, "lock_time", together),
        mock.patch.object(adjusting, "lock_time", together),
    ):
        outcomes = at_once(
            world.tenant,
            lambda: lengthen(world),
            lambda: add(world, other.contract, decision=other, date=date(2026, 10, 1), start=time(10, 30)),
        )
    assert sorted(outcomes) == ["done", "visit_known"]

"""Accepting many months in one action: what it takes, what it leaves, and that a lost worker changes nothing."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Entry
from contracting.contracts.models import Contract
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from reporting.compliance import actions, schedule
from reporting.compliance.actions import accepting
from reporting.compliance.models import BulkAcceptance, BulkAcceptanceLine, ContractMonth
from reporting.statistics.models import FactsBatch
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory, DecisionFactory, WorkerFactory, visit
from tests.factories.facts import told_of_care
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER, PROVIDER, ClosingWorld, build_world

SignIn = Callable[..., Client]
PAGE = "/alfa/month/months/2026-10/accept/"
CLEAN = 5


@pytest.fixture
def world(alfa: Tenant) -> ClosingWorld:
    """Five contracts in order and one with something to explain, all handed in."""
    world = build_world(alfa)
    with tenant_scope(alfa):
        for _ in range(CLEAN):
            contract = ContractFactory()
            worker = WorkerFactory(organisation=contract.organisation)
            decision = DecisionFactory(contract=contract, minutes=120)
            visit(decision, worker, date(2026, 10, 1), "08:00", 120)
        for contract in Contract.objects.all():
            actions.submit_month(contract, OCTOBER, actor=PROVIDER)
    return world


def _states() -> dict[str, int]:
    found = ContractMonth.objects.values_list("state", flat=True)
    return {state: list(found).count(state) for state in set(found)}


def _results() -> list[tuple[Any, ...]]:
    return list(
        ContractMonth.objects.order_by("contract__number").values_list(
            "contract__number", "state", "accepted_minutes", "snapshot_sha256", "accepted_by_name"
        )
    )


def test_the_page_says_what_it_will_do_and_does_that(
    alfa: Tenant, world: ClosingWorld, sign_in: SignIn
) -> None:
    client = sign_in(Role.COORDINATOR, alfa)
    assert "Przyjmij 6 oddanych miesięcy…" in client.get("/alfa/month/months/?month=2026-10").content.decode()
    page = client.get(PAGE).content.decode()
    assert "Przyjmij 5 miesięcy" in page
    assert "1 odchylenie do wyjaśnienia" in page
    answer = client.post(PAGE, follow=True)
    assert "0 / 6" in answer.content.decode()
    again = client.post(PAGE)
    assert again.status_code == 422
    assert "Ktoś już zaczął przyjmować te miesiące" in again.content.decode()
    with tenant_scope(alfa):
        asked = BulkAcceptance.objects.get()
        schedule.accept_many(str(asked.pk))
        assert _states() == {"accepted": CLEAN, "submitted": 1}
    progress = client.get(f"/alfa/month/months/acceptances/{asked.pk}/progress/")
    assert progress["HX-Refresh"] == "true"
    told = client.get(f"/alfa/month/months/acceptances/{asked.pk}/").content.decode()
    assert "Przyjęto 5 miesięcy; ich liczby są ostateczne." in told
    assert world.contract.number in told
    assert "1 odchylenie do wyjaśnienia" in told


def test_nothing_handed_in_is_nothing_to_accept(alfa: Tenant, sign_in: SignIn) -> None:
    client = sign_in(Role.DIRECTOR, alfa)
    assert "Teraz nie ma czego przyjąć" in client.get(PAGE).content.decode()
    answer = client.post(PAGE)
    assert answer.status_code == 422
    assert "Na przyjęcie nie czeka żaden miesiąc 10.2026" in answer.content.decode()
    assert client.get("/alfa/month/months/2026-13/accept/").status_code == 404


def test_whether_all_at_once_or_one_by_one_with_lost_workers_the_result_is_the_same(
    alfa: Tenant, world: ClosingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepting, "AT_ONCE", 2)
    handed_over: list[str] = []
    monkeypatch.setattr(schedule, "hand_over", lambda _task, pk: handed_over.append(str(pk)) or True)
    with tenant_scope(alfa):
        asked = actions.ask_bulk_acceptance(OCTOBER, actor=DIRECTOR)
        assert accepting.accept_next(asked.pk)

        def lost(*_given: Any, **_named: Any) -> None:
            raise SystemExit("the worker was killed")

        with monkeypatch.context() as killed:
            killed.setattr(accepting, "_done", lost)
            with pytest.raises(SystemExit):
                accepting.accept_next(asked.pk)
        assert BulkAcceptanceLine.objects.filter(state="waiting").count() == 4
        assert _states()["accepted"] == BulkAcceptanceLine.objects.filter(state="accepted").count() < CLEAN
    assert schedule.resume_acceptances() == 0
    with tenant_scope(alfa):
        BulkAcceptance.objects.update(moved_at=timezone.now() - schedule.SILENCE - timedelta(seconds=1))
    assert schedule.resume_acceptances() == 1
    assert handed_over == [str(asked.pk)]
    with tenant_scope(alfa):
        schedule.accept_many(str(asked.pk))
        schedule.accept_many(str(asked.pk))
        together = _results()
        assert Entry.objects.filter(verb="accept_month").count() == CLEAN
        for contract in Contract.objects.exclude(pk=world.contract.pk):
            actions.reopen_month(contract, OCTOBER, reason="próba", actor=DIRECTOR)
            actions.submit_month(contract, OCTOBER, actor=PROVIDER)
            actions.accept_month(contract, OCTOBER, actor=DIRECTOR)
        assert _results() == together
    told = told_of_care(alfa, OCTOBER.first)
    assert told and (told[0], told[2]) == (CLEAN, CLEAN * 120)


def test_one_that_is_refused_after_all_holds_up_no_other(
    alfa: Tenant, world: ClosingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_scope(alfa):
        asked = actions.ask_bulk_acceptance(OCTOBER, actor=DIRECTOR)
        quick = Contract.objects.exclude(pk=world.contract.pk).order_by("number")[2]
        actions.return_month(quick, OCTOBER, reason="pomyłka", actor=DIRECTOR)
        # As if it had been found in order before somebody explained it away.
        monkeypatch.setattr(accepting, "open_points", lambda *_given: {})
        schedule.accept_many(str(asked.pk))
        lines = {line.contract_id: line for line in BulkAcceptanceLine.objects.all()}
        assert (lines[world.contract.pk].refusal, lines[world.contract.pk].open_must) == (
            "open_deviations",
            1,
        )
        assert lines[quick.pk].state == "refused"
        assert lines[quick.pk].open_must == 0
        assert _states() == {"accepted": CLEAN - 1, "returned": 1, "submitted": 1}


def test_it_is_asked_once_at_a_time_and_the_region_is_told_in_steps(
    alfa: Tenant, world: ClosingWorld
) -> None:
    with tenant_scope(alfa):
        asked = actions.ask_bulk_acceptance(OCTOBER, actor=DIRECTOR)
        with pytest.raises(DomainError) as refused:
            actions.ask_bulk_acceptance(OCTOBER, actor=DIRECTOR)
        assert refused.value.code == "acceptance_going_on"
        assert BulkAcceptance.objects.count() == 1
        schedule.accept_many(str(asked.pk))
        assert actions.ask_bulk_acceptance(OCTOBER, actor=DIRECTOR).lines.count() == 1
    assert FactsBatch.objects.filter(tenant=alfa).count() == 1


def test_ten_contracts_take_hardly_more_questions_than_five(alfa: Tenant, world: ClosingWorld) -> None:
    def questions(count: int) -> int:
        with tenant_scope(alfa):
            contracts = list(Contract.objects.exclude(pk=world.contract.pk).order_by("number")[:count])
            with CaptureQueriesContext(connection) as asked:
                actions.accept_months(contracts, OCTOBER, actor=DIRECTOR)
            for contract in contracts:
                actions.reopen_month(contract, OCTOBER, reason="próba", actor=DIRECTOR)
                actions.submit_month(contract, OCTOBER, actor=PROVIDER)
            return len(asked)

    # Both replace what was told before: the first time has no older figures to put aside.
    _first, one, five = questions(1), questions(1), questions(5)
    # Locks, the frozen month, the row and its line of audit are each contract's own, and what other apps keep of it:
    # accepted lines, commitments, messages to the provider's system. Comparing and telling the region are not.
    assert (five - one) / 4 <= 16

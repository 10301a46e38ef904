"""A real worker process is killed in the middle of accepting many months: nothing is lost and nothing done twice."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from audit.models import Entry
from contracting.contracts.models import Contract
from kernel.tenancy import tenant_scope
from reporting.compliance import actions, schedule
from reporting.compliance.actions.accepting import AT_ONCE
from reporting.compliance.models import BulkAcceptance, BulkAcceptanceLine, ContractMonth
from reporting.compliance.snapshots import digest_of
from tenants.models import Tenant
from tests.factories.care import ContractFactory, DecisionFactory, WorkerFactory, visit
from tests.factories.facts import told_of_care
from tests.racing import committed_tenant, committing
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER, PROVIDER
from tests.workers import Worker

db = committing

CONTRACTS = 200


@pytest.fixture
def committed(db: None) -> Iterator[Tenant]:
    """A tenant, really committed, whose months of October are all handed in and in order."""
    with committed_tenant("zabity-proces", "Przerwana") as tenant:
        with tenant_scope(tenant):
            for _number in range(CONTRACTS):
                contract = ContractFactory()
                worker = WorkerFactory(organisation=contract.organisation)
                decision = DecisionFactory(contract=contract, minutes=120)
                visit(decision, worker, date(2026, 10, 1), "08:00", 120)
                actions.submit_month(contract, OCTOBER, actor=PROVIDER)
        yield tenant


def _accepted() -> int:
    return BulkAcceptanceLine.objects.filter(state="accepted").count()


def test_a_worker_killed_in_the_middle_changes_nothing_in_the_result(
    committed: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = schedule.accept_many.name
    with tenant_scope(committed):
        monkeypatch.setattr(schedule, "hand_over_after_commit", lambda *_given, **_named: None)
        asked = actions.ask_bulk_acceptance(OCTOBER, actor=DIRECTOR)
        first = Worker(tmp_path)
        # The second part cannot be finished while its last month is held here: there the worker is killed.
        held = Contract.objects.order_by("number")[2 * AT_ONCE - 1]
        with transaction.atomic():
            ContractMonth.objects.select_for_update().get(contract=held)
            first.send(name, str(asked.pk))
            first.wait_until(lambda: _accepted() == AT_ONCE)
            first.kill()
        assert _accepted() == AT_ONCE == ContractMonth.objects.filter(state="accepted").count()
        long_ago = timezone.now() - schedule.SILENCE - timedelta(seconds=1)
        BulkAcceptance.objects.update(moved_at=long_ago)
    second = Worker(tmp_path)

    def send_again(_task: Any, pk: object) -> bool:
        second.send(name, str(pk))
        return True

    monkeypatch.setattr(schedule, "hand_over", send_again)
    try:
        assert schedule.resume_acceptances() >= 1
        with tenant_scope(committed):
            second.wait_until(lambda: BulkAcceptance.objects.filter(finished_at__isnull=False).exists())
    finally:
        second.stop()
    with tenant_scope(committed):
        assert _accepted() == CONTRACTS
        noted = Entry.objects.filter(verb="accept_month").values_list("subject_id", flat=True)
        assert len(noted) == len(set(noted)) == CONTRACTS, "one line of the record for each"
        for row in ContractMonth.objects.all():
            assert row.snapshot_sha256 == digest_of(row.snapshot)
    told = told_of_care(committed, OCTOBER.first)
    assert told and (told[0], told[2]) == (CONTRACTS, CONTRACTS * 120)

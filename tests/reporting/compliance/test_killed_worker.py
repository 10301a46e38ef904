"""200 months of 60 providers and 3,000 decisions close in one action, of which a worker process is killed in the middle.

The page says how far it is; nothing is lost and nothing done twice: what comes out is what comes out one by one.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.models import Entry
from contracting.contracts.models import Contract
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from reporting.care.models import Decision
from reporting.compliance import actions, schedule
from reporting.compliance.actions.accepting import AT_ONCE
from reporting.compliance.models import BulkAcceptance, BulkAcceptanceLine, ContractMonth
from reporting.compliance.snapshots import digest_of
from tenants.models import Tenant
from tests.copies import copied_database
from tests.factories.closing import hand_in_months
from tests.factories.facts import told_of_care
from tests.factories.people import signed_in_client
from tests.racing import committing, new_tenant
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER
from tests.workers import Worker

db = committing

PROVIDERS, CONTRACTS, DECISIONS = 60, 200, 3_000
CLEAN = CONTRACTS - 1
# One month has more in it than was granted, and waits for somebody's word.
UNCLEAR = "U/150"
# Months of one provider each, in the parts before, at and after the kill.
COMPARED = "U/040"
# A few seconds where the machine has nothing else to do.
_PATIENCE = 180

Result = list[tuple[str, str, int | None, str]]


@pytest.fixture
def committed(db: None) -> Iterator[Tenant]:
    """A tenant whose months of October are all handed in and in order, but for one.

    In a database of its own: what a worker does with the figures that are pushed, such as releasing them, goes with it.
    """
    with copied_database("closing"):
        tenant = new_tenant("zabity-proces", "Przerwana")
        hand_in_months(
            tenant, OCTOBER, providers=PROVIDERS, contracts=CONTRACTS, decisions=DECISIONS, visits_each=1
        )
        with tenant_scope(tenant):
            Decision.objects.filter(contract__number=UNCLEAR).update(minutes=45)
        yield tenant


def _accepted() -> int:
    return BulkAcceptanceLine.objects.filter(state="accepted").count()


def _result() -> Result:
    """The months that are compared: around the kill, and the one that cannot be accepted."""
    months = ContractMonth.objects.filter(Q(contract__number__lt=COMPARED) | Q(contract__number=UNCLEAR))
    return list(
        months.order_by("contract__number").values_list(
            "contract__number", "state", "accepted_minutes", "snapshot_sha256"
        )
    )


def _one_by_one() -> Result:
    """Each of these months accepted by itself, and all of it undone."""
    with transaction.atomic():
        for contract in Contract.objects.filter(number__lt=COMPARED):
            actions.accept_month(contract, OCTOBER, actor=DIRECTOR)
        with pytest.raises(DomainError):
            actions.accept_month(Contract.objects.get(number=UNCLEAR), OCTOBER, actor=DIRECTOR)
        result = _result()
        transaction.set_rollback(True)
    return result


def test_a_worker_killed_in_the_middle_changes_nothing_in_the_result(
    committed: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = schedule.accept_many.name
    client = signed_in_client("director", committed)
    page = f"/{committed.slug}/month/months/2026-10/accept/"
    with tenant_scope(committed):
        expected = _one_by_one()
    monkeypatch.setattr(schedule, "hand_over_after_commit", lambda *_given, **_named: None)
    assert f"Przyjmij {CLEAN} miesięcy" in client.get(page).content.decode()
    follow = client.post(page)["Location"]
    with tenant_scope(committed):
        asked = BulkAcceptance.objects.get()
        first = Worker(tmp_path)
        # The second part cannot be finished while its last month is held here: there the worker is killed.
        held = Contract.objects.order_by("number")[2 * AT_ONCE - 1]
        with transaction.atomic():
            ContractMonth.objects.select_for_update().get(contract=held)
            first.send(name, str(asked.pk))
            try:
                first.wait_until(lambda: _accepted() == AT_ONCE, seconds=_PATIENCE)
            finally:
                first.kill()
        assert _accepted() == AT_ONCE == ContractMonth.objects.filter(state="accepted").count()
        long_ago = timezone.now() - schedule.SILENCE - timedelta(seconds=1)
        BulkAcceptance.objects.update(moved_at=long_ago)
    for address in (follow, f"{follow}progress/"):
        assert f"{AT_ONCE} / {CONTRACTS}" in client.get(address).content.decode()
    second = Worker(tmp_path)

    def send_again(_task: Any, pk: object) -> bool:
        second.send(name, str(pk))
        return True

    monkeypatch.setattr(schedule, "hand_over", send_again)
    try:
        assert schedule.resume_acceptances() >= 1
        with tenant_scope(committed):
            finished = BulkAcceptance.objects.filter(finished_at__isnull=False)
            second.wait_until(finished.exists, seconds=_PATIENCE)
    finally:
        second.stop()
    with tenant_scope(committed):
        assert _accepted() == CLEAN
        noted = Entry.objects.filter(verb="accept_month").values_list("subject_id", flat=True)
        assert len(noted) == len(set(noted)) == CLEAN, "one line of the record for each"
        assert _result() == expected, "whether killed or not, at once or one by one"
        for row in ContractMonth.objects.filter(state="accepted"):
            assert row.snapshot_sha256 == digest_of(row.snapshot)
        minutes = 60 * Decision.objects.exclude(contract__number=UNCLEAR).count()
    assert client.get(f"{follow}progress/")["HX-Refresh"] == "true"
    told = client.get(follow).content.decode()
    assert f"Przyjęto {CLEAN} miesięcy; ich liczby są ostateczne." in told and UNCLEAR in told
    facts = told_of_care(committed, OCTOBER.first)
    assert facts and facts[2] == minutes

"""What supervision of a cycle is told of its months."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from contracting.commissioning.contributions import contribution_to
from kernel.access import Access, Actor
from reporting.compliance.chain import tell_supervision
from reporting.compliance.models import ContractMonth
from reporting.statistics.chain import tell_evaluation
from reporting.statistics.chain import tell_supervision as tell_hours
from reporting.statistics.models import Fact
from tests.factories.care import ContractFactory
from tests.factories.commissioning import make_cycle
from tests.factories.facts import batch_of, care_facts


@pytest.fixture
def cycle(in_alfa: Any) -> Any:
    """A cycle of the first three months of 2026."""
    return make_cycle(title="Usługi 2026", period_from=date(2026, 1, 1), period_to=date(2026, 3, 31))


def _month(contract: Any, month: int, state: str) -> None:
    frozen = {"accepted_minutes": 60, "snapshot_sha256": "0" * 64} if state == "accepted" else {}
    ContractMonth.objects.create(contract=contract, month=date(2026, month, 1), state=state, **frozen)


def _done(cycle: Any) -> list[bool]:
    return [check.done for check in tell_supervision(cycle, None).items]


def test_without_a_contract_only_the_period_counts(cycle: Any) -> None:
    assert _done(cycle) == [True]
    cycle.period_to = timezone.localdate()
    assert _done(cycle) == [False]
    cycle.period_to = timezone.localdate() - timedelta(days=1)
    assert _done(cycle) == [True]


def test_a_month_handed_in_and_not_decided_shuts_the_gate(cycle: Any) -> None:
    contract = ContractFactory(valid_from=date(2025, 7, 1), valid_to=date(2026, 12, 31))
    _month(contract, 1, "accepted")
    _month(contract, 2, "submitted")
    # Outside the period nothing counts.
    _month(contract, 4, "submitted")
    told = tell_supervision(cycle, None)
    assert [check.done for check in told.items] == [True, False, False]
    assert len(told.unmet) == 1 and str(told.links[0].value) == "1 z 3"
    ContractMonth.objects.filter(state="submitted").update(
        state="accepted", accepted_minutes=60, snapshot_sha256="0" * 64
    )
    assert [check.done for check in tell_supervision(cycle, None).items] == [True, True, False]
    _month(contract, 3, "accepted")
    assert _done(cycle) == [True, True, True]


def test_each_contract_counts_in_the_months_it_is_valid_in(cycle: Any) -> None:
    ContractFactory(valid_from=date(2026, 1, 15), valid_to=date(2026, 2, 10))
    ContractFactory(valid_from=date(2026, 3, 31), valid_to=date(2026, 12, 31))
    assert str(tell_supervision(cycle, None).links[0].value) == "0 z 3"


def test_who_may_not_read_months_gets_no_link_to_them(cycle: Any) -> None:
    ContractFactory(valid_from=date(2026, 1, 1), valid_to=date(2026, 3, 31))
    reader = Access(Actor.system("x"), frozenset({"benefits_worker"}), frozenset(), None)
    assert tell_supervision(cycle, reader).links[0].href == ""
    assert tell_supervision(cycle, None).links[0].href == "/alfa/month/months/"


def _fact(
    tenant: Any, month: date, granted: int, delivered: int, code: str = "care", current: bool = True
) -> None:
    care_facts(batch_of(tenant, month), 9, granted, delivered, service=code, current=current)


def test_fulfilment_sums_the_tenants_own_newest_figures_of_the_service(
    cycle: Any, in_alfa: Any, beta: Any
) -> None:
    assert tell_evaluation(cycle, None).links == ()
    _fact(in_alfa, date(2026, 1, 1), 6000, 5400)
    _fact(in_alfa, date(2026, 3, 1), 4000, 4000)
    _fact(in_alfa, date(2026, 1, 1), 9999, 1, current=False)
    _fact(in_alfa, date(2026, 1, 1), 9999, 1, code="advice")
    _fact(in_alfa, date(2026, 4, 1), 9999, 1)
    _fact(beta, date(2026, 1, 1), 9999, 1)
    (link,) = tell_evaluation(cycle, None).links
    assert str(link.value).replace("\xa0", " ") == "94,0 % (156 h 40 min z 166 h 40 min)"
    supervision = contribution_to("supervision", cycle, None)
    assert [link.minutes for link in supervision.links if link.minutes is not None] == [10_000, 9_400]


def test_hours_that_were_counted_in_two_ways_are_not_added_up(cycle: Any, in_alfa: Any) -> None:
    for month in (1, 2):
        batch = batch_of(in_alfa, date(2026, month, 1))
        care_facts(batch, 6, 600, 480, service=cycle.service.code)
    granted, delivered = tell_hours(cycle, None).links
    assert (granted.minutes, delivered.minutes) == (1200, 960)
    Fact.objects.filter(period=date(2026, 2, 1), indicator="care_hours_granted").update(version=2)
    for tell in (tell_hours, tell_evaluation):
        told = tell(cycle, None)
        assert told.links == () and "nie można zsumować" in str(told.notes[0])

"""Until when something lasts at the rate of late: the day of its last minute, the days that the rate is of."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from contracting.contracts.rules.lasting import Rate, rate_of, runs_out_on
from contracting.contracts.warnings import warnings_of
from kernel.tenancy import tenant_scope
from reporting.compliance.today.pace import pace_of
from reporting.settlement.ledger import contract_use
from tenants.models import Tenant
from tests.factories.care import ContractFactory, DecisionFactory, WorkerFactory, visit

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("left", "used", "days", "after"),
    [(100, 10, 1, 10), (101, 10, 1, 11), (0, 10, 1, 0), (-5, 10, 1, 0), (100, 0, 5, None), (1, 60, 60, 1)],
)
def test_the_day_is_that_of_the_last_minute(left: int, used: int, days: int, after: int | None) -> None:
    rate = Rate(TODAY - timedelta(days=days - 1), TODAY, used)
    assert runs_out_on(left, rate) == (None if after is None else TODAY + timedelta(days=after))
    assert runs_out_on(left, None) is None


def test_the_pace_is_of_the_last_sixty_days_with_the_newest_visit() -> None:
    daily = {TODAY: 60, TODAY - timedelta(days=59): 30, TODAY - timedelta(days=60): 600}
    assert rate_of(daily, date(2026, 1, 1)) == Rate(TODAY - timedelta(days=59), TODAY, 90)
    assert rate_of(daily, TODAY - timedelta(days=9)) == Rate(TODAY - timedelta(days=9), TODAY, 60)
    assert rate_of({}, TODAY) is None


def test_warning_start_page_and_ledger_name_one_day(alfa: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Much in January, little of late: what all pages say is the pace of the last sixty days."""
    monkeypatch.setattr(timezone, "now", lambda: datetime(TODAY.year, TODAY.month, TODAY.day, 11, tzinfo=UTC))
    with tenant_scope(alfa):
        contract: Any = ContractFactory(cap_minutes=1800, valid_to=date(2027, 6, 30))
        decision: Any = DecisionFactory(contract=contract)
        worker: Any = WorkerFactory(organisation=contract.organisation)
        visit(decision, worker, date(2026, 1, 10), "08:00", 600)
        for back in (1, 30, 60):
            visit(decision, worker, TODAY - timedelta(days=back), "08:00", 200)
        # The sixty days to 21 November saw 600 minutes: 600 are left, and last sixty days more.
        expected = TODAY - timedelta(days=1) + timedelta(days=60)
        use = contract_use(contract, TODAY).minutes
        assert use is not None
        assert use.runs_out == expected
        assert pace_of([contract], TODAY).caps[0].lasts_until == expected
        with override("en"):
            told = [
                str(one).replace("\xa0", " ") for one in warnings_of([contract], today=TODAY)[contract.pk]
            ]
    assert told == [
        "At the present pace the hours end on 20 January 2027, before the contract (30 June 2027)."
    ]

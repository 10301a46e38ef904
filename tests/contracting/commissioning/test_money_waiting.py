"""The start page warns those who edit the financing before a cycle's money ends (S-045)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracting.commissioning import steps
from contracting.commissioning.models import CostLine, Cycle, FundingSource, ScopeItem
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from tests.factories.commissioning import make_cycle, put_at


def _cycle(first: Month, months: int, hours_funded: int, title: str = "Usługi") -> Cycle:
    """A cycle past its financing: 65 h a month planned from that month on, money for so many hours in each year."""
    last = first
    for _month in range(months - 1):
        last = last.next()
    cycle = put_at(
        make_cycle(title=title, period_from=first.first, period_to=last.last), steps.CONTRACTOR_CHOICE
    )
    ScopeItem.objects.create(
        cycle=cycle, activity=cycle.service.activities.first(), performer="carer", mode="together",
        times_week=3, minutes_each=60, persons=5,
    )  # fmt: skip
    for year in {first.year, last.year}:
        amount = Decimal(40 * hours_funded)
        FundingSource.objects.create(cycle=cycle, year=year, kind="own_budget", amount=amount)
        CostLine.objects.create(
            cycle=cycle, year=year, kind="care_hours", unit_cost=40, quantity=hours_funded, amount=amount
        )
    return cycle


def _today(client: Any) -> str:
    return str(client.get("/alfa/").content.decode())


@pytest.mark.parametrize(("role", "warned"), [("accountant", True), ("director", True), ("inspector", False)])
def test_who_edits_the_financing_is_warned(alfa: Any, sign_in: Any, role: str, warned: bool) -> None:
    with tenant_scope(alfa):
        _cycle(Month.of(timezone.localdate()), 1, hours_funded=64)
    assert ("Nie w pełni pokryty" in _today(sign_in(role, alfa))) is warned


@pytest.mark.parametrize(
    ("months_ahead", "hours", "warned"),
    [(0, 65, False), (0, 64, True), (5, 64, True), (8, 64, False)],
)
def test_only_what_is_near_and_lacks_money(
    alfa: Any, sign_in: Any, months_ahead: int, hours: int, warned: bool
) -> None:
    first = Month.of(timezone.localdate())
    for _month in range(months_ahead):
        first = first.next()
    with tenant_scope(alfa):
        _cycle(first, 1, hours_funded=hours)
    assert ("Nie w pełni pokryty" in _today(sign_in("accountant", alfa))) is warned


def test_a_cycle_whose_financing_is_still_open_or_that_is_over_warns_nobody(alfa: Any, sign_in: Any) -> None:
    month = Month.of(timezone.localdate())
    with tenant_scope(alfa):
        put_at(_cycle(month, 1, hours_funded=1, title="W pracy"), steps.FINANCING)
        _cycle(Month.of(date(2020, 1, 1)), 1, hours_funded=1, title="Dawny")
    assert "Nie w pełni pokryty" not in _today(sign_in("accountant", alfa))


def test_queries_do_not_grow_with_cycles(alfa: Any, sign_in: Any) -> None:
    client = sign_in("accountant", alfa)
    month = Month.of(timezone.localdate())

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/alfa/").status_code == 200
        return len(queries)

    with tenant_scope(alfa):
        _cycle(month, 1, hours_funded=1, title="A")
    client.get("/alfa/")
    few = asked()
    with tenant_scope(alfa):
        for number in range(4):
            _cycle(month, 2, hours_funded=number + 1, title=f"B{number}")
    assert asked() == few
    assert _today(client).count("pokryty") >= 5


def test_the_last_month_that_is_funded_is_named(alfa: Any, sign_in: Any) -> None:
    first = Month.of(timezone.localdate() + timedelta(days=40))
    if first.month > 10:
        first = Month(first.year + 1, 1)
    with tenant_scope(alfa):
        _cycle(first, 2, hours_funded=65)
    text = _today(sign_in("accountant", alfa))
    near = first.next().first <= timezone.localdate() + timedelta(days=183)
    assert ("Ostatni w pełni pokryty miesiąc" in text) is near

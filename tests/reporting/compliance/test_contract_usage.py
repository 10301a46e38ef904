"""How much of a contract is used, as its page shows it."""

from datetime import date
from typing import Any

import pytest

from kernel.tenancy import tenant_scope
from tests.factories.care import ContractFactory, DecisionFactory, WorkerFactory, visit
from tests.factories.people import partner


@pytest.fixture
def contract(alfa: Any) -> Any:
    organisation = partner(alfa)
    with tenant_scope(alfa):
        contract = ContractFactory(organisation=organisation, cap_minutes=1200)
        decision = DecisionFactory(contract=contract)
        worker = WorkerFactory(organisation=organisation)
        visit(decision, worker, date(2026, 2, 2), "08:00", 120)
        visit(decision, worker, date(2026, 2, 3), "08:00", 180)
        visit(decision, worker, date(2026, 2, 4), "08:00", 60, state="no_show")
    return contract


@pytest.mark.parametrize("role", ["director", "accountant"])
def test_minutes_done_count(alfa: Any, contract: Any, sign_in: Any, role: str) -> None:
    page = sign_in(role, alfa).get(f"/alfa/month/usage/{contract.pk}/").content.decode()
    assert "5:00" in page and "25,0" in page
    assert ("/alfa/care/decisions/" in page) is (role == "director")


def test_without_a_cap(alfa: Any, contract: Any, sign_in: Any) -> None:
    with tenant_scope(alfa):
        contract.cap_minutes = None
        contract.save()
    page = sign_in("director", alfa).get(f"/alfa/month/usage/{contract.pk}/").content.decode()
    assert "5:00" in page and "bez limitu" in page

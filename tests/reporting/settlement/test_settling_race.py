"""Two accountants at once: each złoty of a contract is settled once, whatever they do together."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from contracting.contracts.models import Tranche
from kernel.tenancy import tenant_scope
from reporting.compliance import actions as compliance
from reporting.settlement import actions
from reporting.settlement.models import Settlement, TranchePayment
from tests.racing import at_once, committed_tenant, committing
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER
from tests.reporting.settlement.world import ACCOUNTANT, SettledWorld, accepted_world

db = committing


@pytest.fixture
def committed(db: None) -> Iterator[SettledWorld]:
    with committed_tenant("rozliczenia", "Rozliczenia") as tenant:
        yield accepted_world(tenant)


def test_two_accountants_at_once(committed: SettledWorld) -> None:
    contract, tenant = committed.contract, committed.tenant
    confirm = [lambda: actions.confirm_settlement(contract, OCTOBER, actor=ACCOUNTANT)] * 2
    assert sorted(at_once(tenant, *confirm)) == ["done", "wrong_state"]
    settle = [lambda: actions.settle(contract, OCTOBER, actor=ACCOUNTANT)] * 2
    assert sorted(at_once(tenant, *settle)) == ["done", "wrong_state"]
    # One takes it back while the director opens the month: either order is sound, never an open month settled.
    outcomes = at_once(
        tenant,
        lambda: actions.take_back_settlement(contract, OCTOBER, reason="Błąd", actor=ACCOUNTANT),
        lambda: compliance.reopen_month(contract, OCTOBER, reason="Błąd", actor=DIRECTOR),
    )
    assert outcomes[0] == "done"
    assert outcomes[1] in {"done", "month_settled"}
    with tenant_scope(tenant):
        assert Settlement.objects.get().state == "draft"
        assert committed.month().state in {"accepted", "returned"}
        Tranche.objects.create(contract=contract, year=2026, amount=Decimal(100))

    def pay() -> TranchePayment:
        return actions.record_tranche_payment(
            contract, year=2026, paid_on=date(2026, 10, 1), amount=Decimal(60), actor=ACCOUNTANT
        )

    assert sorted(at_once(tenant, pay, pay)) == ["done", "over_the_tranche"]

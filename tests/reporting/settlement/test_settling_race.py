"""Two accountants at once: each złoty of a contract is settled once, whatever they do together."""

import threading
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest

from contracting.contracts.models import Contract, Tranche
from kernel.tenancy import tenant_scope
from reporting.compliance import actions as compliance
from reporting.settlement import actions
from reporting.settlement.actions import paying
from reporting.settlement.models import Invoice, Settlement, TranchePayment
from tests.racing import PATIENCE, at_once, committed_tenant, committing
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER
from tests.reporting.settlement.test_added_time import accepted_beside
from tests.reporting.settlement.test_settlement_pages import KSEF
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
    with tenant_scope(tenant):
        Tranche.objects.update(amount=Decimal(1000))
        seen = actions.tranche_stamp(contract)

    def pay_once() -> TranchePayment:
        return actions.record_tranche_payment(
            contract, year=2026, paid_on=date(2026, 10, 1), amount=Decimal(60), seen=seen, actor=ACCOUNTANT
        )

    # The same form, sent twice.
    assert sorted(at_once(tenant, pay_once, pay_once)) == ["changed_meanwhile", "done"]


def test_of_one_ksef_number_under_two_contracts_at_once_one_is_taken(committed: SettledWorld) -> None:
    tenant = committed.tenant
    with tenant_scope(tenant):
        Contract.objects.update(procured=True)
        mine = Contract.objects.get()
        other = accepted_beside(committed).contract
        Contract.objects.update(procured=True)
        other.refresh_from_db()
    both_looked, valid = threading.Barrier(2), paying.require_valid

    def together(*args: Any, **named: Any) -> None:
        valid(*args, **named)
        both_looked.wait(PATIENCE)

    def enter(contract: Contract) -> Invoice:
        terms = actions.InvoiceTerms("FV/1", date(2026, 11, 3), Decimal(10), KSEF)
        return actions.add_invoice(contract, OCTOBER, terms, actor=ACCOUNTANT)

    with mock.patch.object(paying, "require_valid", together):
        assert sorted(at_once(tenant, lambda: enter(mine), lambda: enter(other))) == ["done", "ksef_once"]

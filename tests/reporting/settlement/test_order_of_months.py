"""Months of a contract are taken back from the newest; a month of nothing is settled without an invoice; who had left."""

from datetime import date, time

import pytest

from contracting.contracts.models import Contract
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from reporting.compliance import actions as compliance
from reporting.compliance.answers import answered_month
from reporting.compliance.queries import compare_month
from reporting.settlement import actions
from reporting.settlement.actions import LateVisit, add_late_visit
from reporting.settlement.models import AcceptedLine, Settlement
from tenants.models import Tenant
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER, PROVIDER
from tests.reporting.settlement.test_settlement_pages import change
from tests.reporting.settlement.world import SettledWorld, accepted_world, in_december

NOVEMBER = OCTOBER.next()
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Tenant) -> SettledWorld:
    return accepted_world(alfa)


def _accept_an_empty_november(contract: Contract) -> None:
    compliance.submit_month(contract, NOVEMBER, actor=PROVIDER)
    answered = answered_month(compare_month(NOVEMBER, contracts=[contract.pk]))
    points = [(one.code, one.subject) for one in answered if one.is_must and one.is_open]
    if points:
        compliance.justify_deviations(
            contract, NOVEMBER, points=points, reason="health", together=True, actor=DIRECTOR
        )
    compliance.accept_month(contract, NOVEMBER, actor=DIRECTOR)


def test_an_earlier_month_is_taken_back_after_the_later_one(world: SettledWorld) -> None:
    with tenant_scope(world.tenant), in_december():
        actions.confirm_settlement(world.contract, OCTOBER, actor=DIRECTOR)
        _accept_an_empty_november(world.contract)
        actions.confirm_settlement(world.contract, NOVEMBER, actor=DIRECTOR)
        with pytest.raises(DomainError) as refused:
            actions.take_back_settlement(world.contract, OCTOBER, reason="Błąd", actor=DIRECTOR)
        assert refused.value.code == "later_confirmed"
        assert "listopad 2026" in str(refused.value.problems[0].message)
        assert Settlement.objects.confirmed().count() == 2
        actions.take_back_settlement(world.contract, NOVEMBER, reason="Błąd", actor=DIRECTOR)
        actions.take_back_settlement(world.contract, OCTOBER, reason="Błąd", actor=DIRECTOR)
        assert not Settlement.objects.confirmed().exists()


def test_a_procured_month_of_nothing_is_settled_without_an_invoice(world: SettledWorld) -> None:
    change(world, procured=True)
    with tenant_scope(world.tenant), in_december():
        contract = Contract.objects.get(pk=world.contract.pk)
        actions.confirm_settlement(contract, OCTOBER, actor=DIRECTOR)
        with pytest.raises(DomainError) as refused:
            actions.settle(contract, OCTOBER, difference_note="", actor=DIRECTOR)
        assert refused.value.code == "invoice_missing"
        _accept_an_empty_november(contract)
        assert actions.confirm_settlement(contract, NOVEMBER, actor=DIRECTOR).due == 0


def test_nobody_makes_a_visit_after_their_last_day(world: SettledWorld) -> None:
    with tenant_scope(world.tenant):
        type(world.worker).objects.filter(pk=world.worker.pk).update(ended_on=date(2026, 10, 8), active=False)
        world.worker.refresh_from_db()
        asked = LateVisit(world.clean, world.worker, date(2026, 10, 12), time(15), 60, "w", NOVEMBER)
        with pytest.raises(DomainError) as refused:
            add_late_visit(world.contract, OCTOBER, asked, actor=DIRECTOR)
        assert (refused.value.code, refused.value.problems[0].field) == ("worker_left", "worker")
        assert "już tam nie pracuje w dniu 12.10.2026" in str(refused.value.problems[0].message)
        assert not AcceptedLine.objects.exists()

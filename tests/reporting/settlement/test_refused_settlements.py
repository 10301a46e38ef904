"""What settlements refuse: corrections that cannot be, what somebody else has just removed, months that still wait."""

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from contracting.contracts.models import Contract, Tranche
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.compliance import actions as compliance
from reporting.settlement import actions
from reporting.settlement.actions.occupying import instant_of
from reporting.settlement.models import Adjustment, Penalty, Settlement, TranchePayment
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import DecisionFactory, WorkerFactory, visit
from tests.meanwhile import meanwhile
from tests.reporting.compliance.closing_world import OCTOBER, build_world
from tests.reporting.settlement.test_settlement_pages import address, post
from tests.reporting.settlement.world import ACCOUNTANT, SettledWorld, accept, accepted_world

PAID = {"year": "2026", "paid_on": "02.10.2026", "amount": "100,00"}


@pytest.fixture
def world(alfa: Tenant) -> SettledWorld:
    """With a tranche of 500 zł, of which nothing is paid yet."""
    world = accepted_world(alfa)
    with tenant_scope(alfa):
        Tranche.objects.create(contract=world.contract, year=2026, amount=Decimal(500))
    return world


@pytest.fixture
def accountant(sign_in: Callable[..., Client], alfa: Tenant) -> Client:
    return sign_in(Role.ACCOUNTANT, alfa)


def refused(told: str, says: str) -> None:
    assert says in told


def test_no_correction_makes_a_visit_longer_than_a_day(alfa: Tenant, accountant: Client) -> None:
    world = build_world(alfa)
    with tenant_scope(alfa):
        decision = DecisionFactory(contract=world.contract, minutes=13 * 60)
        worker = WorkerFactory(organisation=world.organisation)
        long = visit(decision, worker, date(2026, 10, 7), "06:00", 13 * 60)
        accept(world)
    typed = {
        "direction": "more", "minutes": "13:00", "reason": "longer", "words": "Pomyłka w karcie",
        "carried_in": "2026-11", "justification": "Zgoda",
    }  # fmt: skip
    where = f"/alfa/settlement/{world.contract.pk}/2026-10/correct/{long.pk}/"
    refused(
        post(accountant, where, typed, 422), "Wizyta trwa najwyżej 24 godziny, a po korekcie byłaby dłuższa."
    )
    with tenant_scope(alfa):
        assert not Adjustment.objects.exists()


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (
            lambda world: Contract.objects.filter(pk=world.contract.pk).update(procured=True),
            "W zamówieniu publicznym za miesiące płaci się na podstawie faktur",
        ),
        (
            lambda world: Tranche.objects.filter(contract=world.contract).delete(),
            "Umowa nie ma transzy na rok 2026: wybierz rok, który ją ma.",
        ),
    ],
    ids=["procured", "no tranche"],
)
def test_no_payment_of_a_tranche_that_has_just_gone(
    world: SettledWorld, accountant: Client, act: Callable[[SettledWorld], Any], says: str
) -> None:
    with meanwhile(actions, "record_tranche_payment", partial(act, world)):
        told = post(accountant, f"/alfa/settlement/tranches/{world.contract.pk}/", PAID, 422)
    refused(told, says)
    with tenant_scope(world.tenant):
        assert not TranchePayment.objects.exists()


def test_what_somebody_else_has_just_removed(world: SettledWorld, accountant: Client) -> None:
    where = f"/alfa/settlement/tranches/{world.contract.pk}/"
    post(accountant, where, PAID)
    with tenant_scope(world.tenant):
        payment = TranchePayment.objects.get()
    remove = lambda: TranchePayment.objects.all().delete()  # noqa: E731
    with meanwhile(actions, "withdraw_tranche_payment", remove):
        told = post(accountant, f"{where}withdraw/{payment.pk}/", {"reason": "Pomyłka"}, 422)
    refused(told, "Ktoś inny już to usunął. Otwórz stronę ponownie.")
    with tenant_scope(world.tenant):
        assert not Entry.objects.filter(verb="withdraw_tranche_payment").exists()


def test_a_penalty_that_nobody_proposes_any_more(world: SettledWorld, accountant: Client) -> None:
    typed = {"reason": "Opóźnienia", "basis": "§ 9 umowy", "amount": "100,00", "proposal": str(new_id())}
    told = post(accountant, address(world, "penalty/"), typed, 422)
    refused(told, "Nikt już nie proponuje tej kary: otwórz rozliczenie ponownie.")
    with tenant_scope(world.tenant):
        assert not Penalty.objects.exists()


def test_what_no_page_sends_the_verbs_refuse_all_the_same(world: SettledWorld) -> None:
    """Forms want a reason, offer days that have come and what is of the contract; the closing month has no page yet."""
    contract, november = world.contract, Month(2026, 11)
    tomorrow = timezone.localdate() + timedelta(days=1)
    with tenant_scope(world.tenant):
        foreign = DecisionFactory()
        late = actions.LateVisit(
            foreign, world.worker, date(2026, 10, 12), time(9), 60, "Karta dotarła", november, "Zgoda"
        )
        actions.offer_settlement(contract, OCTOBER, actor=ACCOUNTANT)
        payment = TranchePayment.objects.create(
            contract=contract, year=2026, paid_on=date(2026, 10, 2), amount=Decimal(100)
        )
        by = {"actor": ACCOUNTANT}
        pays = partial(actions.record_tranche_payment, contract, year=2026, amount=Decimal(1), **by)
        withdraws = partial(actions.withdraw_tranche_payment, contract, payment.pk, **by)
        takes_back = partial(actions.take_back_settlement, contract, OCTOBER, **by)
        told: list[tuple[Callable[[], Any], str]] = [
            (lambda: actions.add_late_visit(contract, OCTOBER, late, **by), "not_of_the_contract"),
            (lambda: pays(paid_on=tomorrow), "paid_in_future"),
            (lambda: withdraws(reason=" "), "reason_missing"),
            (lambda: withdraws(reason="x" * 501), "reason_missing"),
            (lambda: takes_back(reason=" "), "reason_missing"),
            (lambda: actions.offer_settlement(contract, Month(2027, 1), **by), "month_not_accepted"),
            (lambda: instant_of(date(2026, 3, 29), time(2, 30)), "nonexistent_time"),
        ]
        # What the page of the month would do while its settlement is with the provider.
        told.append(
            (lambda: compliance.reopen_month(contract, OCTOBER, reason="pomyłka", **by), "month_settled")
        )
        before = Entry.objects.count()
        for verb, code in told:
            with pytest.raises(DomainError) as refusal:
                verb()
            assert refusal.value.code == code
        assert Entry.objects.count() == before
        assert TranchePayment.objects.get() == payment and not Adjustment.objects.exists()
        assert Settlement.objects.get(month=OCTOBER.first).state == Settlement.State.OFFERED

"""Payments by person, service and month of delivery: small sums, corrections that later months carry, and rounding."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from contracting.commissioning.law import NATIONAL_BANDS
from contracting.commissioning.models import PaymentTable
from kernel.access import Access, Actor
from kernel.periods import Month
from kernel.tenancy import tenant_scope
from reporting.care.models import Decision
from reporting.compliance import actions as compliance
from reporting.compliance.answers import answered_month
from reporting.compliance.queries import compare_month
from reporting.settlement import actions
from reporting.settlement.actions import Correction, add_adjustment
from reporting.settlement.payment_cases import PersonPayment, payments_of
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory, DecisionFactory, WorkerFactory, visit
from tests.factories.people import partner
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER, PROVIDER
from tests.reporting.settlement.test_settlement_pages import page, post
from tests.reporting.settlement.world import in_december

NOVEMBER = OCTOBER.next()
ALL = Access(actor=Actor.system("test"), organisation_ids=None)


@dataclass
class Paying:
    """One person who pays 3.00 zł an hour (30.00 zł at 10 %), and nothing below 20.00 zł."""

    contract: Any
    worker: Any
    decisions: list[Decision]
    visits: list[Any]

    def accept(self, month: Month) -> None:
        """Hand the month in and accept it, whatever is not as the decision says."""
        compliance.submit_month(self.contract, month, actor=PROVIDER)
        answered = answered_month(compare_month(month, contracts=[self.contract.pk]))
        points = [(one.code, one.subject) for one in answered if one.is_must and one.is_open]
        if points:
            compliance.justify_deviations(
                self.contract, month, points=points, reason="health", actor=DIRECTOR
            )
        compliance.accept_month(self.contract, month, actor=DIRECTOR)

    def correct(self, minutes: int, carrier: Month) -> None:
        """Correct the first visit."""
        reason = "longer" if minutes > 0 else "shorter"
        terms = Correction(self.visits[0].pk, minutes, reason, "Korekta", carrier, justification="Ustalono")
        add_adjustment(self.contract, OCTOBER, terms, actor=DIRECTOR)


def fees(month: Month) -> list[Decimal]:
    return [one.fee for one in payments_of(month, ALL)]


def build(tenant: Tenant, *minutes: int, rounding: str = "grosz") -> Paying:
    """Visits of October, each by a decision of its own: the second decision begins on the 16th."""
    organisation = partner(tenant)
    contract: Any = ContractFactory(organisation=organisation)
    world = Paying(contract, WorkerFactory(organisation=organisation), [], [])
    amended = len(minutes) > 1
    person: dict[str, Any] = {}
    for at, length in enumerate(minutes):
        first, last = (date(2026, 1, 1), date(2026, 12, 31)) if not amended else (
            (date(2026, 10, 16), date(2026, 12, 31)) if at else (date(2026, 1, 1), date(2026, 10, 15))
        )  # fmt: skip
        decision: Any = DecisionFactory(
            contract=contract, minutes=2400, valid_from=first, valid_to=last, **person
        )
        person = {"person": decision.person}
        world.decisions.append(decision)
        world.visits.append(visit(decision, world.worker, date(2026, 10, 5 + 15 * at), "08:00", length))
        basis = actions.BasisTerms(date(2026, 1, 1), Decimal(2323), None, False, "wywiad")
        actions.enter_basis(decision, basis, actor=DIRECTOR)
    PaymentTable.objects.create(
        service=contract.service, name="Usługi", source="uchwała", valid_from=date(2025, 1, 1),
        price_per_hour=Decimal("30.00"), bands=[band.as_json() for band in NATIONAL_BANDS],
        small_uncollected=True, rounding=rounding,
    )  # fmt: skip
    return world


def test_the_small_sum_is_of_the_person_and_not_of_each_decision(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    """15.00 + 15.00 zł by a decision and the one that amended it are 30.00 zł: collected."""
    with tenant_scope(alfa):
        world = build(alfa, 300, 300)
        world.accept(OCTOBER)
        [one] = payments_of(OCTOBER, ALL)
    assert (one.fee, one.minutes, len(one.parts), one.uncollected) == (Decimal("30.00"), 600, 2, False)
    told = page(sign_in(Role.ACCOUNTANT, alfa), "/alfa/settlement/payments/?month=2026-10")
    assert all(decision.number in told for decision in world.decisions) and "nie pobiera się" not in told


@pytest.mark.parametrize(
    ("length", "corrected", "october", "november"),
    [
        (300, -240, "0.00", "0.00"),  # 15.00 zł were not collected: nothing is given back
        (600, 300, "30.00", "15.00"),  # 15.00 zł more of a month that is collected are collected
        (300, 120, "0.00", "21.00"),  # with the correction the month is no longer small: all of it
        (600, -240, "30.00", "-30.00"),  # 18.00 zł are left, which are not collected: all is given back
    ],
)
def test_a_carried_correction_pays_the_difference_of_the_month_it_corrects(
    alfa: Tenant, length: int, corrected: int, october: str, november: str
) -> None:
    with tenant_scope(alfa):
        world = build(alfa, length)
        world.accept(OCTOBER)
        world.correct(corrected, NOVEMBER)
        with in_december():
            world.accept(NOVEMBER)
        assert fees(OCTOBER) == [Decimal(october)]
        [carried] = payments_of(NOVEMBER, ALL)
    assert (carried.fee, carried.minutes) == (Decimal(november), corrected)
    assert carried.delivered == OCTOBER


def test_a_correction_stands_beside_the_care_of_the_month_that_carries_it(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    """November's own 15.00 zł stay small, although November carries 15.00 zł more of October."""
    with tenant_scope(alfa):
        world = build(alfa, 600)
        world.accept(OCTOBER)
        world.correct(300, NOVEMBER)
        with in_december():
            visit(world.decisions[0], world.worker, date(2026, 11, 3), "08:00", 300)
            world.accept(NOVEMBER)
        assert fees(NOVEMBER) == [Decimal("15.00"), Decimal("0.00")]
    accountant = sign_in(Role.ACCOUNTANT, alfa)
    told = page(accountant, "/alfa/settlement/payments/?month=2026-11")
    assert "przed korektą należało się 30,00 zł, z korektą 45,00 zł" in told
    assert accountant.get("/alfa/settlement/payments/2026-11/xlsx/").status_code == 200


def test_what_is_given_back_is_the_difference_of_two_rounded_sums(alfa: Tenant) -> None:
    """212 min are 10.60 zł, 210 min 10.50 zł: both 10.00 zł in full złoty, so that nothing is given back."""
    with tenant_scope(alfa):
        world = build(alfa, 212, rounding="zloty_down")
        PaymentTable.objects.update(small_uncollected=False)
        world.accept(OCTOBER)
        world.correct(-2, NOVEMBER)
        with in_december():
            world.accept(NOVEMBER)
        paid: list[PersonPayment] = payments_of(NOVEMBER, ALL)
    assert [one.fee for one in paid] == [Decimal("0.00")]


def test_a_basis_does_not_change_what_is_owed_for_a_confirmed_month(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    """October is confirmed at 30.00 zł: a higher income counts from November, or the settlement is taken back first."""
    with tenant_scope(alfa):
        world = build(alfa, 600)
        world.accept(OCTOBER)
        actions.confirm_settlement(world.contract, OCTOBER, actor=DIRECTOR)
    clerk = sign_in(Role.BENEFITS_WORKER, alfa)
    where = f"/alfa/settlement/payments/{world.decisions[0].pk}/"
    typed = {"living": "alone", "income": "5000,00", "source": "wywiad", "valid_from": "02.10.2026"}
    told = post(clerk, where, typed, 422)
    assert "październik 2026 jest potwierdzone" in told and "od 1 listopada 2026" in told
    with tenant_scope(alfa):
        assert fees(OCTOBER) == [Decimal("30.00")]
    post(clerk, where, typed | {"valid_from": "01.11.2026"})
    # Before the first basis nothing was counted: it may be entered.
    post(clerk, where, typed | {"valid_from": "01.06.2025"})
    with tenant_scope(alfa):
        assert fees(OCTOBER) == [Decimal("30.00")]
        actions.take_back_settlement(world.contract, OCTOBER, reason="Dochód", actor=DIRECTOR)
    post(clerk, where, typed)
    with tenant_scope(alfa):
        assert fees(OCTOBER) == [Decimal("150.00")]

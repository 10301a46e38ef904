"""Payments by person, service and month of delivery: small sums, corrections that later months carry, and rounding."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from audit.models import Entry
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
from reporting.settlement.models import ConfirmedPayment, PaymentBasis
from reporting.settlement.payment_cases import payments_of
from reporting.settlement.payment_shapes import PersonPayment
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory, DecisionFactory, WorkerFactory, visit
from tests.factories.people import partner
from tests.reporting.compliance.closing_world import DIRECTOR, OCTOBER, PROVIDER
from tests.reporting.settlement.test_settlement_pages import page, text_of
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
                self.contract, month, points=points, reason="health", together=True, actor=DIRECTOR
            )
        compliance.accept_month(self.contract, month, actor=DIRECTOR)

    def correct(self, minutes: int, carrier: Month) -> None:
        """Correct the first visit."""
        reason = "longer" if minutes > 0 else "shorter"
        terms = Correction(self.visits[0].pk, minutes, reason, "Korekta", carrier, justification="Ustalono")
        add_adjustment(self.contract, OCTOBER, terms, actor=DIRECTOR)


def fees(month: Month) -> list[Decimal]:
    """What is paid for the month, the least first: numbers of the decisions do not always sort alike."""
    return sorted(one.fee for one in payments_of(month, ALL))


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
        assert fees(NOVEMBER) == [Decimal("0.00"), Decimal("15.00")]
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


def test_what_a_person_pays_for_a_confirmed_month_is_kept(
    alfa: Tenant, sign_in: Callable[..., Client]
) -> None:
    """October is confirmed at 30.00 zł: neither an income nor a table that comes later changes it."""
    with tenant_scope(alfa):
        world = build(alfa, 600)
        world.accept(OCTOBER)
        actions.confirm_settlement(world.contract, OCTOBER, actor=DIRECTOR)
        [kept] = ConfirmedPayment.objects.all()
        assert (kept.fee, kept.minutes, kept.delivered) == (Decimal("30.00"), 600, OCTOBER.first)
        assert b"230" not in bytes(kept.way_encrypted)
    clerk = sign_in(Role.BENEFITS_WORKER, alfa)
    where = f"/alfa/settlement/payments/{world.decisions[0].pk}/"
    typed = {"living": "alone", "income": "5000,00", "source": "wywiad", "valid_from": "02.10.2026"}
    answer = clerk.post(where, typed, follow=True)
    assert "nie zmienia się odpłatność za: październik 2026" in text_of(answer)
    assert "nie zmienia się" not in text_of(
        clerk.post(where, typed | {"valid_from": "01.11.2026"}, follow=True)
    )
    with tenant_scope(alfa):
        PaymentTable.objects.update(price_per_hour=Decimal("99.00"))
    told = page(clerk, "/alfa/settlement/payments/?month=2026-10")
    assert "30,00 zł × 10 % × 10 h = 30,00 zł" in told and "230,00 % kryterium" in told
    assert "pozostaje tak, jak je wtedy policzono" in told
    answer = clerk.get("/alfa/settlement/payments/2026-10/xlsx/")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    assert book.get_sheet_by_index(0).to_python()[1][5:9] == [30.0, 10.0, 30.0, 30.0]
    with tenant_scope(alfa):
        PaymentTable.objects.update(price_per_hour=Decimal("30.00"))
        actions.take_back_settlement(world.contract, OCTOBER, reason="Dochód", actor=DIRECTOR)
        assert not ConfirmedPayment.objects.exists()
        assert fees(OCTOBER) == [Decimal("150.00")]
        taken, made = (
            Entry.objects.get(verb=verb).payload for verb in ("take_back_settlement", "confirm_settlement")
        )
        assert taken is not None and made is not None and (taken["payments"], made["payments"]) == (1, 1)


def test_a_correction_of_a_confirmed_month_is_counted_by_the_incomes_known_then(alfa: Tenant) -> None:
    """60 min less of 10 h at 10 % are 3.00 zł, although an income entered since would make it 50 %."""
    with tenant_scope(alfa):
        world = build(alfa, 600)
        world.accept(OCTOBER)
        actions.confirm_settlement(world.contract, OCTOBER, actor=DIRECTOR)
        later = actions.BasisTerms(date(2026, 10, 1), Decimal(5000), None, False, "wywiad")
        actions.enter_basis(world.decisions[0], later, actor=DIRECTOR)
        world.correct(-60, NOVEMBER)
        with in_december():
            world.accept(NOVEMBER)
        [carried] = payments_of(NOVEMBER, ALL)
        assert (carried.fee, carried.before, carried.is_frozen) == (Decimal("-3.00"), Decimal("30.00"), False)
        actions.confirm_settlement(world.contract, NOVEMBER, actor=DIRECTOR)
        [kept] = payments_of(NOVEMBER, ALL)
        assert (kept.fee, kept.delivered, kept.is_frozen) == (Decimal("-3.00"), OCTOBER, True)
        assert sum(one.fee for one in ConfirmedPayment.objects.all()) == Decimal("27.00")


def test_what_could_not_be_counted_is_kept_once_an_income_is_entered(alfa: Tenant) -> None:
    with tenant_scope(alfa):
        world = build(alfa, 600)
        PaymentBasis.objects.all().delete()
        world.accept(OCTOBER)
        actions.confirm_settlement(world.contract, OCTOBER, actor=DIRECTOR)
        assert [one.missing for one in payments_of(OCTOBER, ALL)] == ["basis"]
        for day, income in ((1, 2323), (2, 5000)):
            basis = actions.BasisTerms(date(2026, 10, day), Decimal(income), None, False, "wywiad")
            actions.enter_basis(world.decisions[0], basis, actor=DIRECTOR)
        assert fees(OCTOBER) == [Decimal("30.00")]
        assert ConfirmedPayment.objects.count() == 1


@pytest.mark.parametrize("taken_back", [False, True])
def test_a_person_with_care_under_two_contracts_pays_the_sum_once(alfa: Tenant, taken_back: bool) -> None:
    """Moved to another contract on the 16th, 15.00 zł under each: small alone, 30.00 zł together, asked for once."""
    with tenant_scope(alfa):
        world = build(alfa, 300)
        Decision.objects.update(valid_to=date(2026, 10, 15))
        contract: Any = ContractFactory(
            organisation=world.contract.organisation, service=world.contract.service
        )
        decision: Any = DecisionFactory(
            contract=contract, minutes=2400, person=world.decisions[0].person, valid_from=date(2026, 10, 16)
        )
        other = Paying(contract, world.worker, [decision], [])
        other.visits.append(visit(decision, world.worker, date(2026, 10, 20), "08:00", 300))
        basis = actions.BasisTerms(date(2026, 1, 1), Decimal(2323), None, False, "wywiad")
        actions.enter_basis(decision, basis, actor=DIRECTOR)
        for one in (world, other):
            one.accept(OCTOBER)
        assert fees(OCTOBER) == [Decimal("30.00")]
        actions.confirm_settlement(world.contract, OCTOBER, actor=DIRECTOR)
        assert fees(OCTOBER) == [Decimal("0.00"), Decimal("30.00")]
        actions.confirm_settlement(contract, OCTOBER, actor=DIRECTOR)
        assert fees(OCTOBER) == [Decimal("0.00"), Decimal("30.00")]
        if taken_back:
            actions.take_back_settlement(world.contract, OCTOBER, reason="Błąd", actor=DIRECTOR)
            assert sum(fees(OCTOBER)) == Decimal("30.00")

"""What advice cost is carried into the evaluation and the page of the service: money paid over what was held."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from contracting.commissioning import steps
from contracting.commissioning.models import Cycle
from kernel.periods import Month
from reporting.evaluation.models import OutcomeKind
from reporting.evaluation.queries.outcomes import spent_on
from reporting.settlement.models import Invoice, Settlement, TranchePayment
from tests.factories.care import ContractFactory, DecisionFactory, ServiceFactory
from tests.factories.commissioning import make_cycle, put_at
from tests.reporting.evaluation.test_evaluating import OUTCOME, accepted, pdf_text, plan, words
from tests.reporting.supervision.serving import Serving, advised, build_serving, case, session

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Any) -> Serving:
    """Four conversations, three hours in all, under a contract of which nothing is paid yet."""
    world = build_serving(alfa)
    with world.in_tenant():
        world.crisis.service = ServiceFactory(code="crisis", name="Interwencja kryzysowa")
        world.crisis.save(update_fields=["service"])
        for day, minutes in ((3, 60), (4, 60), (5, 30), (6, 30)):
            advised(world, day, minutes=minutes)
        session(world, case(world, 3), 4)
    return world


@pytest.fixture
def cycle(world: Serving) -> Cycle:
    """The year of the advice, with an outcome of four persons that names no money of its own."""
    year = world.month.year
    with world.in_tenant():
        made = make_cycle(
            service=world.contract.service, period_from=date(year, 1, 1), period_to=date(year, 12, 31)
        )
        made = put_at(made, steps.EVALUATION)
        kind = OutcomeKind.objects.get(name="osoby, które podjęły zatrudnienie")
    outcome = {**OUTCOME, "kind": str(kind.pk), "spent": "", "result_part": "4"}
    added = world.clients["director"].post(f"/alfa/evaluation/cycles/{made.pk}/outcomes/add/", outcome)
    assert added.status_code == 302
    return made


def _pay(world: Serving, amount: str, **told: Any) -> None:
    first, last = world.month.first, world.month.last
    Invoice.objects.create(
        number=f"FV/{amount}",
        issued_on=last,
        amount=Decimal(amount),
        **{
            "contract": world.contract,
            "period_from": first,
            "period_to": last,
            "paid_on": last,
            **told,
        },
    )


def _cycle_page(world: Serving, cycle: Cycle) -> str:
    return words(world.clients["director"].get(f"/alfa/evaluation/cycles/{cycle.pk}/"))


def test_without_a_payment_the_cost_is_not_known_and_that_is_said(world: Serving, cycle: Cycle) -> None:
    page = _cycle_page(world, cycle)
    assert "nie odnotowano płatności" in page and "U/P/1" in page
    assert "koszt godziny" not in page
    with world.in_tenant():
        told = spent_on(cycle)
        assert (told.money, told.paid and told.paid.paid) == (0, None)
        assert [one.number for one in told.unpaid] == ["U/P/1"]
    director = world.clients["director"]
    where = f"/alfa/evaluation/{plan(director, cycle).pk}/"
    said = "ich nie obejmuje: U/P/1."
    assert said in words(director.get(where)) and said in pdf_text(director, f"{where}pdf/")


def test_a_conversation_under_a_contract_for_care_changes_nothing_of_its_cost(
    world: Serving, cycle: Cycle
) -> None:
    frozen = {"figures": {}, "sha256": "x", "minutes": 60, "offered_at": timezone.now(), "state": "confirmed"}
    with world.in_tenant():
        care: Any = ContractFactory(
            organisation=world.organisation,
            service=cycle.service,
            valid_from=cycle.period_from,
            valid_to=cycle.period_to,
        )
        DecisionFactory(contract=care, valid_from=cycle.period_from)
        last = Month.of(cycle.period_to)
        accepted(care, last.first)
        for month, due in ((last, 100), (last.next(), -20)):
            Settlement.objects.create(contract=care, month=month.first, part=due, due=due, **frozen)
        TranchePayment.objects.create(
            contract=care, year=cycle.period_from.year, paid_on=cycle.period_from, amount=Decimal(900)
        )
        before = spent_on(cycle)
        assert (before.money, before.settled, before.accepted) == (80, 1, 1)
        talk = advised(world, 9)
        talk.contract = care
        talk.save(update_fields=["contract"])
        assert spent_on(cycle) == before
        # What was paid outside its months is told by no settlement.
        _pay(world, "50.00", contract=care)
        assert spent_on(cycle).money == 130


def test_what_was_paid_is_the_cost_of_one_outcome_and_of_an_hour(world: Serving, cycle: Cycle) -> None:
    with world.in_tenant():
        _pay(world, "500.00")
        _pay(world, "100.00")
        # For another year than the cycle's.
        year = world.month.year - 1
        _pay(world, "77.00", period_from=date(year, 5, 1), period_to=date(year, 5, 31))
        told = spent_on(cycle)
    assert (told.money, told.unpaid) == (600, ())
    page = _cycle_page(world, cycle)
    # Of an outcome that four persons reached, of an hour, of a conversation.
    assert "150,00 zł z 600,00 zł" in page
    assert "200,00 zł" in page and "600,00 zł / 3 h" in page
    assert "600,00 zł / 4" in page


def test_the_page_of_the_service_shows_it_beside_the_contract(world: Serving) -> None:
    where = f"/alfa/evaluation/services/{world.contract.service_id}/?month={world.month}"
    for who in ("director", "ngo"):
        answer = world.clients[who].get(where)
        assert "nie odnotowano płatności" in words(answer)
        assert f"/alfa/settlement/paid/{world.contract.pk}/" in answer.content.decode()
    with world.in_tenant():
        _pay(world, "600.00")
    told = words(world.clients["ngo"].get(where))
    assert "200,00 zł" in told and "zapłacono za rok 600,00 zł / odbyto dotąd 3 h" in told


def test_a_past_month_of_the_service_knows_no_tranche_that_was_paid_later(world: Serving) -> None:
    where = f"/alfa/evaluation/services/{world.crisis.service_id}/?month={world.month}"
    with world.in_tenant():
        paid = TranchePayment.objects.create(
            contract=world.crisis,
            year=world.month.year,
            paid_on=world.month.next().first,
            amount=Decimal(450),
        )
    assert "nie odnotowano płatności" in words(world.clients["director"].get(where))
    with world.in_tenant():
        paid.paid_on = world.month.last
        paid.save(update_fields=["paid_on"])
    assert "zapłacono za rok 450,00 zł" in words(world.clients["director"].get(where))


def test_the_page_of_the_service_can_be_that_of_one_cycle(world: Serving, cycle: Cycle) -> None:
    where = f"/alfa/evaluation/services/{world.contract.service_id}/?month={world.month}"
    with world.in_tenant():
        other = make_cycle(
            title="Cykl przyszły",
            service=world.contract.service,
            period_from=date(world.contract.valid_to.year + 1, 1, 1),
            period_to=date(world.contract.valid_to.year + 1, 12, 31),
        )
    director = world.clients["director"]
    assert "U/P/1" in words(director.get(f"{where}&cycle={cycle.pk}"))
    page = words(director.get(f"{where}&cycle={other.pk}"))
    assert "U/P/1" not in page and "wszystkie cykle" in page
    assert "nie da się tu pokazać" in words(director.get(f"{where}&cycle=inny"))
    # Cycles are the unit's own work.
    assert "Cykl przyszły" not in words(world.clients["ngo"].get(where))

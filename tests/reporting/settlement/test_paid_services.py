"""Money of advice and crisis intervention: what was paid is recorded, shown to both sides, and tells what an hour costs."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Entry
from contracting.contracts.models import Commitment, Tranche
from reporting.settlement.ledger import contract_use
from reporting.settlement.models import Invoice, Settlement, TranchePayment
from reporting.settlement.queries.paid import costs_of
from tenants.models import Tenant
from tenants.roles import Role
from tests.factories.care import ContractFactory, DecisionFactory, ServiceFactory, WorkerFactory, visit
from tests.factories.people import signed_in_client
from tests.reporting.evaluation.test_evaluating import words
from tests.reporting.supervision.serving import Serving, advised, build_serving, case, session
from ui.formatting import format_month

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Tenant) -> Serving:
    """Three conversations of an hour under a procured contract for advice of 6,000 zł, and a session in a crisis."""
    world = build_serving(alfa)
    with world.in_tenant():
        for contract in (world.contract, world.crisis):
            contract.amount, contract.procured = Decimal(6000), contract == world.contract
            contract.save(update_fields=["amount", "procured"])
        for day in (3, 4, 5):
            advised(world, day)
        session(world, case(world, 3), 4)
    world.clients["accountant"] = signed_in_client(Role.ACCOUNTANT, alfa)
    return world


def _address(world: Serving, rest: str = "", contract: Any = None) -> str:
    return f"/alfa/settlement/paid/{(contract or world.contract).pk}/{rest}"


def _page(world: Serving, who: str, where: str) -> str:
    answer = world.clients[who].get(where)
    assert answer.status_code == 200, answer.status_code
    return words(answer)


def _invoice(world: Serving, **changes: Any) -> dict[str, Any]:
    return {
        "number": "FV/7",
        "issued_on": _short(world.month.last),
        "amount": "600,00",
        "period_from": _short(world.month.first),
        "period_to": _short(world.month.last),
        "paid_on": _short(timezone.localdate()),
        **changes,
    }


def _short(day: date) -> str:
    return day.strftime("%d.%m.%Y")


def _record(world: Serving, **changes: Any) -> Any:
    return world.clients["accountant"].post(_address(world, "invoice/"), _invoice(world, **changes))


def test_a_paid_invoice_tells_both_sides_what_an_hour_costs(world: Serving) -> None:
    told = _page(world, "director", _address(world))
    assert "nie odnotowano płatności" in told and "nieznany bez płatności" in told
    assert _record(world).status_code == 302
    for who in ("accountant", "director", "ngo"):
        told = _page(world, who, _address(world))
        assert "600,00 zł" in told and "FV/7" in told
        assert "600,00 zł / 3 h" in told and "200,00 zł" in told
        assert "5 400,00 zł" in told
    assert "Wycofaj" not in _page(world, "ngo", _address(world))
    assert world.clients["other_ngo"].get(_address(world)).status_code == 404
    with world.in_tenant():
        line = Entry.objects.get(verb="record_paid_invoice")
        assert (line.payload["amount"], line.payload["number"]) == ("600.00", "FV/7")


def test_hours_that_no_invoice_is_for_yet_make_no_hour_cheaper(world: Serving) -> None:
    """Of three conversations of an hour the invoice is for the first two: 600 zł / 2 h."""
    assert _record(world, period_to=f"04.{world.month.first:%m.%Y}").status_code == 302
    for who in ("accountant", "ngo"):
        told = _page(world, who, _address(world))
        assert "600,00 zł / 2 h" in told and "300,00 zł" in told and "+ 1:00 jeszcze bez faktury" in told
    with world.in_tenant():
        held = costs_of([world.contract.pk, world.crisis.pk], world.month.first, world.month.last)
        cost = held[world.contract.pk]
        assert (cost.held.minutes, cost.waiting.minutes, cost.per_one) == (120, 60, Decimal(300))
        # Where nobody recorded an invoice nothing waits for one.
        assert (held[world.crisis.pk].held.count, held[world.crisis.pk].waiting.count) == (1, 0)


def test_an_invoice_covers_its_days_whenever_its_time_began(world: Serving) -> None:
    """An invoice from the month before until the fifteenth counts in its first year, and no hour of it waits."""
    first = world.month.first
    assert (
        _record(
            world, period_from=_short(first - timedelta(days=10)), period_to=f"15.{first:%m.%Y}"
        ).status_code
        == 302
    )
    with world.in_tenant():
        cost = costs_of([world.contract.pk], first, world.month.last)[world.contract.pk]
        assert (cost.paid, cost.held.minutes, cost.waiting.minutes) == (None, 180, 0)


def test_invoices_of_a_settled_month_are_what_it_cost(world: Serving) -> None:
    """The month's invoice holds its advice too, above what is due for visits, with a word on the difference."""
    frozen = {"figures": {}, "sha256": "x", "minutes": 60, "offered_at": timezone.now(), "state": "settled"}
    with world.in_tenant():
        first = world.month.first
        settlement = Settlement.objects.create(
            contract=world.contract, month=first, part=100, due=100, difference_note="Z poradami", **frozen
        )
        Invoice.objects.create(
            settlement=settlement,
            contract=world.contract,
            number="FV/5",
            issued_on=first,
            amount=Decimal(340),
        )
        Invoice.objects.create(
            contract=world.contract,
            number="FV/4",
            issued_on=first,
            amount=Decimal(20),
            period_from=first - timedelta(days=20),
            period_to=first - timedelta(days=1),
            paid_on=first,
        )
        # Asked from within the month, as a cycle may begin: the whole month counts.
        cost = costs_of([world.contract.pk], first + timedelta(days=1), world.month.last)[world.contract.pk]
        assert (cost.paid, cost.held.minutes, cost.waiting.minutes) == (340, 180, 0)
    told = _page(world, "ngo", _address(world))
    assert "340,00 zł" in told and "100,00 zł" not in told


def test_the_organisation_reads_and_does_not_record(world: Serving) -> None:
    assert world.clients["ngo"].post(_address(world, "invoice/"), _invoice(world)).status_code == 403
    with world.in_tenant():
        assert not Invoice.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"period_to": "01.01.2001"}, "Okres, którego dotyczy faktura"),
        ({"period_from": "01.01.2001"}, "faktura dotyczy okresu w jej trakcie"),
        ({"ksef_number": "5265877635-20261103-0100001AF629-00"}, "nie jest numerem KSeF"),
        ({"amount": ""}, "Uzupełnij"),
    ],
)
def test_what_is_wrong_is_said(world: Serving, changes: dict[str, Any], said: str) -> None:
    answer = _record(world, **changes)
    assert answer.status_code == 422 and said in words(answer)


def test_a_payment_to_come_is_refused(world: Serving) -> None:
    answer = _record(world, paid_on=_short(timezone.localdate() + timedelta(days=1)))
    assert answer.status_code == 422
    with world.in_tenant():
        assert not Invoice.objects.exists()


def test_an_invoice_is_entered_once_for_a_contract(world: Serving) -> None:
    _record(world)
    answer = _record(world, number=" fv/7 ")
    assert answer.status_code == 422 and "wprowadzono już za" in words(answer)


def test_where_decisions_are_in_force_the_invoice_belongs_to_the_month(world: Serving) -> None:
    with world.in_tenant():
        first = world.month.first
        DecisionFactory(contract=world.contract, minutes=480, valid_from=first, issued_on=first)
    answer = _record(world)
    assert answer.status_code == 422 and "należy do ich rozliczeń" in words(answer)


def test_a_contract_for_care_is_paid_by_its_months(world: Serving) -> None:
    with world.in_tenant():
        care = ContractFactory(
            procured=True, service=ServiceFactory(code="home"), valid_from=world.month.first
        )
        DecisionFactory(contract=care)
    where = _address(world, "invoice/", care)
    assert "wpisz fakturę w rozliczeniu jej miesiąca" in _page(world, "accountant", where)
    answer = world.clients["accountant"].post(where, _invoice(world))
    assert answer.status_code in {409, 422}
    assert "wpisz fakturę w rozliczeniu jej miesiąca" in words(answer)
    assert "płacona według rozliczonych miesięcy" in _page(world, "accountant", _address(world, "", care))


def test_the_document_is_kept_and_read_by_both_sides_alone(world: Serving) -> None:
    file = SimpleUploadedFile("fv.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    assert _record(world, file=file).status_code == 302
    with world.in_tenant():
        pk = Invoice.objects.get().pk
    where = f"/alfa/settlement/invoices/{pk}/file/"
    assert world.clients["ngo"].get(where).status_code == 200
    assert world.clients["other_ngo"].get(where).status_code == 404


def test_an_invoice_recorded_wrongly_is_withdrawn_with_a_reason(world: Serving) -> None:
    _record(world)
    with world.in_tenant():
        pk = Invoice.objects.get().pk
    where = _address(world, f"invoice/{pk}/withdraw/")
    assert "FV/7" in _page(world, "accountant", where)
    assert world.clients["accountant"].post(where, {"reason": " "}).status_code == 422
    assert world.clients["ngo"].post(where, {"reason": "Pomyłka"}).status_code == 403
    assert world.clients["accountant"].post(where, {"reason": "Pomyłka"}).status_code == 302
    with world.in_tenant():
        assert not Invoice.objects.exists()
        line = Entry.objects.get(verb="withdraw_paid_invoice")
        assert (line.payload["reason"], line.payload["amount"]) == ("Pomyłka", "600.00")


def test_a_grant_is_paid_by_the_tranches_that_there_are(world: Serving) -> None:
    year = world.month.year
    with world.in_tenant():
        Tranche.objects.create(contract=world.crisis, year=year, amount=Decimal(6000))
    where = f"/alfa/settlement/tranches/{world.crisis.pk}/"
    assert "niczego nie rozlicza się miesiącami" in _page(world, "accountant", where)
    typed = {"year": str(year), "paid_on": _short(timezone.localdate()), "amount": "1500,00"}
    assert world.clients["accountant"].post(where, typed).status_code == 302
    told = _page(world, "ngo", _address(world, "", world.crisis))
    assert f"transza na {year}" in told and "1 500,00 zł / 1 h" in told
    assert "Odnotuj" not in told


def test_a_tranche_of_a_coming_year_is_on_the_page(world: Serving) -> None:
    year = world.crisis.valid_to.year
    with world.in_tenant():
        TranchePayment.objects.create(
            contract=world.crisis, year=year, paid_on=world.month.last, amount=Decimal(1500)
        )
    told = _page(world, "ngo", _address(world, "", world.crisis))
    assert f"transza na {year}" in told and "4 500,00 zł" in told
    assert "nie odnotowano płatności" not in told.lower()


def test_no_more_is_paid_than_the_contract_is_for(world: Serving) -> None:
    assert _record(world, amount="5900,00").status_code == 302
    answer = _record(world, number="FV/8", amount="100,01")
    assert answer.status_code == 422
    assert "opiewa na 6 000,00 zł" in words(answer) and "5 900,00 zł" in words(answer)
    assert _record(world, number="FV/9", amount="100,00").status_code == 302


def test_the_forecast_says_what_of_the_amount_is_paid(world: Serving) -> None:
    _record(world)
    with world.in_tenant():
        use = contract_use(world.contract, timezone.localdate())
        assert use.money is None and use.paid is not None
        assert (use.paid.whole, use.paid.used, use.paid.left) == (600_000, 60_000, 540_000)
    where = f"/alfa/settlement/ledger/contracts/{world.contract.pk}/forecast/"
    answer = world.clients["ngo"].get(where, HTTP_HX_REQUEST="true")
    assert "zapłacono z kwoty" in words(answer) and "reszta jest jeszcze do zapłaty" in words(answer)
    assert _address(world) in answer.content.decode()


def test_a_decision_that_came_after_a_paid_invoice_is_told_where_it_may_be_paid_twice(world: Serving) -> None:
    assert _record(world).status_code == 302
    first, twice = world.month.first, "dwa razy"
    start = _page(world, "accountant", "/alfa/")
    assert "jest zapłacona" not in start and twice not in _page(world, "accountant", _address(world))
    with world.in_tenant():
        decision = DecisionFactory(contract=world.contract, minutes=480, valid_from=first, issued_on=first)
    for who in ("accountant", "ngo"):
        told = _page(world, who, _address(world))
        assert "W okresie zapłaconych faktur obowiązują decyzje" in told and "600,00 zł" in told
    assert "Faktura FV/7 jest zapłacona" in _page(world, "accountant", "/alfa/")
    assert "Faktura FV/7" not in _page(world, "ngo", "/alfa/")
    month = _page(world, "accountant", f"/alfa/settlement/{world.contract.pk}/{world.month}/")
    assert "jest już zapłacone" in month and "FV/7" in month
    with world.in_tenant():
        decision.revoked_from = first
        decision.save()
    assert twice not in _page(world, "accountant", _address(world)), "the decision never held"


def test_what_is_to_be_done_with_such_an_invoice_is_possible_for_each_month_of_its_time(
    world: Serving,
) -> None:
    month, before = world.month, world.month.previous()
    sent = {"period_from": _short(before.first), "period_to": _short(month.last)}
    assert _record(world, **sent).status_code == 302
    with world.in_tenant():
        DecisionFactory(contract=world.contract, minutes=480, valid_from=month.first, issued_on=month.first)
    links = [f"/alfa/settlement/{world.contract.pk}/{one}/" for one in (before, month)]
    answer = world.clients["accountant"].get(_address(world))
    told, page = words(answer), answer.content.decode()
    # The month before has no settlement in which it could be entered: that part stays a payment outside months.
    assert f"nie ma decyzji ani rozliczenia: {format_month(before.first)}." in told
    assert "wpisz ją w rozliczeniu jej miesiąca" not in told
    assert links[1] in page and links[0] not in page
    # So it is done: withdrawn, then recorded for that month alone with its correction.
    with world.in_tenant():
        wrong = Invoice.objects.get()
    client = world.clients["accountant"]
    withdrawn = client.post(_address(world, f"invoice/{wrong.pk}/withdraw/"), {"reason": "Inny okres."})
    assert withdrawn.status_code == 302
    sent["period_to"] = _short(before.last)
    assert _record(world, **sent).status_code == 302
    assert _record(world, **sent, number="FV/8/K", amount="-300,00").status_code == 302
    assert "dwa razy" not in _page(world, "accountant", _address(world))
    # Over two months with decisions it has no place whole either; over one it has.
    with world.in_tenant():
        Invoice.objects.filter(number="FV/8/K").delete()
        DecisionFactory(contract=world.contract, minutes=480, valid_from=before.first, issued_on=before.first)
    assert "wpisz ją w rozliczeniu jej miesiąca" in _page(world, "accountant", _address(world))
    with world.in_tenant():
        Invoice.objects.update(period_to=month.last)
    answer = world.clients["ngo"].get(_address(world))
    assert "osobną fakturę za każdy miesiąc" in words(answer)
    assert all(link in answer.content.decode() for link in links)


def test_a_mixed_contract_forecasts_money_without_what_its_invoices_took(world: Serving) -> None:
    """6,000 zł less 600 zł of an invoice for advice of the month before, and an hour of a visit."""
    with world.in_tenant():
        world.contract.price_per_hour = Decimal(50)
        world.contract.save()
        before = world.month.previous()
    sent = {"period_from": _short(before.first), "period_to": _short(before.last)}
    assert _record(world, **sent).status_code == 302
    with world.in_tenant():
        first = world.month.first
        decision = DecisionFactory(contract=world.contract, minutes=480, valid_from=first, issued_on=first)
        visit(decision, WorkerFactory(organisation=world.organisation), first, "08:00", 60)
        money = contract_use(world.contract, timezone.localdate()).money
        assert money is not None and (money.whole, money.used) == (600_000, 65_000)


def test_years_are_read_in_as_many_queries_however_many(world: Serving) -> None:
    asked = []
    _page(world, "accountant", _address(world))
    for years in (0, 4):
        with world.in_tenant():
            world.contract.valid_from = date(world.month.year - 1 - years, 1, 1)
            world.contract.save()
        with CaptureQueriesContext(connection) as queries:
            told = _page(world, "accountant", _address(world))
        assert told.count(f"{world.month.year - 1 - years}") >= 1
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_the_list_of_settlements_names_them_apart(world: Serving) -> None:
    answer = world.clients["accountant"].get(f"/alfa/settlement/?month={world.month}")
    page = answer.content.decode()
    assert "Płacone poza miesiącami" in page and _address(world) in page
    assert f"/alfa/settlement/{world.contract.pk}/{world.month}/" not in page
    with world.in_tenant():
        first = world.month.first
        DecisionFactory(contract=world.contract, minutes=480, valid_from=first, issued_on=first)
    page = world.clients["accountant"].get(f"/alfa/settlement/?month={world.month}").content.decode()
    assert f"/alfa/settlement/{world.contract.pk}/{world.month}/" in page and _address(world) not in page


def test_the_database_keeps_a_month_and_a_time_apart(world: Serving) -> None:
    with world.in_tenant():
        for wrong in ({}, {"period_from": world.month.first, "period_to": world.month.last}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Invoice.objects.create(
                    contract=world.contract,
                    number="FV/9",
                    issued_on=world.month.first,
                    amount=Decimal(5),
                    **wrong,
                )


def test_costs_are_read_in_as_many_queries_for_many_contracts(world: Serving) -> None:
    year = world.month.year
    with world.in_tenant():
        pks = [world.contract.pk, world.crisis.pk]
        for _count in range(4):
            contract = ContractFactory(valid_from=world.month.first)
            Commitment.objects.create(
                contract=contract, indicator="Czas", promised=7, measure=Commitment.Measure.ADVICE_WAIT_DAYS
            )
            TranchePayment.objects.create(
                contract=contract, year=year, paid_on=world.month.first, amount=Decimal(10)
            )
            pks.append(contract.pk)
        counts = []
        for asked in (pks[:2], pks):
            with CaptureQueriesContext(connection) as queries:
                costs_of(asked, date(year, 1, 1), date(year, 12, 31))
            counts.append(len(queries))
        assert counts[0] == counts[1]

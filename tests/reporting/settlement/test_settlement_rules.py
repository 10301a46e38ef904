"""The account of a month as pure rules: prices by day, rounding, cap, share, penalties, advances; KSeF numbers."""

import re
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from functools import partial
from uuid import UUID

import pytest

from kernel.ids import new_id
from kernel.money import price_of_minutes
from reporting.settlement.rules.billing import Corrected, Terms, bill_of, shares_of, with_never_paid
from reporting.settlement.rules.ksef import NotAnInvoice, is_ksef_number, read_invoice
from reporting.settlement.rules.lines import Line, accepted_lines

ANNA, JAN = new_id(), new_id()
D = Decimal


def line(day: int, minutes: int, decision: UUID = ANNA, start: int = 8) -> Line:
    return Line(new_id(), decision, date(2026, 10, day), time(start), "W01", minutes)


def flat(price: str = "41.50") -> Terms:
    return Terms(price_on=lambda _day: D(price))


def test_minutes_of_a_decision_at_one_price_are_rounded_once() -> None:
    bill = bill_of([line(1, 20), line(2, 20), line(3, 20, JAN)], [], flat("10.01"))
    # 40 min: 6.6733…; 20 min: 3.3366…; a visit at a time would give 3.34 × 3 = 10.02.
    assert [charge.amount for charge in bill.charges] == [D("6.67"), D("3.34")]
    assert (bill.cost, bill.due, bill.minutes) == (D("10.01"), D("10.01"), 60)


def test_half_a_grosz_goes_up() -> None:
    assert bill_of([line(1, 30)], [], flat("10.01")).cost == D("5.01")


def test_a_price_changed_inside_the_month_splits_the_lines_by_day() -> None:
    terms = Terms(price_on=lambda day: D("50.00") if day >= date(2026, 10, 15) else D("40.00"))
    bill = bill_of([line(1, 60), line(14, 60), line(15, 60), line(31, 30)], [], terms)
    told = [(one.price, one.first.day, one.last.day, one.paid, one.amount) for one in bill.charges]
    assert told == [(D("40.00"), 1, 14, 120, D("80.00")), (D("50.00"), 15, 31, 90, D("75.00"))]


def test_what_exceeds_the_cap_is_taken_from_the_last_visits() -> None:
    lines = [line(1, 60), line(2, 60), line(3, 60, JAN)]
    bill = bill_of(lines, [], Terms(price_on=lambda _day: D(60), cap_left=100))
    assert bill.over_cap_of == {lines[2].visit: 60, lines[1].visit: 20}
    assert [(one.accepted, one.over_cap, one.amount) for one in bill.charges] == [
        (120, 20, D("100.00")),
        (60, 60, D("0.00")),
    ]
    assert bill_of(lines, [], Terms(price_on=lambda _day: D(60), cap_left=0)).cost == 0
    assert bill_of(lines, [], Terms(price_on=lambda _day: D(60), cap_left=180)).over_cap_of == {}


def test_corrections_cost_the_price_of_the_day_they_correct_and_count_under_the_cap() -> None:
    terms = Terms(price_on=lambda day: D(60) if day.month == 10 else D(30), cap_left=50)
    less = Corrected(new_id(), ANNA, date(2026, 9, 5), -20)
    bill = bill_of([line(1, 70)], [less], terms)
    assert bill.over_cap_of == {}
    assert [(one.correction, one.amount) for one in bill.charges] == [
        (None, D("70.00")),
        (less.key, D("-10.00")),
    ]
    more = Corrected(new_id(), ANNA, date(2026, 9, 5), 20)
    bill = bill_of([line(1, 40)], [more], terms)
    assert bill.minutes == 50
    only = bill_of([], [more], Terms(price_on=lambda _day: D(60), cap_left=5))
    assert (only.minutes, only.cost) == (5, D("5.00"))


def test_share_amount_penalties_and_advance() -> None:
    lines = [line(1, 600)]
    terms = Terms(
        price_on=lambda _day: D("33.33"),
        share=Fraction(2, 3),
        money_left=D("200.00"),
        penalties=D("50.00"),
        advance_left=D("120.00"),
    )
    bill = bill_of(lines, [], terms)
    assert (bill.cost, bill.share_of_cost, bill.over_amount) == (D("333.30"), D("222.20"), D("22.20"))
    assert (bill.part, bill.due, bill.from_advance, bill.to_pay) == (
        D("200.00"),
        D("150.00"),
        D("120.00"),
        D("30.00"),
    )
    assert bill.over_penalties == 0


def test_penalties_never_make_the_organisation_pay() -> None:
    bill = bill_of([line(1, 60)], [], Terms(price_on=lambda _day: D(40), penalties=D(100), advance_left=D(5)))
    assert (bill.due, bill.over_penalties, bill.from_advance) == (D(0), D(60), D(0))


def test_corrections_beyond_the_care_of_the_month_are_returned() -> None:
    less = Corrected(new_id(), ANNA, date(2026, 9, 5), -90)
    bill = bill_of(
        [line(1, 60)], [less], Terms(price_on=lambda _day: D(40), penalties=D(5), advance_left=D(9))
    )
    # 40.00 − 60.00: nothing is taken from an advance, and penalties are claimed apart.
    assert (bill.part, bill.due, bill.from_advance, bill.over_penalties) == (D(-20), D(-20), D(0), D(5))


def test_a_correction_takes_first_what_its_month_was_never_paid() -> None:
    def less(month: int, minutes: int) -> Corrected:
        return Corrected(new_id(), ANNA, date(2026, month, 5), minutes)

    given = [less(8, -30), less(9, -30), less(9, 10), less(9, -30)]
    told = with_never_paid(given, {date(2026, 9, 1): 40})
    assert [one.never_paid for one in told] == [0, 30, 0, 10]
    bill = bill_of([line(1, 60)], told, Terms(price_on=lambda _day: D(60), cap_left=60))
    # 30 and 20 min were paid and come back; the visit and what is added take 60 + 10 of 60 + 50.
    assert [one.amount for one in bill.charges] == [D(60), D(-30), D(0), D(10), D(-20)]
    assert (bill.minutes, bill.over_cap_of) == (20, {})
    unpaid = bill_of([line(1, 60)], told[1:2], Terms(price_on=lambda _day: D(60), cap_left=30))
    assert (unpaid.minutes, unpaid.cost) == (30, D(30))


def test_what_the_amount_of_the_contract_never_paid_is_not_returned() -> None:
    less = Corrected(new_id(), ANNA, date(2026, 9, 5), -90)
    terms = Terms(price_on=lambda _day: D(40), money_left=D(0), never_paid=D(50))
    bill = bill_of([], [less], terms)
    assert (bill.cost, bill.over_amount, bill.part, bill.due) == (D(-60), D(-50), D(-10), D(-10))
    assert bill_of([], [less], Terms(price_on=lambda _day: D(40), money_left=D(0))).due == D(-60)


def test_refused_excess_is_taken_from_the_end_of_the_month_and_no_line_twice() -> None:
    first, second, other = line(1, 60), line(2, 60), line(3, 60, JAN)
    made = accepted_lines(
        [other, second, first],
        of_visits={first.place: 60},
        of_decisions={ANNA: 80},
        beyond=50,
    )
    assert [(one.visit, one.refused) for one in made] == [
        (first.visit, 60),
        (second.visit, 20),
        (other.visit, 50),
    ]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("5265877635-20250826-0100001AF629-AF", True),
        ("5265877635-20250826-0100001AF629-AE", False),
        ("5265877635-20251326-0100001AF629-AF", False),
        ("5265877635-20250826-0100001af629-AF", False),
        ("5265877635-20250826-0100001AF629", False),
        ("", False),
    ],
)
def test_numbers_of_ksef(text: str, known: bool) -> None:
    assert is_ksef_number(text) is known


FA = """<?xml version="1.0" encoding="UTF-8"?>
<Faktura xmlns="http://crd.gov.pl/wzor/2025/06/25/13775/">
  <Naglowek><KodFormularza kodSystemowy="FA (3)" wersjaSchemy="1-0E">FA</KodFormularza></Naglowek>
  <Podmiot1><DaneIdentyfikacyjne><NIP>5265877635</NIP></DaneIdentyfikacyjne></Podmiot1>
  <Fa><KodWaluty>{currency}</KodWaluty><P_1>2026-11-03</P_1><P_2>FV/1</P_2><P_15>{amount}</P_15></Fa>
</Faktura>"""


def test_an_fa_document_tells_number_day_seller_and_amount() -> None:
    found = read_invoice(FA.format(currency="PLN", amount="166.00").encode())
    assert (found.number, found.issued_on, found.seller_nip, found.amount) == (
        "FV/1",
        date(2026, 11, 3),
        "5265877635",
        D("166.00"),
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no xml",
        b"<Faktura/>",
        FA.format(currency="EUR", amount="1").encode(),
        FA.format(currency="PLN", amount="much").encode(),
        FA.format(currency="PLN", amount="NaN").encode(),
        FA.format(currency="PLN", amount="").encode(),
        FA.format(currency="PLN", amount="1").replace("<NIP>5265877635</NIP>", "").encode(),
        FA.format(currency="PLN", amount="1").replace("5265877635", "5265877636").encode(),
        FA.format(currency="PLN", amount="1").replace(">FA<", ">FA_RR<").encode(),
        re.sub("<Naglowek>.*</Naglowek>", "", FA.format(currency="PLN", amount="1")).encode(),
        FA.format(currency="PLN", amount="1").replace("<P_2>FV/1</P_2>", "").encode(),
        FA.format(currency="PLN", amount="1").replace("<P_1>2026-11-03</P_1>", "").encode(),
        FA.format(currency="PLN", amount="1").replace("crd.gov.pl", "example.pl").encode(),
        FA.format(currency="PLN", amount="1").replace("</Faktura>", "").encode(),
        # In another encoding the declaration is no run of bytes that one could look for.
        FA.format(currency="PLN", amount="1")
        .replace('encoding="UTF-8"?>', 'encoding="UTF-16"?><!DOCTYPE Faktura [<!ENTITY a "aa">]>')
        .encode("utf-16"),
        b'<!DOCTYPE x [<!ENTITY a "aa">]>' + FA.format(currency="PLN", amount="1").encode().split(b"?>")[1],
    ],
)
def test_what_is_no_invoice(content: bytes) -> None:
    with pytest.raises(NotAnInvoice):
        read_invoice(content)


def test_amounts_of_visits_add_up_to_their_line() -> None:
    # Ten minutes at 41.50 zł are 6.916666… zł; thirty are 20.75 zł, not three times 6.92 zł.
    assert shares_of([10, 10, 10], partial(price_of_minutes, price_per_hour=D("41.50"))) == [
        D("6.92"),
        D("6.91"),
        D("6.92"),
    ]
    lines = [line(day, 7 + day, start=9) for day in range(1, 20)]
    charge = bill_of(lines, [], Terms(lambda _day: D("41.33"))).charges[0]
    assert (
        sum(shares_of([one.accepted for one in lines], partial(price_of_minutes, price_per_hour=D("41.33"))))
        == charge.amount
    )

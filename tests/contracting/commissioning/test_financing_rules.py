"""Money against minutes: sums to the grosz, years and months, what is left unfunded."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracting.commissioning.rules.financing import (
    Sums,
    cover,
    cover_year,
    hours_of,
    line_amount,
    minutes_in,
    months_between,
    share_percent,
    total,
)
from kernel.periods import Month

MONEY = st.decimals(0, 5_000_000, places=2)


def _sums(sources: str, hours: str = "0", cost: str = "0", other: str = "0") -> Sums:
    return Sums(Decimal(sources), Decimal(hours), Decimal(cost), Decimal(other))


def test_the_project_of_the_source_to_the_grosz() -> None:
    """Costs 371 425,44, grant 330 710,44: the own share is 40 715,00, 10,96 %."""
    costs, grant = Decimal("371425.44"), Decimal("330710.44")
    missing = Sums(sources=grant, other_costs=costs).balance
    assert missing == Decimal("-40715.00")
    assert share_percent(-missing, costs) == Decimal("10.96")
    assert Sums(sources=grant + Decimal("40715.00"), other_costs=costs).balance == 0


def test_years_add_up_to_the_whole() -> None:
    parts = [_sums("1020000.00", "100", "4150.00"), _sums("883000.00", "50.5", "2095.75", "0.01")]
    whole = total(parts)
    assert (whole.sources, whole.hours) == (Decimal("1903000.00"), Decimal("150.5"))
    assert whole.balance == sum(part.balance for part in parts)


@pytest.mark.parametrize(
    ("cost", "quantity", "amount"),
    [
        ("0.01", "0.50", "0.01"),
        ("0.01", "0.49", "0.00"),
        ("41.50", "1240.00", "51460.00"),
        ("33.33", "0.15", "5.00"),
    ],
)
def test_a_cost_line_is_rounded_half_up(cost: str, quantity: str, amount: str) -> None:
    assert line_amount(Decimal(cost), Decimal(quantity)) == Decimal(amount)


@given(st.decimals(0, 9999, places=2), st.decimals(0, 99_999, places=2))
def test_a_cost_line_is_within_half_a_grosz(cost: Decimal, quantity: Decimal) -> None:
    off = Fraction(line_amount(cost, quantity)) - Fraction(cost) * Fraction(quantity)
    assert -Fraction(1, 200) < off <= Fraction(1, 200)


def test_a_month_that_the_period_enters_late_has_its_share() -> None:
    first, last = date(2027, 1, 16), date(2027, 3, 31)
    months = months_between(first, last)
    assert [str(month) for month in months] == ["2027-01", "2027-02", "2027-03"]
    assert [minutes_in(month, 3100, first, last) for month in months] == [1600, 3100, 3100]
    assert minutes_in(Month(2027, 4), 3100, first, last) == 0
    assert minutes_in(Month(2027, 2), 59, date(2027, 2, 14), date(2027, 2, 14)) == 2


def test_money_is_spent_month_by_month_and_the_last_one_gets_what_is_left() -> None:
    """10 000 zł less 1 000 zł of other costs at 30 zł an hour pay 300 h: two months of 120 h and half of the third."""
    sums = _sums("10000", hours="400", cost="12000", other="1000")
    year = cover_year(2027, sums, [(Month(2027, number), 120 * 60) for number in (1, 2, 3, 4)])
    assert [month.funded for month in year.months] == [7200, 7200, 3600, 0]
    assert [str(month.month) for month in year.unfunded_months] == ["2027-03", "2027-04"]
    assert (year.planned, year.funded, year.costed, year.affordable) == (28_800, 18_000, 24_000, 18_000)
    assert sums.balance == Decimal(-3000)


def test_without_a_price_of_an_hour_nothing_is_funded_and_nothing_is_claimed() -> None:
    year = cover_year(2027, _sums("10000"), [(Month(2027, 1), 60)])
    assert (year.funded, year.affordable) == (0, None)


def test_money_of_one_year_pays_nothing_of_another() -> None:
    years = cover(date(2027, 12, 1), date(2028, 1, 31), 600, {2027: _sums("5000", "10", "300")})
    assert [(year.year, year.planned, year.funded) for year in years] == [(2027, 600, 600), (2028, 600, 0)]


def test_a_year_with_money_outside_the_period_is_shown() -> None:
    years = cover(date(2027, 1, 1), date(2027, 1, 31), 600, {2029: _sums("5000", "10", "300")})
    assert [(year.year, year.planned) for year in years] == [(2027, 600), (2029, 0)]


@given(
    MONEY, st.decimals("0.25", 9000, places=2), st.decimals(1, 200, places=2), MONEY, st.integers(0, 90_000)
)
def test_funded_minutes_never_cost_more_than_the_money(
    sources: Decimal, hours: Decimal, price: Decimal, other: Decimal, planned: int
) -> None:
    sums = Sums(sources, hours, line_amount(price, hours), other)
    (year,) = cover(date(2027, 1, 1), date(2027, 12, 31), planned, {2027: sums})
    assert all(0 <= month.funded <= month.planned == planned for month in year.months)
    assert sums.hour_price is not None
    spent = sums.hour_price * year.funded / 60 + Fraction(other)
    assert year.funded == 0 or spent <= Fraction(sources)
    if year.unfunded_months:
        assert spent + sums.hour_price / 60 > Fraction(sources)
    if sums.balance >= 0 and year.costed >= year.planned:
        assert not year.unfunded_months


@given(st.lists(st.tuples(MONEY, MONEY), max_size=6))
def test_the_balance_of_all_years_is_exact(pairs: list[tuple[Decimal, Decimal]]) -> None:
    whole = total(Sums(sources=money, other_costs=cost) for money, cost in pairs)
    assert whole.balance * 100 == sum(int(money * 100) - int(cost * 100) for money, cost in pairs)


@given(st.integers(0, 3_000_000))
def test_hours_of_a_cost_line_provide_for_every_minute(minutes: int) -> None:
    hours = hours_of(minutes)
    assert cover_year(2027, Sums(hours=hours), []).costed >= minutes
    assert Fraction(hours) - Fraction(minutes, 60) < Fraction(1, 100)

"""Terms and limits of the law as arithmetic: full days, years, small grants."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from contracting.tenders.rules import grants
from contracting.tenders.rules.terms import (
    days_inclusive,
    earliest_deadline,
    is_short,
    last_day_of_years,
    last_day_to_demand,
    last_publication,
)
from kernel.periods import WARSAW


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=WARSAW)


FIRST_OF_MARCH = date(2027, 3, 1)


def test_21_full_days_after_the_first_of_march_end_with_the_22nd() -> None:
    assert earliest_deadline(FIRST_OF_MARCH, 21) == local(2027, 3, 23)


@pytest.mark.parametrize(
    ("deadline", "short"),
    [
        (local(2027, 3, 22, 23), True),
        (local(2027, 3, 22, 23, 59), True),
        (local(2027, 3, 23), False),
        (local(2027, 3, 23, 12), False),
    ],
)
def test_an_hour_before_the_end_of_the_last_day_is_short(deadline: datetime, short: bool) -> None:
    assert is_short(deadline, FIRST_OF_MARCH, 21) is short


def test_an_office_may_allow_the_last_minute_of_the_day() -> None:
    grace = timedelta(seconds=60)
    assert not is_short(local(2027, 3, 22, 23, 59), FIRST_OF_MARCH, 21, grace=grace)
    assert is_short(local(2027, 3, 22, 23, 58), FIRST_OF_MARCH, 21, grace=grace)


def test_days_are_days_of_the_calendar_when_the_clocks_change() -> None:
    # Between them lies the hour lost on 28 March: the midnight in Warsaw is an hour earlier in UTC.
    assert earliest_deadline(date(2027, 3, 15), 21) == datetime(2027, 4, 5, 22, tzinfo=UTC)


def test_the_term_runs_from_the_last_of_the_publications() -> None:
    assert last_publication([date(2027, 3, 1), date(2027, 3, 9), date(2027, 3, 5)]) == date(2027, 3, 9)
    assert last_publication([]) is None


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2027, 1, 1), date(2031, 12, 31)),
        (date(2027, 3, 15), date(2032, 3, 14)),
        (date(2028, 2, 29), date(2033, 2, 28)),
        (date(2027, 3, 1), date(2032, 2, 29)),
    ],
)
def test_five_years_of_a_contract(first: date, last: date) -> None:
    assert last_day_of_years(first, 5) == last


def test_reasons_may_be_demanded_for_thirty_days_after_the_results() -> None:
    assert last_day_to_demand(date(2027, 3, 1), 30) == date(2027, 3, 31)


@pytest.mark.parametrize(("amount", "over"), [("10000.00", False), ("10000.01", True), ("0.01", False)])
def test_ten_thousand_is_a_small_grant_and_a_grosz_more_is_not(amount: str, over: bool) -> None:
    assert grants.is_too_large(Decimal(amount), Decimal(10_000)) is over


@pytest.mark.parametrize(("days", "over"), [(89, False), (90, False), (91, True)])
def test_ninety_days_are_a_small_grant_and_a_day_more_is_not(days: int, over: bool) -> None:
    first = date(2027, 1, 10)
    last = first + timedelta(days=days - 1)
    assert days_inclusive(first, last) == days
    assert grants.is_too_long(first, last, 90) is over


def test_an_organisation_gets_at_most_twenty_thousand_in_a_year() -> None:
    most = Decimal(20_000)
    assert grants.left_for_organisation(Decimal("12000.00"), most) == Decimal("8000.00")
    assert grants.left_for_organisation(Decimal("19999.99"), most) == Decimal("0.01")
    assert grants.left_for_organisation(Decimal("20000.01"), most) == 0


def test_small_grants_take_at_most_a_fifth_of_the_money_planned() -> None:
    planned = Decimal("100000.00")
    assert grants.left_in_pool(Decimal("15000.00"), planned, Decimal(20)) == Decimal("5000.00")
    assert grants.left_in_pool(Decimal("20000.00"), planned, Decimal(20)) == 0

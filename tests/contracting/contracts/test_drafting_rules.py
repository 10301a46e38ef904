"""The arithmetic of a draft: its years, its cap, its longest time."""

from datetime import date
from decimal import Decimal

import pytest

from contracting.contracts.rules.drafting import (
    longest_end,
    minutes_for,
    minutes_paid,
    own_part,
    share_minutes,
    split_by_year,
)


def test_years_share_the_amount_to_the_grosz() -> None:
    parts = split_by_year(Decimal("100.00"), date(2026, 12, 1), date(2028, 1, 31))
    assert sum(parts.values()) == Decimal("100.00") and list(parts) == [2026, 2027, 2028]
    by_budget = split_by_year(
        Decimal("10.00"), date(2026, 1, 1), date(2027, 12, 31), {2026: Decimal(1), 2027: Decimal(2)}
    )
    assert by_budget == {2026: Decimal("3.33"), 2027: Decimal("6.67")}


def test_years_share_the_cap_to_the_minute() -> None:
    thirds = dict.fromkeys((2026, 2027, 2028), Decimal("33.33"))
    assert share_minutes(100, thirds) == {2026: 34, 2027: 33, 2028: 33}
    assert share_minutes(7, {2026: Decimal(1), 2027: Decimal(3)}) == {2026: 2, 2027: 5}
    assert share_minutes(None, thirds) == dict.fromkeys(thirds)


def test_ends_and_caps() -> None:
    assert longest_end(date(2026, 1, 1), 5) == date(2030, 12, 31)
    assert longest_end(date(2024, 2, 29), 5) == date(2029, 2, 28)
    assert minutes_for(Decimal("100.00"), Decimal("45.00")) == 133
    assert minutes_paid(Decimal(125_000), Decimal("50.00"), 150_000) == 150_000
    assert minutes_paid(Decimal(100_000), Decimal("50.00"), 150_000) == 120_000
    # 100 zł for 133 minutes are 45,11 zł an hour: the price that was rounded up pays them still.
    assert minutes_paid(Decimal("99.99"), Decimal("45.11"), 133) == 133
    assert minutes_paid(Decimal(90), Decimal("45.00"), None) == 120


@pytest.mark.parametrize(
    ("outside", "own", "others", "expected"),
    [
        ("20000", "25000", "25000", "20000.00"),
        ("20000", "10000", "25000", "8000.00"),
        ("0", "25000", "25000", "0.00"),
        ("20000", "0", "25000", "0"),
        ("20000", "100", "0", "0"),
        ("100", "30", "25", "100.00"),
    ],
)
def test_the_own_contribution_is_its_part_of_what_the_grant_does_not_cover(
    outside: str, own: str, others: str, expected: str
) -> None:
    assert own_part(Decimal(outside), Decimal(own), Decimal(others)) == Decimal(expected)

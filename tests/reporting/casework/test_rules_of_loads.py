"""Limits of loads and the numbers of the act."""

from decimal import Decimal

import pytest

from reporting.casework.rules import LoadLimits, StatutoryRatio, percent_of_limit


@pytest.mark.parametrize(("blue", "limit"), [(0, 20), (1, 17), (5, 17)])
def test_a_blue_card_lowers_the_limit(blue: int, limit: int) -> None:
    assert LoadLimits(20, 17).for_load(blue) == limit


@pytest.mark.parametrize(
    ("load", "limit", "percent"), [(20, 20, "100.0"), (17, 20, "85.0"), (1, 17, "5.9"), (0, 20, "0.0")]
)
def test_the_percent_of_the_limit(load: int, limit: int, percent: str) -> None:
    assert percent_of_limit(load, limit) == Decimal(percent)
    assert percent_of_limit(load, 0) is None


@pytest.mark.parametrize(
    ("inhabitants", "families", "by_inhabitants", "by_families"),
    [(14_000, 100, 7, 3), (14_001, 151, 8, 4), (0, 0, 3, 3), (6_000, 200, 3, 4)],
)
def test_the_act_counts_every_part_of_a_worker_and_never_fewer_than_three(
    inhabitants: int, families: int, by_inhabitants: int, by_families: int
) -> None:
    ratio = StatutoryRatio(inhabitants, families, per_inhabitants=2000, per_families=50, least=3)
    assert (ratio.by_inhabitants, ratio.by_families) == (by_inhabitants, by_families)

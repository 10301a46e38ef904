"""Ranking with confidence: Wilson's interval against published values, and the ranks that it leaves open."""

from decimal import Decimal

import pytest

from reporting.statistics.desk.confidence import Interval, ranks, wilson


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3; and 0 of n: z²/(n + z²).
    [(81, 263, "25.5", "36.6"), (15, 148, "6.2", "16.0"), (0, 20, "0.0", "16.1"), (1, 29, "0.6", "17.2")],
)
def test_wilsons_interval_is_that_of_the_literature(hits: int, trials: int, low: str, high: str) -> None:
    assert wilson(Decimal(hits), Decimal(trials)) == Interval(Decimal(low), Decimal(high))


@pytest.mark.parametrize(("hits", "trials"), [(1, 0), (3, 2), (-1, 5)])
def test_what_is_no_share_has_no_interval(hits: int, trials: int) -> None:
    assert wilson(Decimal(hits), Decimal(trials)) is None


def test_ranks_that_cannot_be_told_apart_are_said() -> None:
    values = {"a": Decimal(50), "b": Decimal(48), "c": Decimal(10), "d": Decimal(10)}
    intervals = {
        "a": Interval(Decimal(40), Decimal(60)),
        "b": Interval(Decimal(38), Decimal(58)),
        "c": Interval(Decimal(5), Decimal(20)),
        "d": Interval(Decimal(5), Decimal(20)),
    }
    found = ranks(values, intervals)
    assert [(one.rank, one.best, one.worst) for one in found.values()] == [
        (1, 1, 2),
        (2, 1, 2),
        (3, 3, 4),
        (3, 3, 4),
    ]
    assert ranks(values, {})["b"].best == ranks(values, {})["b"].worst == 2

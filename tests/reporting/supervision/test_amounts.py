"""Which way an amendment goes, where months, weeks and plans are compared with one another."""

from datetime import time

import pytest

from reporting.care.rules import Slot
from reporting.supervision.rules.amounts import Granted, change_of

MONTH_8H = Granted("month", 480)
MONDAYS_2H = Granted("plan", None, (Slot(1, time(8), 120),))


@pytest.mark.parametrize(
    ("before", "after", "sign"),
    [
        (MONTH_8H, Granted("month", 481), 1),
        (MONTH_8H, Granted("month", 480), 0),
        (MONTH_8H, Granted("month", 479), -1),
        # 110 minutes a week are 95.6 hours a year, 8 hours a month are 96; 111 a week are 96.5.
        (MONTH_8H, Granted("week", 110), -1),
        (MONTH_8H, Granted("week", 111), 1),
        (Granted("week", 111), MONTH_8H, -1),
        (MONTH_8H, MONDAYS_2H, 1),
        (MONDAYS_2H, Granted("plan", None, (Slot(1, time(12), 120),)), 0),
        # Easter Monday 2026 is a Monday: only a plan that says so has visits on it.
        (MONDAYS_2H, Granted("plan", None, (Slot(1, time(8), 120, on_holidays=True),)), 1),
        (MONDAYS_2H, Granted("plan", None, ()), -1),
    ],
)
def test_the_way_of_an_amendment(before: Granted, after: Granted, sign: int) -> None:
    change = change_of(before, after, year=2026)
    assert (change > 0) - (change < 0) == sign

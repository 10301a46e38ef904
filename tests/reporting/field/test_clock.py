"""Whether times by a phone's clock can be believed."""

from datetime import UTC, date, datetime, time

import pytest

from reporting.field.rules.clock import AHEAD, MOVED, TRUSTED, WRONG, PhoneClock, WallTimes, judge, propose

RECEIVED = datetime(2024, 10, 9, 10, 0, tzinfo=UTC)
MORNING = WallTimes(date(2024, 10, 9), time(8), time(10))
DAY, TOLERANCE = 86_400, 600


@pytest.mark.parametrize(
    ("then", "now", "jumped", "verdict"),
    [
        (0, 0, False, TRUSTED),
        (None, 30, False, TRUSTED),
        (600, -600, False, TRUSTED),
        (DAY, DAY, False, WRONG),
        (-DAY, -DAY + 120, False, WRONG),
        (None, DAY, False, WRONG),
        (0, DAY, False, MOVED),
        (DAY, 0, False, MOVED),
        (DAY, -DAY, False, MOVED),
        (300, 700, False, WRONG),
        (0, 0, True, MOVED),
    ],
)
def test_a_clock_is_believed_within_the_tolerance_only(
    then: int | None, now: int, jumped: bool, verdict: str
) -> None:
    clock = PhoneClock(then, now, jumped)
    assert judge(clock, MORNING, received_at=RECEIVED, tolerance=TOLERANCE) == verdict


def test_what_has_not_ended_by_the_clock_of_the_server_is_asked_about() -> None:
    noon = WallTimes(date(2024, 10, 9), time(11), time(12, 10))
    later = WallTimes(date(2024, 10, 9), time(11), time(12, 11))
    clock = PhoneClock(0, 0)
    assert judge(clock, noon, received_at=RECEIVED, tolerance=TOLERANCE) == TRUSTED
    assert judge(clock, later, received_at=RECEIVED, tolerance=TOLERANCE) == AHEAD


def test_times_that_are_no_visit_are_left_to_the_diary() -> None:
    nothing = WallTimes(date(2024, 10, 9), time(8), time(8))
    assert judge(PhoneClock(0, 0), nothing, received_at=RECEIVED, tolerance=TOLERANCE) == TRUSTED
    assert propose(PhoneClock(DAY, DAY), nothing) is None


@pytest.mark.parametrize(
    ("clock", "proposed"),
    [
        (PhoneClock(DAY, DAY), WallTimes(date(2024, 10, 10), time(8), time(10))),
        (PhoneClock(-DAY, -DAY), WallTimes(date(2024, 10, 8), time(8), time(10))),
        (PhoneClock(None, 3600), WallTimes(date(2024, 10, 9), time(9), time(11))),
        # The measure before the entry is nearer to it than the one when it was sent.
        (PhoneClock(0, DAY), MORNING),
        (PhoneClock(DAY, 0), WallTimes(date(2024, 10, 10), time(8), time(10))),
        (PhoneClock(89, 89), WallTimes(date(2024, 10, 9), time(8, 1), time(10, 1))),
        (PhoneClock(0, 0, True), None),
    ],
)
def test_the_proposal_is_by_the_clock_of_the_server(clock: PhoneClock, proposed: WallTimes | None) -> None:
    assert propose(clock, MORNING) == proposed


def test_a_proposal_keeps_the_length_of_a_visit_over_midnight_and_over_the_change_of_clocks() -> None:
    night = WallTimes(date(2024, 10, 26), time(23), time(1))
    # 27 October 2024 has 25 hours: a day later by seconds is an hour earlier by the wall.
    assert propose(PhoneClock(DAY, DAY), night) == WallTimes(date(2024, 10, 27), time(22), time(0))

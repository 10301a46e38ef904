"""What is granted and delivered, in which month, and H1-H3, by example on both sides of each boundary."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from kernel.periods import WARSAW, Month
from reporting.compliance.rules import (
    Amount,
    AmountPer,
    Code,
    Suspension,
    Thresholds,
    VisitState,
    WorkerFacts,
    active_dates,
    granted_minutes,
)
from tests.reporting.compliance.examples import (
    OCTOBER,
    a_decision,
    a_visit,
    compared,
    found,
    outcome,
    per_month,
    per_week,
    slot,
    starts,
)

# What is granted.


def test_a_whole_month_grants_the_whole_amount() -> None:
    assert granted_minutes(a_decision(amount=per_month(1200)), OCTOBER) == 1200


@pytest.mark.parametrize(
    ("amount", "valid_from", "minutes"),
    [
        (per_month(31), date(2026, 10, 31), 1),
        (per_month(15), date(2026, 10, 31), 0),  # 0.48
        (per_month(16), date(2026, 10, 31), 1),  # 0.52
        (per_month(1200), date(2026, 10, 16), 619),  # 1200 × 16 / 31 = 619.35
        (per_week(420), date(2026, 10, 1), 1860),  # 420 × 31 / 7
        (per_week(1), date(2026, 10, 25), 1),
        (per_week(100), date(2026, 10, 31), 14),  # 14.29
        (per_week(60), date(2026, 10, 30), 17),  # 17.14
    ],
)
def test_part_of_a_month_grants_by_active_days(amount: Amount, valid_from: date, minutes: int) -> None:
    assert granted_minutes(a_decision(amount=amount, valid_from=valid_from), OCTOBER) == minutes


def test_half_a_minute_is_rounded_up() -> None:
    # 30 days in April, 15 active: 1 × 15 / 30 = 0.5; to the nearest even it would be 0.
    half = a_decision(amount=per_month(1), valid_from=date(2026, 4, 16))
    assert granted_minutes(half, Month(2026, 4)) == 1
    assert granted_minutes(a_decision(amount=per_month(5), valid_from=date(2026, 4, 16)), Month(2026, 4)) == 3


def test_february_has_29_days_in_a_leap_year() -> None:
    decision = a_decision(amount=per_month(290), valid_from=date(2028, 2, 29), valid_to=date(2028, 12, 31))
    assert granted_minutes(decision, Month(2028, 2)) == 10
    assert active_dates(decision, Month(2028, 2)) == (date(2028, 2, 29),)


def test_a_plan_grants_its_slots_and_on_holidays_only_where_it_says_so() -> None:
    # 11 November 2026 is a Wednesday, as are 4, 18 and 25.
    november = Month(2026, 11)
    plan = a_decision(amount=Amount(AmountPer.PLAN), plan=(slot(3, "08:00", 90),))
    assert granted_minutes(plan, november) == 3 * 90
    also = a_decision(amount=Amount(AmountPer.PLAN), plan=(slot(3, "08:00", 90, on_holidays=True),))
    assert granted_minutes(also, november) == 4 * 90


@pytest.mark.parametrize(("year", "thursdays"), [(2020, 5), (2026, 4)])
def test_24_december_is_a_holiday_since_2025(year: int, thursdays: int) -> None:
    # A Thursday in both years; 31 December as well.
    plan = a_decision(
        amount=Amount(AmountPer.PLAN), plan=(slot(4, "08:00", 10),), valid_from=date(2020, 1, 1)
    )
    assert granted_minutes(plan, Month(year, 12)) == thursdays * 10


def test_a_plan_of_no_slots_grants_nothing() -> None:
    decision = outcome(decisions=[a_decision(amount=Amount(AmountPer.PLAN))])
    assert (decision.granted_minutes, decision.fulfilment_percent, decision.deviations) == (0, None, ())


def test_suspended_days_grant_nothing_however_often_they_are_covered() -> None:
    decision = a_decision(
        amount=per_month(310),
        suspensions=(
            Suspension(date(2026, 9, 20), date(2026, 10, 2)),
            Suspension(date(2026, 10, 2), date(2026, 10, 3)),
            Suspension(date(2026, 10, 31), date(2026, 11, 30)),
        ),
    )
    assert active_dates(decision, OCTOBER) == tuple(date(2026, 10, day) for day in range(4, 31))
    assert granted_minutes(decision, OCTOBER) == 270


@pytest.mark.parametrize("how", ["revoked_from", "superseded_from"])
def test_a_decision_that_ends_early_holds_until_the_day_before(how: str) -> None:
    decision = a_decision(amount=per_month(310), **{how: date(2026, 10, 11)})
    assert granted_minutes(decision, OCTOBER) == 100
    assert starts(found("D1", [a_visit("2026-10-10 08:00", 60)], decisions=[decision])) == []
    assert starts(found("D1", [a_visit("2026-10-11 08:00", 60)], decisions=[decision])) == ["11 08:00 W01"]


def test_the_earliest_end_wins() -> None:
    decision = a_decision(
        valid_to=date(2026, 10, 20),
        superseded_from=date(2026, 10, 12),
        revoked_from=date(2026, 10, 5),
    )
    assert active_dates(decision, OCTOBER)[-1] == date(2026, 10, 4)


def test_a_decision_without_end_date_in_sight_does_not_overflow() -> None:
    assert granted_minutes(a_decision(valid_to=date.max), OCTOBER) == 120


# Hours.


@pytest.mark.parametrize(
    ("delivered", "codes", "percent"),
    [
        (121, {"H1": 1}, "100.8"),
        (120, {}, "100.0"),
        (108, {}, "90.0"),
        (107, {"H2": 13}, "89.2"),
        (1, {"H2": 119}, "0.8"),
    ],
)
def test_hours_against_120_granted(delivered: int, codes: dict[str, int], percent: str) -> None:
    decision = outcome([a_visit("2026-10-05 08:00", delivered)])
    hours = {one.code.value: one.minutes for one in decision.deviations if one.code.startswith("H")}
    assert hours == codes
    assert decision.fulfilment_percent == Decimal(percent)


def test_nothing_delivered() -> None:
    decision = outcome([a_visit("2026-10-05 08:00", 60, state=VisitState.NO_SHOW)])
    assert decision.fulfilment_percent == Decimal("0.0")
    assert [(one.code, one.minutes) for one in decision.deviations] == [(Code.NOTHING_DELIVERED, 120)]


def test_delivered_where_nothing_is_granted() -> None:
    suspended = a_decision(suspensions=(Suspension(date(2026, 10, 1), date(2026, 10, 31)),))
    decision = outcome([a_visit("2026-10-05 08:00", 60)], decisions=[suspended])
    assert decision.fulfilment_percent is None
    assert [(one.code.value, one.minutes) for one in decision.deviations] == [("D2", None), ("H1", 60)]


def test_a_tolerated_excess_is_none_and_one_beyond_counts_whole() -> None:
    tolerant = Thresholds(over_tolerance_minutes=15)
    assert found("H1", [a_visit("2026-10-05 08:00", 135)], thresholds=tolerant) == []
    (over,) = found("H1", [a_visit("2026-10-05 08:00", 136)], thresholds=tolerant)
    assert over.minutes == 16


def test_the_threshold_of_under_delivery_is_a_setting() -> None:
    assert (
        found("H2", [a_visit("2026-10-05 08:00", 60)], thresholds=Thresholds(under_threshold_percent=50))
        == []
    )


@pytest.mark.parametrize(
    ("granted", "delivered", "percent"),
    [(2000, 1, "0.1"), (2000, 3, "0.2"), (3, 2, "66.7"), (3, 1, "33.3"), (800, 1, "0.1"), (10000, 4, "0.0")],
)
def test_fulfilment_is_rounded_half_up(granted: int, delivered: int, percent: str) -> None:
    decision = outcome(
        [a_visit("2026-10-05 08:00", delivered)], decisions=[a_decision(amount=per_month(granted))]
    )
    assert str(decision.fulfilment_percent) == percent


@pytest.mark.parametrize("state", [VisitState.DRAFT, VisitState.CANCELLED, VisitState.NO_SHOW])
def test_visits_that_do_not_count_have_no_deviations(state: VisitState) -> None:
    bad = {"worker": "W01", "activities": frozenset({"gambling"}), "entered_on": date(2026, 12, 31)}
    lasting = [
        a_visit("2026-10-05 08:00", 5, state=state, **bad),
        a_visit("2026-10-05 08:00", 999, state=state),
    ]
    unqualified = [WorkerFacts("W01")]
    assert [one.code.value for one in outcome(lasting, workers=unqualified).deviations] == ["H3"]


# The night of a clock change, midnight and the end of the month.


def test_the_night_in_which_clocks_go_forward_is_an_hour_shorter() -> None:
    decision = outcome([a_visit("2026-03-29 01:00", "2026-03-29 04:00")], month=Month(2026, 3))
    assert decision.delivered_minutes == 120


def test_the_night_in_which_clocks_go_back_is_an_hour_longer() -> None:
    decision = outcome([a_visit("2026-10-25 01:00", "2026-10-25 04:00")])
    assert decision.delivered_minutes == 240


def test_a_visit_over_midnight_belongs_to_its_first_day_and_month_whole() -> None:
    over = a_visit("2026-10-31 23:30", "2026-11-01 01:30")
    ended = a_decision(valid_to=date(2026, 10, 31))
    decision = outcome([over], decisions=[ended])
    assert decision.delivered_minutes == 120
    assert "D1" not in {one.code for one in decision.deviations}
    assert (
        compared([over], decisions=[a_decision(valid_from=date(2026, 11, 1))]).decisions[0].delivered_minutes
        == 120
    )
    with pytest.raises(ValueError, match="not in 2026-11"):
        compared([over], month=Month(2026, 11))


def test_local_midnight_and_not_utc_decides_the_month() -> None:
    # 22:30 UTC on 30 September is 00:30 on 1 October in Warsaw.
    visit = a_visit("2026-10-01 00:30", 60)
    assert visit.starts_at.day == 30
    assert outcome([visit]).delivered_minutes == 60


def test_a_visit_in_the_wrong_list_or_zone_is_refused() -> None:
    visit = a_visit("2026-10-05 08:00", 60)
    with pytest.raises(ValueError, match="no neighbour"):
        compared(neighbours=[visit])
    for zone in (None, WARSAW):
        elsewhere = replace(visit, ends_at=visit.ends_at.astimezone(WARSAW).replace(tzinfo=zone))
        with pytest.raises(ValueError, match="not given in UTC"):
            compared([elsewhere])


# Which decisions appear.


@pytest.mark.parametrize(
    ("changes", "appears"),
    [
        ({"valid_from": date(2026, 10, 31)}, True),
        ({"valid_from": date(2026, 11, 1)}, False),
        ({"valid_to": date(2026, 10, 1)}, True),
        ({"valid_to": date(2026, 9, 30)}, False),
        ({"revoked_from": date(2026, 10, 2)}, True),
        ({"revoked_from": date(2026, 10, 1)}, False),
        ({"superseded_from": date(2026, 10, 1)}, False),
        ({"suspensions": (Suspension(date(2026, 1, 1), date(2026, 12, 31)),)}, True),
        ({"valid_from": date(2026, 10, 7), "revoked_from": date(2026, 10, 7)}, False),
    ],
)
def test_a_decision_appears_when_it_holds_in_the_month(changes: dict[str, object], appears: bool) -> None:
    assert bool(compared(decisions=[a_decision(**changes)]).decisions) is appears


def test_a_done_visit_makes_its_decision_appear_and_an_absence_does_not() -> None:
    over = a_decision(valid_to=date(2026, 9, 30))
    decision = outcome([a_visit("2026-10-05 08:00", 60)], decisions=[over])
    assert (decision.granted_minutes, decision.delivered_minutes) == (0, 60)
    absent = a_visit("2026-10-05 08:00", 60, state=VisitState.NO_SHOW)
    assert compared([absent], decisions=[over]).decisions == ()


# A month that is not over yet.


@pytest.mark.parametrize(
    ("today", "missed", "whole"),
    [
        (date(2026, 9, 30), [], False),
        (date(2026, 10, 12), ["05 08:00"], False),
        (date(2026, 10, 13), ["05 08:00", "12 08:00"], False),
        (date(2026, 10, 31), ["05 08:00", "12 08:00", "19 08:00", "26 08:00"], False),
        (date(2026, 11, 1), ["05 08:00", "12 08:00", "19 08:00", "26 08:00"], True),
    ],
)
def test_nothing_is_missed_or_too_little_before_its_day_has_passed(
    today: date, missed: list[str], whole: bool
) -> None:
    month = compared(decisions=[a_decision(plan=(slot(1, "08:00"),))])
    so_far = month.so_far(today)
    assert starts([one for one in so_far.deviations() if one.code == Code.MISSED]) == missed
    assert any(one.code == Code.NOTHING_DELIVERED for one in so_far.deviations()) is whole
    assert so_far.decisions[0].granted_minutes == month.decisions[0].granted_minutes

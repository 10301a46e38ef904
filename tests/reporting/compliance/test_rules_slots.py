"""Planned slots against visits: who answers which slot, what is off plan, what was missed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kernel.periods import Month
from reporting.compliance.rules import (
    Amount,
    AmountPer,
    CleanVisits,
    Suspension,
    Thresholds,
    VisitFacts,
    VisitState,
    granted_minutes,
    match_slots,
)
from reporting.compliance.subjects import subject_of
from tests.reporting.compliance.examples import a_decision, a_visit, found, slot, starts, visit_between

# Mondays of October 2026: 5, 12, 19, 26. One slot a week, on a decision that holds for one of them.
MONDAY = a_decision(plan=(slot(1, "08:00"),), valid_from=date(2026, 10, 5), valid_to=date(2026, 10, 6))


def pairs_of(slots: list[str], visits: list[VisitFacts], tolerance: int = 30) -> list[tuple[str, str]]:
    """`08:00` slots of one day matched with visits: (slot, `08:10 W01`)."""
    matching = match_slots([slot(1, start) for start in slots], visits, tolerance)
    return [(f"{one.start:%H:%M}", f"{visit.start:%H:%M} {visit.worker}") for one, visit in matching.pairs]


def at(start: str, worker: str = "W01", **changes: object) -> VisitFacts:
    return a_visit(f"2026-10-05 {start}", 60, worker=worker, **changes)


@pytest.mark.parametrize(
    ("start", "off_plan", "missed"),
    [
        ("08:00", [], []),
        ("08:30", [], []),
        ("07:30", [], []),
        ("08:31", ["05 08:31 W01"], ["05 08:00"]),
        ("07:29", ["05 07:29 W01"], ["05 08:00"]),
    ],
)
def test_half_an_hour_is_tolerated_either_way(start: str, off_plan: list[str], missed: list[str]) -> None:
    assert starts(found("D3", [at(start)], decisions=[MONDAY])) == off_plan
    assert starts(found("D4", [at(start)], decisions=[MONDAY])) == missed


def test_the_tolerance_is_a_setting() -> None:
    strict = Thresholds(slot_tolerance_minutes=0)
    assert starts(found("D4", [at("08:01")], decisions=[MONDAY], thresholds=strict)) == ["05 08:00"]
    assert found("D4", [at("08:00")], decisions=[MONDAY], thresholds=strict) == []


def test_two_workers_answer_two_equal_slots() -> None:
    twice = a_decision(
        plan=(slot(1, "08:00"), slot(1, "08:00")),
        amount=Amount(AmountPer.PLAN, None),
        two_workers=True,
        valid_from=date(2026, 10, 5),
        valid_to=date(2026, 10, 6),
    )
    assert granted_minutes(twice, Month(2026, 10)) == 120
    both = [at("08:00"), at("08:10", "W02")]
    assert found("D3", both, decisions=[twice]) == found("D4", both, decisions=[twice]) == []
    assert starts(found("D4", both[:1], decisions=[twice])) == ["05 08:00"]
    third = [*both, at("08:00", "W03")]
    assert starts(found("D3", third, decisions=[twice])) == ["05 08:10 W02"]
    # Each of two missed alike takes an answer of its own.
    missed = found("D4", decisions=[twice])
    assert starts(missed) == ["05 08:00", "05 08:00"]
    assert (
        len({subject_of(one).rpartition("#")[2] for one in missed})
        == len({one.subject for one in missed})
        == 2
    )


def test_a_decision_without_a_plan_is_never_off_it() -> None:
    assert found("D3", [at("08:00")]) == []
    assert found("D4", [at("08:00")]) == []


def test_a_day_without_slots_is_off_plan() -> None:
    tuesday = a_visit("2026-10-06 08:00", 60)
    assert starts(found("D3", [tuesday], decisions=[MONDAY])) == ["06 08:00 W01"]


def test_an_absent_person_answers_a_slot_but_is_never_off_plan() -> None:
    assert found("D4", [at("08:10", state=VisitState.NO_SHOW)], decisions=[MONDAY]) == []
    assert found("D3", [at("11:00", state=VisitState.NO_SHOW)], decisions=[MONDAY]) == []
    for state in (VisitState.CANCELLED, VisitState.DRAFT):
        assert starts(found("D4", [at("08:10", state=state)], decisions=[MONDAY])) == ["05 08:00"]


def test_midnight_parts_a_slot_from_a_visit_of_the_day_before() -> None:
    late = a_decision(plan=(slot(1, "00:10"),), valid_from=date(2026, 10, 4), valid_to=date(2026, 10, 5))
    sunday = a_visit("2026-10-04 23:50", 60)
    assert starts(found("D3", [sunday], decisions=[late])) == ["04 23:50 W01"]
    assert starts(found("D4", [sunday], decisions=[late])) == ["05 00:10"]


def test_the_last_day_of_the_month_is_planned_too() -> None:
    saturdays = a_decision(plan=(slot(6, "23:40"),), valid_from=date(2026, 10, 31))
    assert starts(found("D4", decisions=[saturdays])) == ["31 23:40"]
    over = a_visit("2026-10-31 23:55", "2026-11-01 01:00")
    assert found("D4", [over], decisions=[saturdays]) == []


# Greedy matching and its ties.


def test_the_nearest_pair_is_taken_first_even_if_another_slot_loses() -> None:
    # 08:20 is 10 minutes from 08:30 and 20 from 08:00; 08:45 could have answered 08:30 only.
    assert pairs_of(["08:00", "08:30"], [at("08:20"), at("08:45")]) == [("08:30", "08:20 W01")]


def test_of_equal_differences_the_earlier_slot_comes_first() -> None:
    assert pairs_of(["08:20", "08:00"], [at("08:10")]) == [("08:00", "08:10 W01")]


def test_then_the_earlier_visit() -> None:
    assert pairs_of(["08:00"], [at("08:10", "W01"), at("07:50", "W02")]) == [("08:00", "07:50 W02")]


def test_then_the_lower_worker_code() -> None:
    assert pairs_of(["08:00"], [at("08:10", "W02"), at("08:10", "W01")]) == [("08:00", "08:10 W01")]


def test_a_done_visit_goes_before_an_absence_that_is_equal_otherwise() -> None:
    absent = at("08:00", state=VisitState.NO_SHOW, id="1")
    done = at("08:00", id="2")
    for visits in ([absent, done], [done, absent]):
        assert found("D3", visits, decisions=[MONDAY]) == []


def test_each_slot_and_each_visit_at_most_once() -> None:
    assert pairs_of(["08:00", "08:10"], [at("08:05")]) == [("08:00", "08:05 W01")]
    matching = match_slots([slot(1, "08:00")], [at("08:00"), at("08:05")], 30)
    assert [f"{visit.start:%H:%M}" for visit in matching.off_plan] == ["08:05"]
    assert matching.missed == ()


# Days that are not active, and public holidays.


def test_slots_are_missed_on_active_days_only() -> None:
    decision = a_decision(
        plan=(slot(1, "08:00"),),
        revoked_from=date(2026, 10, 26),
        suspensions=(Suspension(date(2026, 10, 12), date(2026, 10, 12)),),
    )
    assert starts(found("D4", decisions=[decision])) == ["05 08:00", "19 08:00"]


def test_a_visit_outside_validity_or_in_a_suspension_is_not_off_plan_as_well() -> None:
    decision = a_decision(
        plan=(slot(1, "08:00"),),
        revoked_from=date(2026, 10, 26),
        suspensions=(Suspension(date(2026, 10, 12), date(2026, 10, 12)),),
    )
    visits = [a_visit(f"2026-10-{day} 12:00", 60) for day in ("12", "19", "26")]
    assert starts(found("D3", visits, decisions=[decision])) == ["19 12:00 W01"]


# 11 November 2026, Independence Day, is a Wednesday.
HOLIDAY = {"valid_from": date(2026, 11, 11), "valid_to": date(2026, 11, 12)}


def test_a_public_holiday_is_missed_only_where_the_plan_says_so() -> None:
    november = Month(2026, 11)
    for on_holidays, missed in ((False, []), (True, ["11 08:00"])):
        plan = (slot(3, "08:00", on_holidays=on_holidays),)
        assert starts(found("D4", decisions=[a_decision(plan=plan, **HOLIDAY)], month=november)) == missed


def test_a_visit_at_its_usual_time_on_a_public_holiday_is_not_off_plan() -> None:
    decision = a_decision(plan=(slot(3, "08:00"),), **HOLIDAY)
    visits = [a_visit("2026-11-11 08:15", 60), a_visit("2026-11-11 12:00", 60)]
    assert starts(found("D3", visits, decisions=[decision], month=Month(2026, 11))) == ["11 12:00 W01"]


def test_christmas_eve_counts_as_a_holiday_since_2025() -> None:
    # A Wednesday in 2025, a Tuesday in 2024.
    for year, weekday, missed in ((2025, 3, []), (2024, 2, ["24 08:00"])):
        day = date(year, 12, 24)
        decision = a_decision(plan=(slot(weekday, "08:00"),), valid_from=day, valid_to=day)
        assert starts(found("D4", decisions=[decision], month=Month(year, 12))) == missed


# Nights of a clock change: slots are met by the clock on the wall.


def test_both_occurrences_of_the_doubled_hour_are_on_time() -> None:
    sunday = date(2026, 10, 25)
    decision = a_decision(plan=(slot(7, "02:30"),), valid_from=sunday, valid_to=sunday)
    for hour in (0, 1):
        begin = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
        visit = visit_between(begin, begin + timedelta(minutes=20))
        assert f"{visit.start:%H:%M}" == "02:30"
        assert found("D3", [visit], decisions=[decision]) == []
        assert found("D4", [visit], decisions=[decision]) == []


def test_a_slot_in_the_skipped_hour_is_met_at_three() -> None:
    sunday = date(2026, 3, 29)
    decision = a_decision(plan=(slot(7, "02:30"),), valid_from=sunday, valid_to=sunday)
    march = Month(2026, 3)
    assert found("D4", [a_visit("2026-03-29 03:00", 60)], decisions=[decision], month=march) == []
    # Two minutes elapse from 01:59 to 03:01, and neither is within half an hour of 02:30 on the wall.
    for start in ("2026-03-29 01:59", "2026-03-29 03:01"):
        assert starts(found("D4", [a_visit(start, 60)], decisions=[decision], month=march)) == ["29 02:30"]


# The sieve.


def test_clean_days_are_passed_over_and_clean_visits_are_counted() -> None:
    mondays = a_decision(plan=(slot(1, "08:00"),), scope=frozenset({"cooking", "walk"}))
    clean = {
        mondays.key: CleanVisits(
            minutes=90,
            activities=frozenset({"walk"}),
            days=frozenset({date(2026, 10, 5), date(2026, 10, 19)}),
        )
    }
    visits = [a_visit("2026-10-12 08:00", 30)]
    assert starts(found("D4", visits, decisions=[mondays], clean=clean)) == ["26 08:00"]
    assert found("H2", visits, decisions=[mondays], clean=clean) == []
    assert found("S2", visits, decisions=[mondays], clean=clean) == []

"""The pure rules of an entry: instants of the wall clock, the plan by day, what is to be said before saving."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from reporting.care.rules import Slot, Span
from reporting.delivery.rules import (
    Amount,
    DecisionTerms,
    Entry,
    EntryLimits,
    OtherVisit,
    Surroundings,
    TimesRefused,
    judge_entry,
    planned_visits,
    resolve_visit,
)

MONDAY = date(2024, 10, 7)
WARSAW = ZoneInfo("Europe/Warsaw")
WORKDAYS = tuple(Slot(weekday, time(8), 120, False) for weekday in range(1, 6))


def terms(**changed: Any) -> DecisionTerms:
    said: dict[str, Any] = {
        "number": "D/001/2024",
        "valid_from": date(2024, 1, 1),
        "valid_to": date(2024, 12, 31),
        "revoked_from": None,
        "superseded_from": None,
        "amount": Amount("month", 1200),
        "plan": WORKDAYS,
        "scope": frozenset({"shopping", "meals"}),
    }
    return DecisionTerms(**(said | changed))


def entry(start: str = "08:00", end: str = "10:00", day: date = MONDAY, **changed: Any) -> Entry:
    first, last = time.fromisoformat(start), time.fromisoformat(end)
    return Entry(day, first, resolve_visit(day, first, last), **changed)


def around(**changed: Any) -> Surroundings:
    said: dict[str, Any] = {
        "terms": terms(),
        "granted_minutes": 1200,
        "used_minutes": 600,
        "now": datetime(2024, 10, 7, 20, tzinfo=WARSAW),
    }
    return Surroundings(**(said | changed))


def told(found: list[Any]) -> list[tuple[str, str, str | None]]:
    return [(finding.code, finding.weight, finding.deviation) for finding in found]


def other(start: str, end: str, label: str = "Ćwik Jan", **changed: Any) -> OtherVisit:
    first, last = time.fromisoformat(start), time.fromisoformat(end)
    return OtherVisit(resolve_visit(MONDAY, first, last), first, last, label, **changed)


@pytest.mark.parametrize(
    ("day", "start", "end", "minutes"),
    [
        (MONDAY, "08:00", "10:00", 120),
        (MONDAY, "23:00", "01:00", 120),
        (MONDAY, "08:00", "07:59", 24 * 60 - 1),
        (date(2024, 2, 29), "23:30", "00:30", 60),
        (date(2024, 10, 27), "00:00", "23:59", 25 * 60 - 1),
        (date(2024, 3, 31), "00:00", "23:59", 23 * 60 - 1),
    ],
)
def test_elapsed_minutes(day: date, start: str, end: str, minutes: int) -> None:
    if minutes > 24 * 60:
        with pytest.raises(TimesRefused) as refused:
            resolve_visit(day, time.fromisoformat(start), time.fromisoformat(end))
        assert (refused.value.code, refused.value.field) == ("longer_than_a_day", "end")
    else:
        assert resolve_visit(day, time.fromisoformat(start), time.fromisoformat(end)).minutes == minutes


@pytest.mark.parametrize(
    ("start", "end", "code", "field"),
    [
        ("08:00", "08:00", "equal_times", "end"),
        ("02:00", "04:00", "nonexistent_time", "start"),
        ("01:00", "02:59", "nonexistent_time", "end"),
    ],
)
def test_times_that_are_no_visit(start: str, end: str, code: str, field: str) -> None:
    with pytest.raises(TimesRefused) as refused:
        resolve_visit(date(2024, 3, 31), time.fromisoformat(start), time.fromisoformat(end))
    assert (refused.value.code, refused.value.field) == (code, field)


def test_the_plan_by_day_leaves_out_holidays_suspensions_and_days_out_of_force() -> None:
    days = [date(2024, 11, day) for day in range(1, 31)]
    planned = planned_visits(
        terms(
            valid_to=date(2024, 11, 20),
            suspensions=(Span(date(2024, 11, 5), date(2024, 11, 8)),),
            plan=(*WORKDAYS, Slot(5, time(7), 30, True), Slot(7, time(12), 60, False)),
        ),
        days,
    )
    # 1 November is a Friday and a holiday, 11 November a Monday and a holiday; Sundays are no holidays here.
    assert {day.day: len(slots) for day, slots in planned.items()} == {
        1: 1,
        3: 1,
        4: 1,
        10: 1,
        12: 1,
        13: 1,
        14: 1,
        15: 2,
        17: 1,
        18: 1,
        19: 1,
        20: 1,
    }
    assert [slot.start for slot in planned[date(2024, 11, 15)]] == [time(7), time(8)]
    assert planned_visits(terms(plan=()), days) == {}


def test_a_slot_ends_where_its_minutes_lead_also_past_midnight() -> None:
    assert Slot(1, time(22, 30), 120, False).end == time(0, 30)


def test_a_plain_entry_is_covered_free_and_planned() -> None:
    assert told(judge_entry(entry(activities=frozenset({"meals"})), around())) == [
        ("covered", "ok", None),
        ("left", "ok", None),
        ("worker_free", "ok", None),
        ("fits_plan", "ok", None),
    ]


def test_minutes_left_are_after_the_entry_and_over_is_by_how_much() -> None:
    [left] = [each for each in judge_entry(entry(), around()) if each.code == "left"]
    assert left.details["left"] == 480
    [over] = [each for each in judge_entry(entry(), around(used_minutes=1170)) if each.code == "over"]
    assert (over.details["over"], over.weight, over.deviation) == (90, "warn", "H1")


@pytest.mark.parametrize(
    ("changed", "code", "weight", "deviation"),
    [
        ({"month_closed": True}, "month_closed", "stop", None),
        ({"now": datetime(2024, 10, 7, 7, 59, tzinfo=WARSAW)}, "not_begun", "stop", None),
        ({"of_worker": (other("08:00", "10:00", same_visit=True),)}, "already_there", "stop", None),
        ({"terms": terms(valid_to=date(2024, 10, 6))}, "not_covered", "warn", "D1"),
        ({"terms": terms(revoked_from=MONDAY)}, "not_covered", "warn", "D1"),
        ({"terms": terms(superseded_from=MONDAY), "covering": ("D/002",)}, "covered_by_other", "warn", "D1"),
        ({"terms": terms(suspensions=(Span(MONDAY, MONDAY),))}, "suspended", "warn", "D2"),
        ({"holiday": True}, "holiday", "ok", None),
        ({"of_worker": (other("09:00", "11:00"),)}, "worker_busy", "warn", "O1"),
        ({"of_person": (other("09:00", "11:00"),)}, "person_busy", "warn", "O2"),
        ({"terms": terms(scope=frozenset({"meals"}))}, "outside_scope", "warn", "S1"),
        ({"missing_qualifications": ("kurs",)}, "not_qualified", "warn", "W1"),
        ({"is_named": False}, "not_named", "note", "W2"),
        ({"now": datetime(2024, 10, 15, 12, tzinfo=WARSAW)}, "late", "note", "T1"),
        ({"worker_last_day": date(2024, 10, 6)}, "worker_gone", "stop", None),
        ({"of_worker": (other("08:00", "10:00", same_content=True),)}, "duplicate", "warn", "T3"),
    ],
)
def test_each_thing_is_said_with_its_weight_and_code(
    changed: dict[str, Any], code: str, weight: str, deviation: str | None
) -> None:
    found = told(judge_entry(entry(activities=frozenset({"shopping"})), around(**changed)))
    assert (code, weight, deviation) in found
    plain = told(judge_entry(entry(activities=frozenset({"shopping"})), around()))
    assert code not in {told_code for told_code, _, _ in plain}


def test_what_forbids_comes_first() -> None:
    found = judge_entry(entry(), around(month_closed=True, of_worker=(other("08:30", "09:00"),)))
    assert found[0].code == "month_closed"


def test_seven_days_are_in_time_and_eight_are_late() -> None:
    for days, late in ((7, False), (8, True)):
        now = datetime(2024, 10, 7, 12, tzinfo=WARSAW) + timedelta(days=days)
        codes = {finding.code for finding in judge_entry(entry(), around(now=now))}
        assert ("late" in codes) is late


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [("08:00", "08:09", "short"), ("08:00", "20:01", "long"), ("08:00", "20:00", None)],
)
def test_durations_that_are_hard_to_believe(start: str, end: str, code: str | None) -> None:
    found = {finding.code for finding in judge_entry(entry(start, end), around())}
    assert found & {"short", "long"} == ({code} if code else set())


def test_visits_that_touch_do_not_overlap_and_two_workers_may() -> None:
    touching = around(of_worker=(other("10:00", "11:00"),), of_person=(other("06:00", "08:00"),))
    assert {"worker_busy", "person_busy"}.isdisjoint(
        finding.code for finding in judge_entry(entry(), touching)
    )
    for together in (
        around(terms=terms(two_workers=True), of_person=(other("08:00", "10:00"),)),
        around(of_person=(other("08:00", "10:00", two_workers=True),)),
    ):
        assert "person_busy" not in {finding.code for finding in judge_entry(entry(), together)}


def test_a_duplicate_is_told_as_such_only_and_the_worker_is_not_called_free() -> None:
    found = judge_entry(entry(), around(of_worker=(other("08:00", "10:00", same_content=True),)))
    assert {finding.deviation for finding in found} == {None, "T3"}
    assert "worker_free" not in {finding.code for finding in found}


def test_the_last_day_of_work_is_a_day_of_work() -> None:
    found = judge_entry(entry(), around(worker_last_day=MONDAY))
    assert "worker_gone" not in {finding.code for finding in found}


def test_the_limits_of_a_tenant_hold() -> None:
    limits = EntryLimits(slot_tolerance_minutes=10, overlap_tolerance_minutes=60, late_entry_days=30)
    now = datetime(2024, 10, 30, 12, tzinfo=WARSAW)
    others = (other("09:00", "11:00"),)
    found = judge_entry(entry("08:20", "10:00"), around(now=now, of_worker=others, of_person=others), limits)
    # The tolerance is for the worker alone: at the person two at once are remarked on from the first minute.
    assert {"off_plan", "worker_free", "person_busy"} <= {finding.code for finding in found}
    assert {"late", "worker_busy"}.isdisjoint(finding.code for finding in found)


def test_off_the_plan_names_what_was_planned() -> None:
    [off] = [each for each in judge_entry(entry("15:00", "16:00"), around()) if each.code == "off_plan"]
    assert off.details["planned"] == ((time(8), time(10)),)
    sunday = entry("08:00", "10:00", day=date(2024, 10, 6))
    [off] = [each for each in judge_entry(sunday, around()) if each.code == "off_plan"]
    assert off.details["planned"] == ()


def test_an_absence_takes_no_minutes_and_no_worker() -> None:
    found = judge_entry(entry(state="no_show"), around(of_worker=(other("08:30", "09:00"),)))
    assert told(found) == [("covered", "ok", None), ("fits_plan", "ok", None)]


def test_a_visit_called_off_may_lie_ahead() -> None:
    found = judge_entry(entry(state="cancelled"), around(now=datetime(2024, 10, 1, 12, tzinfo=WARSAW)))
    assert told(found) == [("covered", "ok", None)]

"""Two visits at once: overlaps of a worker and of a person, duplicates, and who carries a pair."""

import time
from datetime import UTC, date, datetime, timedelta

import pytest

from kernel.periods import Month
from reporting.compliance.rules import Deviation, Thresholds, VisitFacts, VisitState
from tests.reporting.compliance.examples import OCTOBER, a_decision, a_visit, compared, found, visit_between

FIRST = a_decision()
# The same person under another decision, and another person.
SECOND = a_decision(key="d2", number="D/002/2026")
STRANGER = a_decision(key="d3", number="D/003/2026", person="p3")
ALL = [FIRST, SECOND, STRANGER]


def at(start: str, minutes: int, worker: str = "W01", decision: str = "d1", **changes: object) -> VisitFacts:
    person = {"d1": "p1", "d2": "p1", "d3": "p3"}[decision]
    return a_visit(f"2026-10-05 {start}", minutes, worker=worker, decision=decision, person=person, **changes)


def pairs(
    *visits: VisitFacts, thresholds: Thresholds | None = None, two: bool = False
) -> list[tuple[str, int | None]]:
    decisions = [a_decision(two_workers=two), *ALL[1:]]
    comparison = compared(visits, decisions=decisions, thresholds=thresholds)
    return [
        (one.code.value, one.minutes) for one in comparison.deviations() if one.code in {"O1", "O2", "T3"}
    ]


def test_visits_that_touch_do_not_overlap() -> None:
    assert pairs(at("08:00", 120), at("10:00", 60)) == []
    assert pairs(at("08:00", 121), at("10:00", 60)) == [("O1", 1), ("O2", 1)]


def test_a_visit_inside_another_overlaps_by_its_length() -> None:
    assert pairs(at("08:00", 240), at("09:00", 30)) == [("O1", 30), ("O2", 30)]


def test_one_worker_with_two_persons_and_two_workers_with_one_person() -> None:
    assert pairs(at("08:00", 60), at("08:30", 60, decision="d3")) == [("O1", 30)]
    assert pairs(at("08:00", 60), at("08:30", 60, worker="W02")) == [("O2", 30)]
    assert pairs(at("08:00", 60), at("08:30", 60, worker="W02", decision="d3")) == []


def test_a_person_is_the_same_under_two_decisions() -> None:
    assert pairs(at("08:00", 60), at("08:30", 60, worker="W02", decision="d2")) == [("O2", 30)]


def test_two_workers_at_once_are_allowed_if_either_decision_says_so() -> None:
    assert pairs(at("08:00", 60), at("08:30", 60, worker="W02"), two=True) == []
    assert pairs(at("08:00", 60), at("08:30", 60, worker="W02", decision="d2"), two=True) == []
    assert pairs(at("08:00", 60, decision="d2"), at("08:30", 60, worker="W02"), two=True) == []
    # One worker is still in one place only.
    assert pairs(at("08:00", 60), at("08:30", 60), two=True) == [("O1", 30)]


def test_the_tolerance_is_of_workers_only() -> None:
    tolerant = Thresholds(overlap_tolerance_minutes=30)
    assert pairs(at("08:00", 60), at("08:30", 60), thresholds=tolerant) == [("O2", 30)]
    assert pairs(at("08:00", 61), at("08:30", 60), thresholds=tolerant) == [("O1", 31), ("O2", 31)]


def test_visits_that_do_not_count_overlap_nothing() -> None:
    for state in (VisitState.NO_SHOW, VisitState.CANCELLED, VisitState.DRAFT):
        assert pairs(at("08:00", 60), at("08:30", 60, state=state)) == []


def test_a_duplicate_is_nothing_but_a_duplicate() -> None:
    assert pairs(at("08:00", 60), at("08:00", 60, decision="d2")) == [("T3", None)]
    assert pairs(at("08:00", 60, id="1"), at("08:00", 60, id="2"), two=True) == [("T3", None)]
    tolerant = Thresholds(overlap_tolerance_minutes=600)
    assert pairs(at("08:00", 60), at("08:00", 60, decision="d2"), thresholds=tolerant) == [("T3", None)]


def test_what_differs_in_one_respect_is_no_duplicate() -> None:
    assert pairs(at("08:00", 60), at("08:00", 61, decision="d2")) == [("O1", 60), ("O2", 60)]
    assert pairs(at("08:00", 60), at("08:00", 60, worker="W02")) == [("O2", 60)]
    assert pairs(at("08:00", 60), at("08:00", 60, decision="d3")) == [("O1", 60)]


def test_three_at_once_are_three_pairs() -> None:
    visits = [at("08:00", 90, "W01"), at("08:30", 60, "W02"), at("09:00", 60, "W03")]
    assert pairs(*visits) == [("O2", 60), ("O2", 30), ("O2", 30)]


def test_a_long_visit_meets_a_later_one_across_a_short_one() -> None:
    visits = [at("08:00", 240, "W01"), at("08:10", 10, "W02"), at("11:00", 60, "W03")]
    assert pairs(*visits) == [("O2", 10), ("O2", 60)]


# Who carries a pair.


def carried(*visits: VisitFacts) -> tuple[str | None, VisitFacts | None, VisitFacts | None]:
    (only,) = [one for one in compared(visits, decisions=ALL).deviations() if one.code in {"O1", "O2", "T3"}]
    return only.decision, only.visit, only.other


@pytest.mark.parametrize(
    ("carrier", "other"),
    [
        (at("08:00", 60, worker="W02", decision="d2"), at("08:30", 60, worker="W01")),
        (at("08:00", 90, worker="W01", decision="d2"), at("08:00", 60, worker="W02", decision="d1")),
        (at("08:00", 90, decision="d1"), at("08:00", 60, decision="d3")),
        (at("08:00", 60, decision="d1"), at("08:00", 60, decision="d2")),
    ],
    ids=["starts first", "lower worker", "lower decision", "duplicate"],
)
def test_the_carrier_is_the_first_by_start_worker_and_decision(
    carrier: VisitFacts, other: VisitFacts
) -> None:
    number = next(decision.number for decision in ALL if decision.key == carrier.decision)
    assert carried(carrier, other) == carried(other, carrier) == (number, carrier, other)


def over_month_end(code: str, month: Month) -> list[Deviation]:
    last = a_visit("2026-10-31 23:00", 120)
    first = a_visit("2026-11-01 00:30", 60, worker="W02")
    mine, theirs = ([last], [first]) if month == OCTOBER else ([first], [last])
    return found(code, mine, neighbours=theirs, month=month)


def test_a_pair_over_the_end_of_the_month_is_reported_once_in_the_earlier_month() -> None:
    (pair,) = over_month_end("O2", OCTOBER)
    assert pair.minutes == 30
    assert pair.other is not None
    assert pair.other.date == date(2026, 11, 1)
    assert over_month_end("O2", Month(2026, 11)) == []


def test_a_neighbour_counts_for_nothing_else() -> None:
    later = a_decision(key="d2", number="D/002/2026", valid_from=date(2026, 11, 1))
    neighbour = a_visit(
        "2026-11-01 00:30", 5, decision="d2", worker="nobody told of", entered_on=date(2027, 1, 1)
    )
    comparison = compared(
        [a_visit("2026-10-31 23:00", 120)], decisions=[FIRST, later], neighbours=[neighbour]
    )
    assert [one.number for one in comparison.decisions] == ["D/001/2026"]
    assert {one.code.value for one in comparison.deviations()} == {"O2"}
    assert comparison.contracts[0].delivered_minutes == 120


def test_overlap_in_the_doubled_hour_is_elapsed_time() -> None:
    def visit(hour: int, minute: int, length: int, worker: str) -> VisitFacts:
        begin = datetime(2026, 10, 25, hour, minute, tzinfo=UTC)
        return visit_between(begin, begin + timedelta(minutes=length), worker=worker)

    # 02:30 before and 02:30 after the change: an hour apart though the clock says the same.
    assert found("O2", [visit(0, 30, 60, "W01"), visit(1, 30, 60, "W02")]) == []
    (pair,) = found("O2", [visit(0, 30, 90, "W01"), visit(1, 30, 60, "W02")])
    assert pair.minutes == 30


def test_twenty_thousand_visits_without_overlap_are_searched_in_no_time() -> None:
    begin = datetime(2026, 9, 30, 22, 0, tzinfo=UTC)
    visits = [
        visit_between(begin + timedelta(minutes=2 * at), begin + timedelta(minutes=2 * at + 1), id=str(at))
        for at in range(20_000)
    ]
    visits = [visit for visit in visits if OCTOBER.contains(visit.date)]
    assert len(visits) == 20_000
    started = time.process_time()
    assert found("O1", visits) == []
    # Every pair would be two hundred million comparisons, a minute of work.
    assert time.process_time() - started < 5

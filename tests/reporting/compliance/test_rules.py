"""Scope, dates, staff, entry, contracts and the document, by example on both sides of each boundary."""

import json
from datetime import date

import pytest

from reporting.compliance.rules import (
    SEVERITIES,
    Code,
    ContractFacts,
    MonthFacts,
    NamedWorker,
    Qualification,
    Severity,
    Suspension,
    VisitState,
    WorkerFacts,
    compare,
    to_json,
)
from tests.reporting.compliance.examples import (
    CONTRACT,
    OCTOBER,
    WORKERS,
    a_decision,
    a_visit,
    compared,
    found,
    per_month,
    slot,
    starts,
)

# Scope, dates, staff, entry.


def test_activities_outside_the_scope_are_named_once_a_visit() -> None:
    visit = a_visit("2026-10-05 08:00", 60, activities=frozenset({"walk", "cooking", "cleaning"}))
    (outside,) = found("S1", [visit])
    assert outside.activities == ("cleaning", "walk")
    assert outside.visit == visit


def test_scope_that_no_visit_performed_is_named_once_a_decision() -> None:
    wide = a_decision(scope=frozenset({"cooking", "walk", "cleaning"}))
    assert found("S2", decisions=[wide]) == []
    visits = [
        a_visit("2026-10-05 08:00", 60, activities=frozenset({"cooking"})),
        a_visit("2026-10-06 08:00", 60, activities=frozenset({"walk"}), state=VisitState.CANCELLED),
    ]
    (idle,) = found("S2", visits, decisions=[wide])
    assert (idle.activities, idle.visit) == (("cleaning", "walk"), None)


def test_validity_includes_both_its_days() -> None:
    short = a_decision(valid_from=date(2026, 10, 5), valid_to=date(2026, 10, 6))
    visits = [a_visit(f"2026-10-{day} 08:00", 60) for day in ("04", "05", "06", "07")]
    assert starts(found("D1", visits, decisions=[short])) == ["04 08:00 W01", "07 08:00 W01"]


def test_a_suspension_includes_both_its_days_and_counts_beside_validity() -> None:
    hospital = a_decision(
        valid_to=date(2026, 10, 6), suspensions=(Suspension(date(2026, 10, 5), date(2026, 10, 7)),)
    )
    visits = [a_visit(f"2026-10-{day} 08:00", 60) for day in ("04", "05", "07", "08")]
    assert starts(found("D2", visits, decisions=[hospital])) == ["05 08:00 W01", "07 08:00 W01"]
    assert starts(found("D1", visits, decisions=[hospital])) == ["07 08:00 W01", "08 08:00 W01"]


def test_every_required_qualification_must_hold_on_the_day() -> None:
    both = a_decision(required_qualifications=frozenset({"carer_course", "first_aid"}))
    course = Qualification("carer_course", date(2020, 1, 1))
    worker = WorkerFacts("W01", (course, Qualification("first_aid", date(2026, 10, 5), date(2026, 10, 6))))
    visits = [a_visit(f"2026-10-{day} 08:00", 60) for day in ("04", "05", "06", "07")]
    lacking = found("W1", visits, decisions=[both], workers=[worker])
    assert starts(lacking) == ["04 08:00 W01", "07 08:00 W01"]
    again = WorkerFacts("W01", (*worker.qualifications, Qualification("first_aid", date(2026, 10, 7))))
    assert starts(found("W1", visits, decisions=[both], workers=[again])) == ["04 08:00 W01"]
    assert (
        found("W1", visits, decisions=[a_decision(required_qualifications=frozenset())], workers=[again])
        == []
    )


def test_named_staff_bind_only_a_contract_that_names_any() -> None:
    visits = [a_visit(f"2026-10-{day} 08:00", 60) for day in ("04", "05", "06", "07")]
    assert found("W2", visits) == []
    other = ContractFacts("u1", "U/1/2026", named_staff=(NamedWorker("W02"),))
    assert len(found("W2", visits, contract=other)) == 4
    dated = ContractFacts(
        "u1", "U/1/2026", named_staff=(NamedWorker("W01", date(2026, 10, 5), date(2026, 10, 6)),)
    )
    assert starts(found("W2", visits, contract=dated)) == ["04 08:00 W01", "07 08:00 W01"]
    always = ContractFacts("u1", "U/1/2026", named_staff=(NamedWorker("W01"),))
    assert found("W2", visits, contract=always) == []


@pytest.mark.parametrize(("entered_on", "late"), [(date(2026, 10, 12), False), (date(2026, 10, 13), True)])
def test_entered_within_seven_days(entered_on: date, late: bool) -> None:
    assert bool(found("T1", [a_visit("2026-10-05 23:00", 120, entered_on=entered_on)])) is late


@pytest.mark.parametrize(("minutes", "doubtful"), [(9, True), (10, False), (720, False), (721, True)])
def test_doubtful_durations(minutes: int, doubtful: bool) -> None:
    assert bool(found("T2", [a_visit("2026-10-05 08:00", minutes)])) is doubtful


# Contracts.


@pytest.mark.parametrize(("cap", "excess"), [(None, None), (160, None), (159, 1), (0, 160)])
def test_the_cap_of_a_contract_counts_earlier_months(cap: int | None, excess: int | None) -> None:
    contract = ContractFacts("u1", "U/1/2026", cap_minutes=cap, minutes_before=100)
    comparison = compared([a_visit("2026-10-05 08:00", 60)], contract=contract)
    assert comparison.contracts[0].delivered_minutes == 60
    assert [one.minutes for one in comparison.contracts[0].deviations] == ([] if excess is None else [excess])


def test_refused_minutes_of_an_accepted_month_leave_the_cap_alone() -> None:
    contract = ContractFacts("u1", "U/1/2026", cap_minutes=130, minutes_before=100, refused_minutes=30)
    comparison = compared([a_visit("2026-10-05 08:00", 60)], contract=contract)
    assert comparison.contracts[0].deviations == ()
    assert comparison.contracts[0].delivered_minutes == 60


def test_all_decisions_of_a_contract_add_up_and_other_contracts_do_not() -> None:
    second = a_decision(key="d2", number="D/002/2026", person="p2")
    third = a_decision(key="d3", number="D/003/2026", person="p3", contract="u2")
    visits = [
        a_visit("2026-10-05 08:00", 60),
        a_visit("2026-10-06 08:00", 30, decision="d2", person="p2"),
        a_visit("2026-10-07 08:00", 15, decision="d3", person="p3"),
    ]
    contracts = [ContractFacts("u2", "U/2/2026"), CONTRACT]
    facts = MonthFacts([third, second, a_decision()], contracts, WORKERS, visits)
    comparison = compare(OCTOBER, facts)
    assert [(one.number, one.delivered_minutes) for one in comparison.contracts] == [
        ("U/1/2026", 90),
        ("U/2/2026", 15),
    ]
    assert [one.number for one in comparison.decisions] == ["D/001/2026", "D/002/2026", "D/003/2026"]


# What others see.


def test_every_code_has_its_severity() -> None:
    notes = {code.value for code, severity in SEVERITIES.items() if severity is Severity.NOTE}
    assert notes == {"H2", "S2", "D3", "D4", "W2", "T1", "T2"}
    assert set(SEVERITIES) == set(Code)


def test_the_document_is_exactly_as_published() -> None:
    decision = a_decision(plan=(slot(1, "08:00"),), amount=per_month(1000), valid_from=date(2026, 10, 26))
    visits = [
        a_visit("2026-10-27 09:05", 45, activities=frozenset({"walk", "shopping"})),
        a_visit("2026-10-27 09:30", 60, worker="W02"),
    ]
    contract = ContractFacts("u1", "U/1/2026", cap_minutes=100)
    document = to_json(compared(visits, decisions=[decision], contract=contract), tenant="alfa")
    nothing = {"visit": None, "other": None, "slot": None, "activities": None, "minutes": None}
    first = {"date": "2026-10-27", "start": "09:05", "worker": "W01"}
    second = {"date": "2026-10-27", "start": "09:30", "worker": "W02"}
    assert document == {
        "tenant": "alfa",
        "month": "2026-10",
        "decisions": [
            {
                "number": "D/001/2026",
                "granted_minutes": 194,
                "delivered_minutes": 105,
                "fulfilment_percent": 54.1,
                "deviations": [
                    {"code": "D3", **nothing, "visit": first},
                    {"code": "D3", **nothing, "visit": second},
                    {"code": "D4", **nothing, "slot": {"date": "2026-10-26", "start": "08:00"}},
                    {"code": "H2", **nothing, "minutes": 89},
                    {"code": "O2", **nothing, "visit": first, "other": second, "minutes": 20},
                    {"code": "S1", **nothing, "visit": first, "activities": ["shopping", "walk"]},
                ],
            }
        ],
        "contracts": [
            {
                "number": "U/1/2026",
                "delivered_minutes": 105,
                "deviations": [{"code": "C1", **nothing, "minutes": 5}],
            }
        ],
    }
    assert list(document["decisions"][0]) == [
        "number",
        "granted_minutes",
        "delivered_minutes",
        "fulfilment_percent",
        "deviations",
    ]
    assert '"fulfilment_percent": 54.1,' in json.dumps(document)


def test_what_looks_alike_is_ordered_by_what_it_says_and_not_by_id() -> None:
    def document(first: str, second: str) -> dict[str, object]:
        visits = [
            a_visit("2026-10-05 08:00", 60, id=first, activities=frozenset({"walk"})),
            a_visit("2026-10-05 08:00", 45, id=second, activities=frozenset({"games"})),
            a_visit("2026-10-05 08:30", 60, id="c"),
        ]
        return to_json(compared(visits), tenant="alfa")

    assert document("a", "b") == document("b", "a")
    shared = [
        one.minutes
        for one in found(
            "O1",
            [
                a_visit("2026-10-05 08:00", 60, id="a"),
                a_visit("2026-10-05 08:00", 45, id="b"),
                a_visit("2026-10-05 08:30", 60, id="c"),
            ],
        )
    ]
    assert shared == [45, 15, 30]


def test_subjects_tell_the_deviations_of_a_contract_apart() -> None:
    decision = a_decision(plan=(slot(1, "08:00"), slot(1, "12:00")))
    visits = [
        a_visit("2026-10-27 09:05", 45, activities=frozenset({"walk"})),
        a_visit("2026-10-27 09:30", 60),
        a_visit("2026-10-27 09:40", 60),
    ]
    contract = ContractFacts("u1", "U/1/2026", cap_minutes=1)
    deviations = list(compared(visits, decisions=[decision], contract=contract).deviations())
    assert {one.code.value for one in deviations} == {"C1", "D3", "D4", "H1", "O1", "O2", "S1"}
    assert len({(one.code, one.subject) for one in deviations}) == len(deviations)

"""What keeps a call from being published, point by point."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from contracting.tenders.announcement import sentence_of
from contracting.tenders.rules.announcing import CallFacts, Limits, Point, findings
from kernel.periods import WARSAW

NOW = datetime(2027, 3, 1, 10, tzinfo=WARSAW)
LIMITS = Limits(call_days=21, contract_years=5, small_grant_max=Decimal(10_000), small_grant_days=90)
GOOD = CallFacts(
    kind="support",
    number="1/2027",
    task_kind="Usługi",
    grant_rules="Zasady",
    conditions="Warunki",
    selection="Tryb",
    earlier_tasks="Nie było",
    funds=Decimal("600000.00"),
    grant_min=None,
    grant_max=Decimal("600000.00"),
    own_share_min=Decimal(5),
    task_from=date(2027, 5, 1),
    task_to=date(2027, 12, 31),
    deadline=datetime(2027, 3, 23, tzinfo=WARSAW),
    decision_due_on=date(2027, 4, 20),
    lot_funds=(Decimal("400000.00"), Decimal("200000.00")),
    weights=(40, 60),
    concept_required=True,
    concept_questions=3,
    posted_on=(),
)


def codes(**changes: Any) -> list[str]:
    return [finding.code for finding in findings(replace(GOOD, **changes), LIMITS, now=NOW)]


def test_a_call_that_says_everything_may_be_published() -> None:
    assert codes() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"task_kind": " "}, ["task_kind_missing"]),
        ({"grant_rules": ""}, ["grant_rules_missing"]),
        ({"conditions": ""}, ["conditions_missing"]),
        ({"selection": ""}, ["selection_missing"]),
        ({"earlier_tasks": ""}, ["earlier_tasks_missing"]),
        ({"number": ""}, ["number_missing"]),
        ({"deadline": None}, ["deadline_missing"]),
        ({"decision_due_on": None}, ["decision_due_on_missing"]),
        ({"task_from": None}, ["task_from_missing"]),
        ({"task_to": None}, ["task_to_missing"]),
        ({"weights": (40, 59)}, ["weights_not_100"]),
        ({"weights": (40, 61)}, ["weights_not_100"]),
        ({"weights": ()}, ["criteria_missing"]),
        ({"lot_funds": ()}, ["lots_missing"]),
        ({"lot_funds": (Decimal("599999.99"),)}, ["lots_do_not_add_up"]),
        ({"grant_max": Decimal("600000.01")}, ["grant_above_funds"]),
        ({"concept_questions": 0}, ["concept_without_questions"]),
        ({"concept_questions": 0, "concept_required": False}, []),
        ({"decision_due_on": date(2027, 3, 22)}, ["choice_before_deadline"]),
        ({"task_from": date(2027, 3, 22)}, ["task_before_deadline"]),
        ({"task_from": date(2027, 3, 23)}, ["task_soon_after_deadline"]),
        (
            {"deadline": datetime(2027, 3, 23, 0, 1, tzinfo=WARSAW), "task_from": date(2027, 3, 23)},
            ["task_before_deadline"],
        ),
        ({"task_from": date(2027, 4, 21)}, ["task_soon_after_deadline"]),
        ({"task_from": date(2027, 4, 22)}, []),
        ({"own_share_min": Decimal(0)}, ["supported_without_own_share"]),
        ({"kind": "entrust"}, ["entrusted_with_own_share"]),
        ({"kind": "entrust", "own_share_min": Decimal(0)}, []),
        ({"task_to": date(2032, 4, 30)}, []),
        ({"task_to": date(2032, 5, 1)}, ["contract_too_long"]),
        ({"task_to": date(2032, 5, 1), "kind": "procurement"}, []),
    ],
)
def test_each_point_is_found(changes: dict[str, Any], expected: list[str]) -> None:
    assert codes(**changes) == expected


def test_the_term_counts_from_the_last_of_all_publications_planned_ones_too() -> None:
    an_hour_short = datetime(2027, 3, 22, 23, tzinfo=WARSAW)
    assert codes(deadline=an_hour_short) == ["term_short"]
    # A planned day after today moves the earliest deadline; an earlier one changes nothing.
    assert codes(posted_on=(date(2027, 2, 20),)) == []
    assert codes(posted_on=(date(2027, 3, 2),)) == ["term_short"]


def test_a_deadline_in_the_past_is_told_once() -> None:
    assert codes(deadline=datetime(2027, 3, 1, 9, 59, tzinfo=WARSAW)) == ["deadline_past"]


def test_no_term_of_the_open_call_for_what_is_no_open_call() -> None:
    soon = datetime(2027, 3, 9, tzinfo=WARSAW)
    for kind in ("small_grant", "procurement", "partnership"):
        small = {"grant_max": Decimal("9000.00"), "task_to": date(2027, 7, 1)}
        assert codes(kind=kind, deadline=soon, **small) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"grant_max": Decimal("10000.00")}, []),
        ({"grant_max": Decimal("10000.01")}, ["small_grant_too_large"]),
        ({"grant_max": None}, ["small_grant_without_max"]),
        ({"grant_max": Decimal("10000.00"), "task_to": date(2027, 7, 29)}, []),
        ({"grant_max": Decimal("10000.00"), "task_to": date(2027, 7, 30)}, ["small_grant_too_long"]),
    ],
)
def test_limits_of_a_small_grant(changes: dict[str, Any], expected: list[str]) -> None:
    given = {"kind": "small_grant", "task_to": date(2027, 7, 1), **changes}
    assert codes(**given) == expected


def test_every_finding_has_a_sentence_naming_field_value_and_remedy() -> None:
    everything_wrong = replace(
        GOOD,
        number="",
        task_kind="",
        lot_funds=(Decimal(1),),
        deadline=datetime(2027, 3, 10, tzinfo=WARSAW),
        weights=(30,),
        task_from=date(2027, 3, 9),
        task_to=date(2040, 1, 1),
    )
    found = findings(everything_wrong, LIMITS, now=NOW)
    assert {finding.point for finding in found} >= {Point.TASK, Point.TERM, Point.WEIGHTS, Point.LENGTH}
    with translation.override("en"):
        sentences = {finding.code: sentence_of(finding) for finding in found}
    assert sentences["term_short"] == (
        "Deadline: 10\u00a0March 2027, 00:00 is too early. The last publication is of 1\u00a0March 2027, then 21 full "
        "days must pass: choose 23\u00a0March 2027, 00:00 or later."
    )
    assert sentences["task_before_deadline"] == (
        "Task begins: 9\u00a0March 2027 comes before the deadline for offers, 10\u00a0March 2027, 00:00. "
        "Choose a later day, or an earlier deadline."
    )
    with translation.override("pl"):
        plain = {finding.code: sentence_of(finding) for finding in found}
    assert "potem trzeba odczekać 21 pełnych dni. Wybierz" in plain["term_short"]
    assert "niż pozwala najdłuższa umowa (5 lat). Wybierz" in plain["contract_too_long"]
    assert sentences["weights_not_100"] == (
        "Weights: they sum to 30 %. Change them so that they sum to 100 %."
    )
    assert sentences["lots_do_not_add_up"].startswith("Parts: their funds sum to PLN\u00a01.00")

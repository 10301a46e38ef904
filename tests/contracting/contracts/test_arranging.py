"""What step 5 asks to be recorded where no call chooses the contractor, as pure rules."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from contracting.commissioning.rules.forms import RECORDED
from contracting.contracts.rules.arranging import ASKED, ArrangementFacts, findings

TODAY = date(2027, 3, 1)
FRAME: dict[str, Any] = {"cycle_from": date(2027, 1, 1), "cycle_to": date(2027, 12, 31)}
COMPLETE: dict[str, dict[str, Any]] = {
    "own": {"deliverer": "Dział usług", "valid_from": date(2027, 1, 1), "note": "Zarządzenie 4/2027"},
    "procurement": {
        "mode": "basic",
        "notice_number": "2027/BZP 00012345",
        "decided_on": date(2027, 2, 1),
        "organisation": True,
        "has_nip": True,
        "signed_on": date(2027, 2, 10),
        "value": Decimal("310000.00"),
    },
    "partnership": {"organisation": True, "signed_on": date(2027, 1, 7), "basis": "art. 9 ustawy X"},
    "neighbour": {
        "organisation": True,
        "valid_from": date(2027, 1, 1),
        "valid_to": date(2027, 6, 30),
    },
}


def found(form: str, **changes: Any) -> list[tuple[str, str]]:
    facts = ArrangementFacts(form=form, **{**FRAME, **COMPLETE[form], **changes})
    return [(one.code, one.field) for one in findings(facts, today=TODAY)]


def test_every_recorded_form_has_its_fields_and_can_be_complete() -> None:
    assert set(ASKED) == set(RECORDED) == set(COMPLETE)
    assert {form: found(form) for form in ASKED} == {form: [] for form in ASKED}


@pytest.mark.parametrize(
    ("form", "field", "empty"),
    [
        ("own", "deliverer", "  "),
        ("own", "valid_from", None),
        ("own", "note", ""),
        ("procurement", "mode", ""),
        ("procurement", "notice_number", " "),
        ("procurement", "decided_on", None),
        ("procurement", "organisation", False),
        ("procurement", "signed_on", None),
        ("procurement", "value", None),
        ("partnership", "organisation", False),
        ("partnership", "signed_on", None),
        ("partnership", "basis", ""),
        ("neighbour", "valid_from", None),
        ("neighbour", "valid_to", None),
    ],
)
def test_each_thing_that_is_missing_is_named_alone(form: str, field: str, empty: Any) -> None:
    assert found(form, **{field: empty}) == [("missing", field)]


def test_neighbours_are_run_by_an_organisation_or_by_the_unit() -> None:
    assert found("neighbour", organisation=False) == [("nobody_named", "deliverer")]
    assert found("neighbour", organisation=False, deliverer="Dział usług środowiskowych") == []


def test_a_contractor_of_a_procurement_is_known_by_its_nip_and_its_contract_is_worth_something() -> None:
    assert found("procurement", has_nip=False) == [("nip_missing", "organisation")]
    assert found("procurement", value=Decimal(0)) == [("value_not_positive", "value")]
    assert found("procurement", value=Decimal("0.01")) == []
    assert found("partnership", has_nip=False) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"decided_on": TODAY, "signed_on": TODAY}, []),
        ({"signed_on": date(2027, 3, 2)}, [("not_happened_yet", "signed_on")]),
        ({"signed_on": date(2027, 1, 31)}, [("signed_before_the_choice", "signed_on")]),
        ({"signed_on": date(2027, 2, 1)}, []),
    ],
)
def test_what_is_recorded_has_happened_in_its_order(
    changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert found("procurement", **changes) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2027, 6, 30), date(2027, 6, 29), [("ends_before_it_begins", "valid_to")]),
        (date(2027, 12, 31), date(2028, 6, 30), []),
        (date(2028, 1, 1), date(2028, 6, 30), [("outside_the_cycle", "valid_from")]),
        (date(2026, 1, 1), date(2026, 12, 31), [("outside_the_cycle", "valid_to")]),
        (date(2026, 1, 1), date(2027, 1, 1), []),
    ],
)
def test_the_dates_touch_the_period_of_the_cycle(
    first: date, last: date, expected: list[tuple[str, str]]
) -> None:
    assert found("neighbour", valid_from=first, valid_to=last) == expected


def test_own_delivery_may_have_no_end() -> None:
    assert found("own", valid_to=None) == []


def test_an_unknown_form_is_an_error() -> None:
    with pytest.raises(KeyError):
        findings(ArrangementFacts(form="entrust", **FRAME), today=TODAY)

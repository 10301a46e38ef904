"""The rules of an offer's content: figures as people type them, sums to the grosz, merging, what is missing."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from contracting.tenders.actions.sentences import sentence_of
from contracting.tenders.content import SECTIONS, empty_content
from contracting.tenders.rules.budget import off_by, sums_of, with_sums
from contracting.tenders.rules.completeness import Finding, Terms, findings_of
from contracting.tenders.rules.figures import (
    read_day,
    read_minutes,
    read_number,
    section_of,
    stored_section,
    with_section,
)
from contracting.tenders.rules.merging import merge
from contracting.tenders.sealing import canonical_bytes

TERMS = Terms(lot_funds=Decimal("100000"), task_from=date(2027, 1, 1), task_to=date(2027, 12, 31))
_ROW = {"kind": "action", "name": "a", "unit": "h", "unit_cost": "10.00", "quantity": "3.00", "year": "2027"}


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1234,5", "1234.5"), ("1 234,50 zł", "1234.50"), ("1\u00a0234.5", "1234.5"), ("0", "0"), ("9999999999", "9999999999"),
        ("", None), ("-1", None), ("1,234,5", None), ("1,555", None), ("abc", None), ("1e3", None), ("12345678901", None), ("٣", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_type_them(typed: str, number: str | None) -> None:
    assert read_number(typed) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("7200", 432_000), ("7200:30", 432_030), ("0,5", 30), (45, 45), ("7 200 h", 432_000), ("1:60", None), (-1, None), (True, None), ("x", None), ("0,01", None)],
)  # fmt: skip
def test_hours_are_read_as_people_type_them(typed: Any, minutes: int | None) -> None:
    assert read_minutes(typed) == minutes


def test_days_are_iso_days_only() -> None:
    assert read_day("2027-01-31") == date(2027, 1, 31)
    assert [read_day(text) for text in ("2027-02-30", "1.2.2027", "20270131", "")] == [None] * 4


_MONEY = st.decimals(0, 99999, places=2).map(lambda number: f"{number:.2f}")


@given(
    rows=st.lists(st.tuples(_MONEY, _MONEY), max_size=8), own=_MONEY, kind=_MONEY, paid=_MONEY, minutes=st.integers(0, 10**6)
)  # fmt: skip
@hypothesis_settings(max_examples=80, deadline=None)
def test_the_grant_is_what_is_left_to_the_grosz(
    rows: Any, own: str, kind: str, paid: str, minutes: int
) -> None:
    costs = [{**_ROW, "unit_cost": cost, "quantity": quantity} for cost, quantity in rows]
    budget = {"costs": costs, "own_financial": own, "own_in_kind": kind, "payments": paid, "minutes": minutes}
    content = with_sums({**empty_content(), "budget": budget})
    done = content["budget"]
    total = sum((Decimal(row["amount"]) for row in done["costs"]), Decimal(0))
    assert Decimal(done["total"]) == total
    assert Decimal(done["grant"]) + Decimal(own) + Decimal(kind) + Decimal(paid) == total
    assert off_by(done) == []
    assert with_sums(content) == content
    assert canonical_bytes(content)


@pytest.mark.parametrize("path", ["total", "grant", "costs.0.amount", "price_per_hour"])
def test_a_budget_off_by_one_grosz_is_told(path: str) -> None:
    budget = with_sums({"budget": {"costs": [dict(_ROW)], "minutes": 120}})["budget"]
    holder, key = (budget["costs"][0], "amount") if path.startswith("costs") else (budget, path)
    holder[key] = f"{Decimal(holder[key]) + Decimal('0.01'):.2f}"
    wrong = off_by(budget)
    assert [each[0] for each in wrong] == [path]
    found = [one for one in findings_of({**empty_content(), "budget": budget}, TERMS) if one.code == "off_by"]
    assert found[0].must and wrong[0][2] in sentence_of(found[0])


def test_shares_and_years() -> None:
    costs = [_ROW, {**_ROW, "year": "2028", "kind": "admin"}]
    sums = sums_of({"costs": costs, "own_financial": "6", "minutes": 60})
    assert (sums.by_year, sums.share(sums.own)) == (
        {"2027": Decimal("30.00"), "2028": Decimal("30.00")},
        Decimal("10.00"),
    )
    assert sums.price_per_hour == Decimal("60.00")


@pytest.mark.parametrize("key", sorted(SECTIONS))
@given(given_=st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
       lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "costs", "title", "fte", "text", "", "minutes"]), inner, max_size=4), max_leaves=10))  # fmt: skip
@hypothesis_settings(max_examples=25, deadline=None)
def test_whatever_is_sent_becomes_something_that_can_be_sealed(key: str, given_: Any) -> None:
    stored = stored_section(SECTIONS[key], given_)
    assert stored_section(SECTIONS[key], stored) == stored
    content = with_sums(with_section(empty_content(), key, stored))
    assert canonical_bytes(content)
    assert all(sentence_of(one) for one in findings_of(content, TERMS))
    assert section_of(content, key) is not None


def test_what_two_changed_is_merged_field_by_field() -> None:
    base = {"a": "1", "b": "2", "c": "3"}
    merged = merge(base, {"a": "x", "b": "2", "c": "y"}, {"a": "1", "b": "z", "c": "w"})
    assert merged.value == {"a": "x", "b": "z", "c": "y"}
    assert [(clash.key, clash.theirs, clash.mine) for clash in merged.clashes] == [("c", "y", "w")]
    assert merge(base, {**base, "a": "x"}, {**base, "a": "x"}).clashes == [], "both said the same"
    assert merge([], [{"n": 1}], []).value == [{"n": 1}]
    assert [clash.key for clash in merge([], [{"n": 1}], [{"n": 2}]).clashes] == [""]


@pytest.mark.parametrize(
    ("section", "change", "code"),
    [
        ("task", {"from": "2026-12-31"}, "outside_task"),
        ("task", {"from": "2027-05-01", "to": "2027-04-01"}, "ends_before"),
        ("task", {"to": "jutro"}, "no_day"),
        ("task", {"to": "31.02.2027"}, "no_day"),
        ("task", {"summary": "a" * 8001}, "too_long"),
        ("task", {"title": "a" * 251}, "too_long"),
        ("results", [{"name": "a", "level": "b", "monitoring": "a" * 1001}], "too_long"),
        ("bidder", {"nip": "123"}, "nip"),
        ("bidder", {"nip": "5252248482"}, "nip"),
        ("bidder", {"krs": "123 456"}, "krs"),
        ("bidder", {"phone": "abc"}, "phone"),
        ("bidder", {"email": "adres"}, "email"),
        ("staff", [{"name": "A", "function": "b", "qualifications": [], "fte": "3"}], "fte"),
        ("promises", [{"measure": "same_carer", "value": "120"}], "percent"),
        ("promises", [{"measure": "reported", "value": "dużo"}], "no_number"),
        ("budget", {"costs": [{**_ROW, "unit_cost": "0"}]}, "zero"),
        ("budget", {"costs": [{**_ROW, "year": "2031"}]}, "year"),
        ("budget", {"costs": [{**_ROW, "quantity": "20000"}]}, "grant_over_funds"),
        ("budget", {"costs": [_ROW], "payments": "30"}, "grant_zero"),
        ("budget", {"costs": [{**_ROW, "unit_cost": "0.01"}], "minutes": 10**6}, "price_zero"),
    ],
)  # fmt: skip
def test_bad_input_is_told_in_a_sentence(section: str, change: Any, code: str) -> None:
    value = stored_section(SECTIONS[section], change)
    content = with_sums(with_section(empty_content(), section, value))
    told = [one for one in findings_of(content, TERMS) if one.section == section and one.code == code]
    assert told and told[0].must
    assert "%(" not in sentence_of(told[0]) and "%%" not in sentence_of(told[0])


@pytest.mark.parametrize(
    "fine",
    [
        {"nip": "525-224-84-81", "krs": "0000 123 456", "phone": "+48 91 000 00 00 wew. 3"},
        {"krs": "ewidencja stowarzyszeń zwykłych, nr 12", "phone": "914240000"},
    ],
)
def test_numbers_of_registers_and_telephones_are_taken_as_people_write_them(fine: Any) -> None:
    content = with_section(empty_content(), "bidder", stored_section(SECTIONS["bidder"], fine))
    assert {one.path for one in findings_of(content, TERMS) if one.section == "bidder"}.isdisjoint(fine)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("31.01.2027", "2027-01-31"),
        ("1.2.2027", "2027-02-01"),
        ("2027-01-31", "2027-01-31"),
        ("30.02.2027", "30.02.2027"),
        ("jutro", "jutro"),
        ("", ""),
    ],
)
def test_days_are_stored_in_one_way_and_what_is_none_stays_as_it_was_typed(typed: str, stored: str) -> None:
    assert stored_section(SECTIONS["task"], {"from": typed})["from"] == stored


def test_a_pasted_text_is_kept_whole_and_told_to_be_shortened() -> None:
    text = "słowo " * 7500
    content = with_section(
        empty_content(), "task", stored_section(SECTIONS["task"], {"summary": text, "title": "ok"})
    )
    assert content["task"]["summary"] == text.strip()
    (told,) = [one for one in findings_of(content, TERMS) if one.code == "too_long"]
    assert (told.section, told.path, told.must) == ("task", "summary", True)
    assert told.values == {"length": 44999, "most": 8000, "over": 36999}


def test_every_code_has_its_sentence() -> None:
    assert sentence_of(Finding("missing", "task"))
    with pytest.raises(KeyError):
        sentence_of(Finding("unknown", "task"))

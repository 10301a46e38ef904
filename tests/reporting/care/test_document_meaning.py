"""What the parts of an import_care document mean together: each contradiction is told where it stands."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reporting.care.documents import document, faults_of, read, told


def decision(number: str, **changed: Any) -> dict[str, Any]:
    return {**document()["decisions"][0], "number": number, "suspensions": [], **changed}


def with_decisions(*decisions: dict[str, Any]) -> dict[str, Any]:
    return {**document(), "decisions": list(decisions)}


def codes(content: Any) -> list[tuple[str, str]]:
    return [(path, code) for path, _, code in told(content)]


class TestKeys:
    @pytest.mark.parametrize(
        ("section", "key"),
        [
            ("organisations", "name"),
            ("contracts", "number"),
            ("workers", "code"),
            ("persons", "code"),
            ("decisions", "number"),
        ],
    )
    def test_a_number_or_code_stands_once(self, section: str, key: str) -> None:
        whole = document()
        again = {**whole[section][0]}
        if section == "decisions":
            again |= {"person": "P009", "suspensions": []}
        if section == "organisations":
            again["krs"] = None
        whole[section].append(again)
        (fault,) = faults_of(whole)
        place = f"$.{section}[{len(whole[section]) - 1}].{key}"
        assert (fault.path, fault.code, fault.details["other"]) == (
            place,
            "repeated_key",
            f"$.{section}[0].{key}",
        )

    def test_activities_qualifications_slots_pesel_and_krs_stand_once(self) -> None:
        whole = document()
        whole["service"]["activities"].append({"code": "shopping", "name": "Inne"})
        whole["organisations"].append({"krs": "0000123456", "name": "Druga"})
        whole["workers"][0]["qualifications"] *= 2
        whole["persons"][0]["pesel"] = whole["persons"][1]["pesel"]
        whole["decisions"][0]["plan"].append({"weekday": 1, "start": "08:00", "minutes": 30})
        assert codes(whole) == [
            ("$.decisions[0].plan[1]", "plan_clash"),
            ("$.organisations[1].krs", "repeated_key"),
            ("$.persons[1].pesel", "repeated_key"),
            ("$.service.activities[2].code", "repeated_key"),
            ("$.workers[0].qualifications[1]", "repeated_key"),
        ]

    @pytest.mark.parametrize(
        ("starts", "alone", "two"),
        [
            (["08:00", "08:00"], [("plan[1]", "plan_clash")], []),
            (["09:00", "08:00"], [], []),
            (["08:00", "10:00"], [], []),
            (
                ["08:00"] * 3,
                [("plan[1]", "plan_clash"), ("plan[2]", "plan_clash")],
                [("plan[2]", "plan_crowded")],
            ),
        ],
    )
    def test_visits_of_a_plan_begin_together_only_where_two_workers_may_come(
        self, starts: list[str], alone: list[Any], two: list[Any]
    ) -> None:
        slots = [{"weekday": 1, "start": start, "minutes": 120} for start in starts]
        for allowed, expected in ((False, alone), (True, two)):
            found = codes(with_decisions(decision("D/1", plan=slots, two_workers=allowed)))
            assert found == [(f"$.decisions[0].{path}", code) for path, code in expected]


class TestPesel:
    def test_a_wrong_checksum_needs_a_stated_reason(self) -> None:
        whole = document()
        whole["persons"][0]["pesel"] = "44051401358"
        assert told(whole) == [("$.persons[0].pesel", '"44051401358"', "pesel_checksum")]
        whole["persons"][0]["pesel_override_reason"] = " "
        assert codes(whole) == [("$.persons[0].pesel", "pesel_checksum")]
        whole["persons"][0]["pesel_override_reason"] = "nadany z błędem, potwierdzony w dowodzie"
        assert read(whole).persons[0].pesel == "44051401358"


class TestPeriods:
    def test_ends_before_beginnings(self) -> None:
        whole = document()
        whole["contracts"][0]["valid_to"] = "2025-12-31"
        whole["workers"][0]["qualifications"][0]["valid_to"] = "2019-12-31"
        whole["decisions"][0] |= {"valid_to": "2026-01-04", "revoked_from": "2026-01-04", "suspensions": []}
        whole["decisions"][1]["suspensions"] = [{"from": "2026-03-02", "to": "2026-03-01", "reason": "other"}]
        assert codes(whole) == [
            ("$.contracts[0].valid_to", "ends_before_it_begins"),
            ("$.decisions[0].revoked_from", "revoked_before_it_begins"),
            ("$.decisions[0].valid_to", "ends_before_it_begins"),
            ("$.decisions[1].suspensions[0].to", "ends_before_it_begins"),
            ("$.workers[0].qualifications[0].valid_to", "ends_before_it_begins"),
        ]

    def test_periods_of_one_day_are_right(self) -> None:
        whole = document()
        whole["contracts"][0]["valid_to"] = whole["contracts"][0]["valid_from"]
        whole["decisions"][0] |= {"valid_to": "2026-01-05", "revoked_from": "2026-01-05"}
        whole["decisions"][0]["suspensions"] = [
            {"from": "2026-01-05", "to": "2026-01-05", "reason": "absence"}
        ]
        assert told(whole) == []

    @pytest.mark.parametrize(
        ("suspended", "expected"),
        [
            ([("2026-01-01", "2026-01-04")], [("[0]", "suspension_outside")]),
            ([("2027-01-01", "2027-01-04")], [("[0]", "suspension_outside")]),
            ([("2026-01-01", "2026-01-05"), ("2026-12-31", "2027-01-10")], []),
            ([("2026-03-05", "2026-03-09"), ("2026-03-01", "2026-03-05")], [("[0]", "suspensions_overlap")]),
            ([("2026-03-06", "2026-03-09"), ("2026-03-01", "2026-03-05")], []),
        ],
    )
    def test_suspensions_touch_the_decision_and_not_each_other(self, suspended: Any, expected: Any) -> None:
        suspensions = [{"from": first, "to": last, "reason": "hospital"} for first, last in suspended]
        found = codes(with_decisions(decision("D/1", suspensions=suspensions)))
        assert found == [(f"$.decisions[0].suspensions{place}", code) for place, code in expected]


class TestAmounts:
    @pytest.mark.parametrize(
        ("amount", "plan", "expected"),
        [
            ({"per": "month", "minutes": None}, True, [("amount.minutes", "null", "minutes_missing")]),
            ({"per": "week"}, False, [("amount.minutes", "null", "minutes_missing")]),
            ({"per": "plan", "minutes": 60}, True, [("amount.minutes", "60", "minutes_with_plan")]),
            ({"per": "plan", "minutes": None}, False, [("plan", "[]", "plan_missing")]),
            (
                {"per": "week", "minutes": 20_161},
                False,
                [("amount.minutes", "20161", "minutes_beyond_period")],
            ),
            (
                {"per": "month", "minutes": 89_281},
                False,
                [("amount.minutes", "89281", "minutes_beyond_period")],
            ),
            ({"per": "month", "minutes": 89_280}, False, []),
            ({"per": "plan"}, True, []),
            ({"per": "week", "minutes": 60}, True, []),
        ],
    )
    def test_an_amount_has_minutes_or_a_plan(self, amount: Any, plan: bool, expected: Any) -> None:
        slots = [{"weekday": 1, "start": "23:00", "minutes": 120}] if plan else []
        found = told(with_decisions(decision("D/1", amount=amount, plan=slots)))
        assert found == [(f"$.decisions[0].{path}", value, code) for path, value, code in expected]


class TestAmendments:
    def test_an_amendment_ends_the_earlier_decision_so_that_they_do_not_overlap(self) -> None:
        first, second, third = (
            decision("D/1"),
            decision("D/2", valid_from="2026-04-01", amends="D/1"),
            decision("D/3", valid_from="2026-05-01", amends="D/2"),
        )
        assert told(with_decisions(first, second, third)) == []
        assert told(with_decisions(third, first, second)) == []

    @pytest.mark.parametrize(
        ("decisions", "expected"),
        [
            ([("D/1", "2026-02-01", "D/1")], [(0, "amends_itself")]),
            (
                [("D/1", "2026-02-01", "D/2"), ("D/2", "2026-02-01", "D/1")],
                [(0, "amended_in_a_circle"), (1, "amended_in_a_circle")],
            ),
            ([("D/1", "2026-02-01", None), ("D/2", "2026-01-31", "D/1")], [(1, "amends_before_it_begins")]),
            ([("D/1", "2026-02-01", "D/0"), ("D/2", "2026-02-01", "D/0")], [(1, "amended_twice")]),
            (
                [("D/2", "2026-03-01", "D/1"), ("D/1", "2026-03-01", "D/2"), ("D/3", "2026-03-01", "D/2")],
                None,
            ),
        ],
    )
    def test_amendments_that_cannot_be(self, decisions: Any, expected: Any) -> None:
        whole = with_decisions(
            *(decision(number, valid_from=first, amends=amends) for number, first, amends in decisions)
        )
        found = [(path, code) for path, code in codes(whole) if path.endswith(".amends")]
        if expected is None:
            assert [code for _, code in found] == [
                "amended_in_a_circle",
                "amended_in_a_circle",
                "amended_twice",
            ]
        else:
            assert found == [(f"$.decisions[{index}].amends", code) for index, code in expected]

    def test_an_amendment_is_about_the_same_person(self) -> None:
        whole = with_decisions(
            decision("D/1"), decision("D/2", valid_from="2026-02-01", person="P002", amends="D/1")
        )
        assert codes(whole) == [("$.decisions[1].amends", "amends_another_person")]

    def test_a_long_chain_is_walked(self) -> None:
        first = date(2026, 1, 1)
        chain = [
            decision(
                f"D/{day}",
                valid_from=(first + timedelta(day)).isoformat(),
                amends=f"D/{day - 1}" if day else None,
            )
            for day in range(300)
        ]
        assert told(with_decisions(*chain)) == []


class TestOverlaps:
    def test_the_later_decision_names_the_one_it_overlaps(self) -> None:
        whole = with_decisions(
            decision("D/1", valid_to="2026-06-30"),
            decision("D/2", valid_from="2026-06-30"),
            decision("D/3", person="P002"),
        )
        (fault,) = faults_of(whole)
        assert (fault.path, fault.value, fault.code) == (
            "$.decisions[1].valid_from",
            '"D/1"',
            "decisions_overlap",
        )
        assert fault.details == {
            "first": "2026-06-30",
            "other_first": "2026-01-05",
            "other_last": "2026-06-30",
        }

    def test_revoked_and_following_decisions_do_not_overlap(self) -> None:
        assert (
            told(
                with_decisions(
                    decision("D/1", revoked_from="2026-06-30"),
                    decision("D/2", valid_from="2026-06-30", valid_to="2026-07-31"),
                    decision("D/3", valid_from="2026-08-01", revoked_from="2026-08-01"),
                    decision("D/4", valid_from="2026-08-01"),
                )
            )
            == []
        )

    @given(
        st.lists(
            st.tuples(st.integers(0, 40), st.integers(0, 10), st.none() | st.integers(0, 12)), max_size=6
        )
    )
    @settings(max_examples=150, deadline=None)
    def test_overlaps_are_told_exactly_when_a_day_is_covered_twice(
        self, periods: list[tuple[int, int, int | None]]
    ) -> None:
        start = date(2026, 1, 1)
        covered: list[set[int]] = []
        decisions = []
        for index, (first, length, revoked) in enumerate(periods):
            held = range(first, first + length + 1)
            covered.append({day for day in held if revoked is None or day < first + revoked})
            decisions.append(
                decision(
                    f"D/{index}",
                    valid_from=(start + timedelta(first)).isoformat(),
                    valid_to=(start + timedelta(first + length)).isoformat(),
                    revoked_from=None
                    if revoked is None
                    else (start + timedelta(first + revoked)).isoformat(),
                )
            )
        twice = any(one & other for index, one in enumerate(covered) for other in covered[:index])
        assert ("decisions_overlap" in {code for _, code in codes(with_decisions(*decisions))}) == twice

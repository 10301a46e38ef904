"""The import_care document: what is read from it, and every fault with its place, value and remedy."""

import io
import json
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reporting.care.document import (
    DocumentFault,
    DocumentRefusal,
    PlanSlotRecord,
    QualificationRecord,
    Reference,
    SuspensionRecord,
    load_schema,
    read_care_document,
    refuse_references,
)
from reporting.care.document.faults import REASONS
from tests.reporting.care.documents import document, faults_of, read, told

DELETED = object()


def changed(path: str, value: Any) -> Any:
    """The good document with the value at a dotted path replaced, added or (DELETED) left out."""
    whole = document()
    at: Any = whole
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in steps:
        at = at[step]
    if value is DELETED:
        del at[last]
    elif isinstance(at, list) and last == len(at):
        at.append(value)
    else:
        at[last] = value
    return whole


def as_jsonpath(path: str) -> str:
    return "$" + "".join(f"[{step}]" if step.isdigit() else f".{step}" for step in path.split("."))


class TestRecords:
    def test_the_example_is_read_in_full(self) -> None:
        care = read(document())
        assert (care.service.code, care.service.required_qualifications) == ("care", ("carer_course",))
        assert [activity.code for activity in care.service.activities] == ["shopping", "hygiene"]
        (contract,) = care.contracts
        assert (contract.price_per_hour, contract.cap_minutes, contract.named_staff) == (
            Decimal("41.50"),
            1_200_000,
            ("W01",),
        )
        assert care.organisations[0].krs == "0000123456"
        assert care.workers[0].qualifications == (
            QualificationRecord("carer_course", date(2020, 1, 1), None),
        )
        assert [(person.pesel, person.birth_year) for person in care.persons] == [
            (None, 1941),
            ("44051401359", None),
        ]
        first, second = care.decisions
        assert (first.per, first.minutes, second.per, second.minutes) == ("month", 1200, "plan", None)
        assert first.plan == (PlanSlotRecord(1, time(8), 120, False),)
        assert first.suspensions == (SuspensionRecord(date(2026, 3, 1), date(2026, 3, 10), "hospital"),)
        assert (second.revoked_from, second.amends, second.two_workers, second.suspensions) == (
            None,
            None,
            False,
            (),
        )
        assert care.unresolved == ()

    def test_a_service_alone_is_a_document(self) -> None:
        care = read({"service": {"code": "care", "name": "x"}})
        assert (care.service.activities, care.persons, care.decisions) == ((), (), ())

    def test_texts_are_trimmed_and_composed_and_a_mark_at_the_beginning_is_passed_over(self) -> None:
        whole = changed("persons.0.surname", " Z\u0307ak ")
        content = b"\xef\xbb\xbf" + json.dumps(whole).encode()
        assert read_care_document(io.BytesIO(content)).persons[0].surname == "Żak"

    def test_whole_numbers_may_be_written_with_a_point(self) -> None:
        assert read(changed("decisions.0.amount.minutes", 1200.0)).decisions[0].minutes == 1200

    def test_what_the_document_does_not_hold_is_left_to_whoever_knows_what_is_stored(self) -> None:
        whole = document()
        whole["organisations"], whole["persons"], whole["workers"] = [], [], []
        whole["decisions"][0]["amends"] = "D/9"
        whole["decisions"][0]["activities"].append("ironing")
        unresolved = read(whole).unresolved
        assert unresolved == (
            Reference("organisation", "Fundacja Przykład", "$.contracts[0].organisation"),
            Reference("worker", "W01", "$.contracts[0].named_staff[0]"),
            Reference("person", "P001", "$.decisions[0].person"),
            Reference("decision", "D/9", "$.decisions[0].amends"),
            Reference("activity", "ironing", "$.decisions[0].activities[2]"),
            Reference("person", "P002", "$.decisions[1].person"),
        )
        faults = refuse_references(unresolved)
        assert [fault.code for fault in faults[:3]] == [
            "unknown_organisation",
            "unknown_worker",
            "unknown_person",
        ]
        with translation.override("en"):
            assert str(faults[3].message).startswith('There is no decision "D/9" here or stored.')

    def test_what_stands_in_the_document_with_a_fault_is_not_called_unknown(self) -> None:
        whole = document()
        whole["contracts"][0]["signed"] = whole["workers"][0]["surname"] = None
        whole["persons"][0]["birth_year"] = "1941"
        read_document = read(whole)
        assert {fault.code for fault in read_document.faults} == {"wrong_type"}
        assert read_document.unresolved == ()
        assert [path for path, _ in read_document.placed("persons")] == ["$.persons[1]"]


class TestSchema:
    def test_it_is_a_schema_and_describes_every_field(self) -> None:
        schema = load_schema()
        Draft202012Validator.check_schema(schema)

        def undescribed(part: Any, path: str) -> list[str]:
            found = []
            for name, field in part.get("properties", {}).items():
                found += [] if field.get("description") else [f"{path}.{name}"]
                found += undescribed(field, f"{path}.{name}") + undescribed(
                    field.get("items", {}), f"{path}.{name}[]"
                )
            return found

        assert undescribed(schema, "$") == []

    def test_it_alone_accepts_the_example_and_refuses_what_its_patterns_exclude(self) -> None:
        plain = Draft202012Validator(load_schema())
        assert plain.is_valid(document())
        for path, value in (
            ("persons.0.pesel", "1"),
            ("decisions.0.valid_to", "31.12.2026"),
            ("contracts.0.price_per_hour", "1,5"),
        ):
            assert not plain.is_valid(changed(path, value))


class TestForm:
    @pytest.mark.parametrize(
        ("path", "value", "code"),
        [
            ("service", DELETED, "missing_field"),
            ("service", [], "wrong_type"),
            ("persons", {}, "wrong_type"),
            ("persons.0", "P001", "wrong_type"),
            ("persons.0.surname", DELETED, "missing_field"),
            ("persons.0.surname", "", "too_short"),
            ("persons.0.surname", "  ", "too_short"),
            ("persons.0.surname", "x" * 81, "too_long"),
            ("persons.0.surname", "a\nb", "control_characters"),
            ("persons.0.surname", "a\u0000b", "control_characters"),
            ("persons.0.surname", "a\ud800", "control_characters"),
            ("persons.0.surname", None, "wrong_type"),
            ("persons.0.colour", "red", "unknown_field"),
            ("persons.0.pesel", "123", "pesel_form"),
            ("persons.0.pesel", "4405140135٩", "pesel_form"),
            ("persons.0.pesel", 44051401359, "wrong_type"),
            ("persons.0.birth_year", 1700, "too_small"),
            ("persons.0.birth_year", 1e30, "too_great"),
            ("persons.0.birth_year", 10**40, "too_great"),
            ("persons.0.birth_year", True, "wrong_type"),
            ("persons.0.birth_year", float("nan"), "wrong_type"),
            ("service.activities.0.code", "a b", "code_form"),
            ("service.activities.0.code", "a|b", "code_form"),
            ("service.activities.0.code", "x" * 41, "code_form"),
            ("service.required_qualifications", ["a", "a"], "repeated_item"),
            ("organisations.0.krs", "123", "krs_form"),
            ("contracts.0.price_per_hour", 41.5, "wrong_type"),
            ("contracts.0.price_per_hour", "41,50", "price_form"),
            ("contracts.0.price_per_hour", "-1", "price_form"),
            ("contracts.0.cap_minutes", -1, "too_small"),
            ("contracts.0.valid_from", "2026-02-29", "date_form"),
            ("contracts.0.valid_from", "05.10.2026", "date_form"),
            ("contracts.0.valid_from", "20260105", "date_form"),
            ("contracts.0.valid_to", "9999-12-31", "date_year"),
            ("workers.0.qualifications.0.valid_to", "x", "date_form"),
            ("decisions.0.revoked_from", "2026-13-01", "date_form"),
            ("decisions.0.amount.per", "day", "not_allowed"),
            ("decisions.0.amount.minutes", 0, "too_small"),
            ("decisions.0.amount.minutes", 1.5, "wrong_type"),
            ("decisions.0.plan.0.weekday", 8, "too_great"),
            ("decisions.0.plan.0.minutes", 1441, "too_great"),
            ("decisions.0.plan.0.start", "24:00", "time_form"),
            ("decisions.0.plan.0.start", "8:00", "time_form"),
            ("decisions.0.plan.0.on_holidays", 1, "wrong_type"),
            ("decisions.0.activities", ["shopping", "shopping"], "repeated_item"),
            ("decisions.0.suspensions.0.reason", "holiday", "not_allowed"),
        ],
    )
    def test_each_departure_is_told_once_with_its_place(self, path: str, value: Any, code: str) -> None:
        found = [
            fault for fault in faults_of(changed(path, value)) if fault.path.startswith(as_jsonpath(path))
        ]
        assert [(fault.path, fault.code) for fault in found] == [(as_jsonpath(path), code)]

    @pytest.mark.parametrize(
        ("contact", "place", "code"),
        [
            ({"phone": "600 100"}, "phone", "phone_form"),
            ({"close_person": {"name": "Ewa", "phone": "brak"}}, "close_person.phone", "phone_form"),
            ({"close_person": {"phone": "600100200"}}, "close_person.name", "missing_field"),
            ({"mail": "x@y.pl"}, "mail", "unknown_field"),
            ({"entry_note": "x" * 301}, "entry_note", "too_long"),
        ],
    )
    def test_a_contact_departs_at_its_place(self, contact: dict[str, Any], place: str, code: str) -> None:
        found = faults_of(changed("persons.0.contact", contact))
        assert [(fault.path, fault.code) for fault in found] == [(f"$.persons[0].contact.{place}", code)]

    def test_every_fault_of_the_document_is_told_in_its_order(self) -> None:
        whole = document()
        whole["colour"] = whole["decisions"][1]["shape"] = 1
        del whole["decisions"][0]["issued"], whole["decisions"][0]["person"]
        whole["persons"] += [{"code": "P003"} for _ in range(9)]
        whole["contracts"][0]["valid_to"] = "2025-12-31"
        assert [(path, code) for path, _, code in told(whole)] == [
            ("$.colour", "unknown_field"),
            ("$.contracts[0].valid_to", "ends_before_it_begins"),
            ("$.decisions[0].issued", "missing_field"),
            ("$.decisions[0].person", "missing_field"),
            ("$.decisions[1].shape", "unknown_field"),
            *(
                (f"$.persons[{index}].{name}", "missing_field")
                for index in range(2, 11)
                for name in ("given_name", "surname")
            ),
        ]

    @pytest.mark.parametrize("content", [[], 1, None, "x"])
    def test_a_document_that_is_no_object(self, content: Any) -> None:
        assert [(path, code) for path, _, code in told(content)] == [("$", "wrong_type")]

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "not_json"),
            (b'{"service": {},}', "not_json"),
            ('{"service": "Żak"}'.encode("cp1250"), "not_utf8"),
            (b"[" * 100_000, "too_deep"),
            (b'{"service": ' + b"9" * 5000 + b"}", "wrong_type"),
            (b'{"service": 1, "service": 2}', "repeated_field"),
            (b"x" * 30_000_000, "too_large"),
        ],
    )
    def test_a_file_that_is_no_document(self, content: bytes, code: str) -> None:
        with pytest.raises(DocumentRefusal) as caught:
            read_care_document(io.BytesIO(content))
        assert caught.value.code == code

    def test_the_sentence_names_value_and_remedy_and_the_refusal_fits_the_domain_error(self) -> None:
        (fault,) = faults_of(changed("persons.0.birth_year", "1941"))
        with translation.override("en"):
            assert fault.as_json() == {
                "path": "$.persons[0].birth_year",
                "value": '"1941"',
                "code": "wrong_type",
                "reason": 'The value "1941" has the wrong type. Give a whole number or null.',
            }
        with translation.override("pl"):
            assert (
                str(fault.message)
                == 'Wartość "1941" jest niewłaściwego rodzaju. Podaj: liczbę całkowitą albo null.'
            )
        refusal = DocumentRefusal([fault])
        assert [(problem.field, problem.code) for problem in refusal.problems] == [(fault.path, fault.code)]

    @pytest.mark.parametrize("code", sorted(REASONS))
    def test_every_reason_is_translated(self, code: str) -> None:
        names = "size limit line column name known expected length first last other other_first other_last"
        fault = DocumentFault("$", "7", code, dict.fromkeys(names.split(), "7"))
        sentences = []
        for language in ("pl", "en"):
            with translation.override(language):
                sentences.append(str(fault.message))
        assert all(sentence.endswith(".") for sentence in sentences)
        assert len(set(sentences)) == 2

    @given(
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
            ),
            max_leaves=8,
        ),
        st.data(),
    )
    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_anything_anywhere_is_refused_or_read(self, junk: Any, data: st.DataObject) -> None:
        whole: Any = document()
        at: Any = whole
        while True:
            key = data.draw(st.sampled_from(list(at) if isinstance(at, dict) else range(len(at))))
            if not (isinstance(at[key], dict | list) and at[key]) or data.draw(st.booleans()):
                break
            at = at[key]
        at[key] = junk
        for fault in faults_of(whole):
            assert str(fault.message)
            assert json.dumps(fault.as_json(), ensure_ascii=False).encode()

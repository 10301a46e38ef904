"""Advice in bulk: all or nothing, every fault named, the same rows twice add nothing."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Entry
from kernel.access import Actor
from reporting.advice.actions import record_advice_rows
from reporting.advice.models import Appointment, Topic
from reporting.care.keeping import anonymise
from reporting.delivery.files import FileRefusal
from tests.factories.care import ContractFactory, DecisionFactory, PersonFactory, WorkerFactory

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("tests")
ROW = {
    "date": "2026-10-05",
    "time": "16:30",
    "adviser": "A01",
    "type": "legal",
    "minutes": 60,
    "place": "office",
    "person": "K-17",
}

# A month after the day on which the test runs, and not after that on which its module was read.
NEXT_MONTH = "next month"


@pytest.fixture
def world(in_alfa: Any) -> Any:
    return WorkerFactory(code="A01", surname="Lis", given_name="Ewa")


def _record(*rows: dict[str, Any], **how: Any) -> Any:
    how.setdefault("organisation_ids", None)
    return record_advice_rows(rows, actor=ACTOR, **how)


def test_a_row_is_recorded_with_its_local_date_and_one_audit_line(world: Any) -> None:
    Topic.objects.create(code="debts", name="Zadłużenie")
    recorded = _record({**ROW, "depth": "pogłębiona", "topic": "zadłużenie", "status": ""})
    assert (recorded.added, recorded.present, recorded.refusals) == (1, 0, ())
    advice = Appointment.objects.get(pk=recorded.ids[0])
    assert (advice.date, f"{advice.start:%H:%M}", advice.minutes) == (date(2026, 10, 5), "16:30", 60)
    assert (advice.kind, advice.depth, advice.state, advice.alias) == ("legal", "in_depth", "done", "K-17")
    assert (advice.topic.code, advice.topic_words, advice.booked_on) == ("debts", "", None)
    assert Entry.objects.filter(verb="record_advice").count() == 1


def test_nothing_new_is_recorded_of_somebody_anonymised(world: Any) -> None:
    person = PersonFactory(code="O-5")
    assert _record({**ROW, "person": "O-5"}).added == 1
    anonymise([person.pk])
    person.refresh_from_db()
    rows = [{**ROW, "person": person.code}, {**ROW, "time": "17:30", "person": person.code}]
    assert _record(rows[0]).present == 1
    [refused] = _record(*rows).refusals
    assert (refused.row_number, refused.column, refused.code) == (3, "person", "person_anonymised")
    assert person.code in str(refused.message)
    assert Appointment.objects.get().person_id == person.pk


def test_the_same_rows_twice_add_nothing(world: Any) -> None:
    rows = [ROW, {**ROW, "time": "17:30", "status": "no_show"}, {**ROW, "person": "", "status": "cancelled"}]
    assert _record(*rows).added == 3
    again = _record({**ROW, "adviser": "lis ewa"}, *rows[1:])
    assert (again.added, again.present) == (0, 3)
    assert Appointment.objects.count() == 3


def test_two_equal_rows_are_refused_however_the_adviser_is_written(world: Any) -> None:
    told = _record(ROW, {**ROW, "adviser": "Lis Ewa"}, {**ROW, "person": "K-18"})
    assert [(r.row_number, r.code) for r in told.refusals] == [(2, "duplicated_row"), (3, "duplicated_row")]
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"date": "05.13.2026"}, "date", "no_such_date"),
        ({"date": ""}, "date", "missing_value"),
        ({"date": NEXT_MONTH}, "date", "not_begun"),
        ({"date": "2099-10-05", "status": "cancelled"}, "date", "too_far"),
        ({"date": "2020-10-05"}, "date", "too_early"),
        ({"minutes": 481}, "minutes", "too_long"),
        ({"time": "25:00"}, "time", "no_such_time"),
        ({"date": "2026-03-29", "time": "02:30"}, "time", "nonexistent_time"),
        ({"adviser": "Nikt"}, "adviser", "unknown_adviser"),
        ({"type": "medical"}, "type", "unknown_type"),
        ({"type": ""}, "type", "missing_value"),
        ({"minutes": "0"}, "minutes", "minutes_number"),
        ({"minutes": "1441"}, "minutes", "minutes_number"),
        ({"minutes": "godzina"}, "minutes", "minutes_number"),
        ({"minutes": "=A1"}, "minutes", "formula"),
        ({"place": "park"}, "place", "unknown_place"),
        ({"depth": "deep"}, "depth", "unknown_depth"),
        ({"status": "planned"}, "status", "unknown_status"),
        ({"topic": "x" * 121}, "topic", "text_too_long"),
        ({"person": "44051401359"}, "person", "pesel_as_person"),
        ({"person": "x" * 61}, "person", "text_too_long"),
    ],
)
def test_every_fault_is_named_and_nothing_is_saved(
    world: Any, change: dict[str, Any], column: str, code: str
) -> None:
    if change.get("date") == NEXT_MONTH:
        change = {"date": (timezone.localdate() + timedelta(days=31)).isoformat()}
    told = _record(ROW, {**ROW, "time": "10:00", **change})
    assert [(r.row_number, r.column, r.code) for r in told.refusals] == [(3, column, code)]
    assert str(told.refusals[0].message)
    assert not Appointment.objects.exists()


def test_unknown_and_missing_columns_are_told_of_row_1(world: Any) -> None:
    told = _record({"date": "2026-10-05", "colour": "red"})
    assert {(r.row_number, r.code) for r in told.refusals} >= {(1, "unknown_column")}
    assert not Appointment.objects.exists()


def test_advisers_of_one_name_need_their_code_and_those_who_left_are_refused(world: Any) -> None:
    WorkerFactory(code="A02", surname="Lis", given_name="Ewa", active=False, ended_on=date(2026, 9, 30))
    assert [r.code for r in _record({**ROW, "adviser": "Lis Ewa"}).refusals] == ["ambiguous_adviser"]
    assert [r.code for r in _record({**ROW, "adviser": "A02"}).refusals] == ["adviser_gone"]


def test_an_organisation_names_its_own_advisers_and_persons_only(world: Any) -> None:
    own, other = ContractFactory(), ContractFactory()
    adviser = WorkerFactory(organisation=own.organisation, code="A07")
    entrusted = DecisionFactory(contract=own).person
    stranger = PersonFactory(code="OBCY")
    scope = frozenset({own.organisation_id})
    row = {**ROW, "adviser": "A07"}
    assert [r.code for r in _record(ROW, organisation_ids=scope).refusals] == ["unknown_adviser"]
    told = _record(
        {**row, "person": entrusted.code},
        {**row, "person": stranger.code, "time": "18:00"},
        organisation_ids=scope,
        contract=own,
    )
    assert told.added == 2
    stored = Appointment.objects.filter(adviser=adviser)
    assert {(a.person, a.alias, a.contract) for a in stored} == {(entrusted, "", own), (None, "OBCY", own)}
    refused = _record({**row, "time": "19:00"}, organisation_ids=None, contract=other).refusals
    assert [r.code for r in refused] == ["not_of_contract"]
    early = _record({**row, "date": "2025-10-05"}, organisation_ids=scope, contract=own).refusals
    assert [r.code for r in early] == ["outside_contract"]


def test_a_first_visit_at_home_is_found_by_the_clock_and_remarked_on(world: Any) -> None:
    at_home = {**ROW, "place": "home"}
    told = _record(
        {**at_home, "date": "2026-10-12"},
        {**at_home, "date": "2026-10-05"},
        {**at_home, "date": "2026-10-01", "status": "cancelled"},
        {**at_home, "date": "2026-10-06", "person": ""},
        {**ROW, "date": "2026-10-02"},
    )
    assert (told.added, told.refusals) == (5, ())
    # The row of the 5th is the first of K-17; somebody anonymous is never known.
    assert [(r.row_number, r.code) for r in told.remarks] == [
        (3, "first_at_home_alone"),
        (5, "first_at_home_alone"),
    ]
    firsts = Appointment.objects.filter(first_home_visit=True)
    assert {each.date for each in firsts} == {date(2026, 10, 5), date(2026, 10, 6)}
    again = _record({**at_home, "date": "2026-10-19"}, {**at_home, "date": "2026-10-05"})
    assert (again.added, again.present, again.remarks) == (1, 1, ())
    # Another organisation's K-17 is somebody else; to one whom nobody came, the next visit is still the first.
    WorkerFactory(code="B01")
    other = {**at_home, "adviser": "B01"}
    told = _record({**other, "date": "2026-10-20", "status": "no_show"}, {**other, "date": "2026-10-21"})
    assert [each.row_number for each in told.remarks] == [2, 3]


def test_too_many_rows_are_refused_whole(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reporting.advice.actions.recording.MOST_ROWS", 1)
    with pytest.raises(FileRefusal) as refused:
        _record(ROW, ROW)
    assert refused.value.code == "too_many_rows"

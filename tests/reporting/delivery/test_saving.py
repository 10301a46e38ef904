"""Saving what was typed: who may, what is refused with which words, sending twice, the later of two people."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from audit.models import Entry
from kernel.access import Actor
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.delivery.actions import freeze_month, thaw_month
from reporting.delivery.models import RemovedVisit, Visit
from tenants.models import Tenant
from tests.factories.care import WorkerFactory, visit
from tests.reporting.delivery.diary_world import (
    MONDAY,
    DiaryWorld,
    add_persons,
    build_diary,
    codes,
    content,
    operation,
    results,
    send,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Tenant) -> DiaryWorld:
    return build_diary(alfa)


def stored(world: DiaryWorld) -> list[Visit]:
    with tenant_scope(world.tenant):
        return list(Visit.objects.order_by("starts_at"))


def test_a_visit_is_saved_with_its_minutes_its_author_and_one_audit_line(world: DiaryWorld) -> None:
    client = world.client()
    typed = operation(world)
    [result] = results(send(client, world, typed))
    assert result["status"] == 200
    assert result["visit"] | {"worker_name": None} == {
        "id": typed["visit"],
        "decision": str(world.decision.pk),
        "date": "2024-10-07",
        "start": "08:00",
        "end": "10:00",
        "minutes": 120,
        "worker": str(world.anna.pk),
        "worker_name": None,
        "state": "done",
        "activities": ["shopping"],
        "note": "",
        "version": 1,
    }
    [saved] = stored(world)
    assert (saved.entered_by, saved.source) == (client.user.pk, Visit.Source.GRID)
    with tenant_scope(world.tenant):
        [line] = Entry.objects.filter(verb="save_diary_cells")
    assert line.actor_id == client.user.pk
    assert line.payload["visits"][0]["new"]["visit"] == typed["visit"]
    assert "Ćwik" not in str(line.payload)
    assert "note" not in str(line.payload)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("ngo_manager", 200),
        ("ngo_coordinator", 200),
        ("director", 403),
        ("coordinator", 403),
        ("inspector", 403),
        ("social_worker", 403),
        ("benefits_worker", 403),
        ("accountant", 403),
        ("committee_member", 403),
    ],
)
def test_only_people_of_the_organisation_write(world: DiaryWorld, role: str, status: int) -> None:
    assert send(world.client(role), world, operation(world)).status_code == status
    assert len(stored(world)) == (1 if status == 200 else 0)


def test_another_organisation_and_another_tenant_find_nothing(world: DiaryWorld, beta: Tenant) -> None:
    other, foreign = build_diary(world.tenant), build_diary(beta)
    for stranger in (other, foreign):
        client = stranger.client()
        assert send(client, world, operation(world)).status_code == 404
        [result] = results(send(client, stranger, operation(stranger, decision=str(world.decision.pk))))
        assert (result["status"], codes(result)) == (422, ["unknown_decision"])
    assert stored(world) == []


def test_nobody_writes_a_visit_into_another_decision_by_its_id(world: DiaryWorld) -> None:
    other = build_diary(world.tenant)
    with tenant_scope(world.tenant):
        theirs = visit(other.decision, other.anna, MONDAY, "08:00", 60)
    client = world.client()
    for kind in ("record", "change", "remove"):
        [result] = results(send(client, world, operation(world, kind, visit=str(theirs.pk), version=1)))
        assert (result["status"], codes(result)) == (422, ["unknown_visit"])
    assert [each.version for each in stored(world)] == [1]


def test_a_carer_writes_own_visits_only(world: DiaryWorld) -> None:
    carer = world.carer(world.anna)
    with tenant_scope(world.tenant):
        of_beata = visit(world.decision, world.beata, date(2024, 10, 8), "08:00", 60)
    own = operation(world)
    for_beata = operation(
        world, content=content(world, worker=str(world.beata.pk), start="11:00", end="12:00")
    )
    removal = operation(world, "remove", visit=str(of_beata.pk), version=1)
    taking = operation(
        world,
        "change",
        visit=str(of_beata.pk),
        version=1,
        content=content(world, date="2024-10-08", end="09:00"),
    )
    outcomes = results(send(carer, world, own, for_beata, removal, taking))
    assert [result["status"] for result in outcomes] == [200, 422, 422, 422]
    assert [codes(result) for result in outcomes[1:]] == [["not_yours"]] * 3
    assert [str(each.pk) for each in stored(world)] == [own["visit"], str(of_beata.pk)]


def test_what_a_carer_cannot_see_does_not_stand_in_their_way(world: DiaryWorld) -> None:
    carer = world.carer(world.anna)
    with tenant_scope(world.tenant):
        visit(world.decision, world.beata, MONDAY, "08:00", 60)
    [result] = results(send(carer, world, operation(world)))
    assert result["status"] == 200


@pytest.mark.parametrize(
    ("changed", "field", "code", "words"),
    [
        ({"end": "33:00"}, "end", "invalid", "„33:00”"),
        ({"start": "-01:00"}, "start", "invalid", "„-01:00”"),
        ({"start": "25:00"}, "start", "invalid", "„25:00”"),
        ({"end": "08:00"}, "end", "equal_times", "08:00"),
        ({"date": "2023-02-29"}, "date", "invalid", "„2023-02-29”"),
        ({"date": "2024-02-30"}, "date", "invalid", "„2024-02-30”"),
        ({"date": "1024-10-07"}, "date", "invalid", "„1024-10-07”"),
        ({"date": "2024-03-31", "start": "02:30", "end": "04:00"}, "start", "nonexistent_time", "02:30"),
        ({"date": "2024-03-31", "start": "01:00", "end": "02:15"}, "end", "nonexistent_time", "02:15"),
        ({"date": "2024-10-26", "start": "03:30", "end": "03:29"}, "end", "longer_than_a_day", "24 godz"),
        ({"worker": "x"}, "worker", "invalid", "wybierz"),
        ({"worker": str(new_id())}, "worker", "unknown_worker", "wybierz"),
        ({"activities": ["dancing"]}, "activities", "unknown_activity", "„dancing”"),
        ({"state": "maybe"}, "state", "invalid", "„maybe”"),
        ({"note": "x" * 501}, "note", "invalid", "500"),
        ({"date": "2098-10-06"}, "start", "not_begun", "przyszłości"),
    ],
)
def test_impossible_input_is_refused_by_field_value_and_remedy(
    world: DiaryWorld, changed: dict[str, str], field: str, code: str, words: str
) -> None:
    right = operation(world, visit=str(new_id()), content=content(world, start="12:00", end="13:00"))
    wrong = operation(world, content=content(world, **changed))
    refused, saved = results(send(world.client(), world, wrong, right))
    assert refused["status"] == 422
    [error] = refused["errors"]
    assert (error["field"], error["code"]) == (field, code)
    assert words.lower() in error["message"].lower()
    assert saved["status"] == 200, "one wrong entry holds up no other"
    assert len(stored(world)) == 1


@pytest.mark.parametrize(
    ("day", "start", "end", "minutes"),
    [
        ("2024-02-29", "08:00", "09:00", 60),
        ("2024-10-07", "22:00", "06:00", 480),
        ("2024-10-31", "23:00", "01:00", 120),
        ("2024-10-07", "08:00", "00:00", 960),
        ("2024-10-26", "22:00", "06:00", 540),
        ("2024-10-27", "01:30", "03:30", 180),
        ("2024-10-27", "02:15", "02:45", 30),
        ("2024-03-30", "22:00", "06:00", 420),
        ("2024-03-31", "01:30", "03:30", 60),
    ],
    ids=[
        "29 February",
        "past midnight",
        "past the end of the month",
        "until midnight",
        "night of winter time",
        "over the doubled hour",
        "inside the doubled hour",
        "night of summer time",
        "over the lost hour",
    ],
)
def test_minutes_are_elapsed_time_and_the_visit_belongs_to_its_first_day(
    world: DiaryWorld, day: str, start: str, end: str, minutes: int
) -> None:
    [result] = results(
        send(world.client(), world, operation(world, content=content(world, date=day, start=start, end=end)))
    )
    assert result["status"] == 200
    assert (result["visit"]["date"], result["visit"]["minutes"]) == (day, minutes)
    assert (result["visit"]["start"], result["visit"]["end"]) == (start, end)


def test_deviations_are_saved_and_not_refused(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        world.decision.valid_to = date(2024, 10, 1)
        world.decision.activities = ["meals"]
        world.decision.save()
        visit(world.decisions[1], world.anna, MONDAY, "08:00", 300)
    outside = operation(world, content=content(world, start="00:00", end="23:30"))
    [result] = results(send(world.client(), world, outside))
    assert result["status"] == 200


def test_sending_again_writes_once_and_answers_the_same(world: DiaryWorld) -> None:
    client = world.client()
    recorded = operation(world)
    changed = operation(
        world, "change", visit=recorded["visit"], version=1, content=content(world, end="11:00")
    )
    removed = operation(world, "remove", visit=recorded["visit"], version=2)
    for typed, left in ((recorded, [120]), (changed, [180]), (removed, [])):
        first, second = (results(send(client, world, typed)) for _ in range(2))
        assert first == second
        assert [each.minutes for each in stored(world)] == left
    with tenant_scope(world.tenant):
        assert Entry.objects.filter(verb="save_diary_cells").count() == 3


def test_the_later_of_two_who_enter_the_same_cell_sees_both(world: DiaryWorld) -> None:
    ewa, ola = world.client(), world.client()
    assert results(send(ewa, world, operation(world)))[0]["status"] == 200
    mine = operation(world, content=content(world, end="11:00", worker=str(world.beata.pk)))
    [result] = results(send(ola, world, mine))
    assert (result["status"], codes(result)) == (409, ["changed_meanwhile"])
    [current] = result["current"]
    assert (current["start"], current["end"], current["changed_by"]) == (
        "08:00",
        "10:00",
        ewa.user.full_name,
    )
    assert len(stored(world)) == 1
    # Having seen it, she may enter hers beside it.
    [kept] = results(send(ola, world, mine | {"seen": [current["id"]]}))
    assert kept["status"] == 200


def test_the_later_of_two_who_change_the_same_visit_sees_both(world: DiaryWorld) -> None:
    ewa, ola = world.client(), world.client()
    recorded = operation(world)
    send(ewa, world, recorded)
    named = {"visit": recorded["visit"], "version": 1}
    results(send(ewa, world, operation(world, "change", content=content(world, end="11:00"), **named)))
    late = operation(world, "change", content=content(world, end="12:00"), **named)
    [result] = results(send(ola, world, late))
    assert result["status"] == 409
    assert [(each["end"], each["version"]) for each in result["current"]] == [("11:00", 2)]
    [removal] = results(send(ola, world, operation(world, "remove", **named)))
    assert removal["status"] == 409
    [again] = results(send(ola, world, late | {"version": 2}))
    assert (again["status"], again["visit"]["version"]) == (200, 3)


def test_changing_what_somebody_removed_is_a_conflict_with_nothing(world: DiaryWorld) -> None:
    client = world.client()
    [result] = results(send(client, world, operation(world, "change", version=1)))
    assert (result["status"], result["current"]) == (409, [])
    assert stored(world) == []


def test_what_somebody_removed_does_not_come_back_with_an_entry_sent_again(world: DiaryWorld) -> None:
    """Ewa's browser never hears that her visit was saved; Ola removes it; Ewa's browser sends it once more."""
    ewa, ola = world.client(), world.client()
    recorded, other = operation(world), operation(world, content=content(world, date="2024-10-08"))
    results(send(ewa, world, recorded))
    results(send(ola, world, operation(world, "remove", visit=recorded["visit"], version=1)))
    again, new = results(send(ewa, world, recorded, other))
    assert (again["status"], codes(again), again["current"]) == (409, ["changed_meanwhile"], [])
    assert "usunął" in again["errors"][0]["message"]
    assert new["status"] == 200, "one conflict holds up no other entry"
    assert [str(each.pk) for each in stored(world)] == [other["visit"]]
    # Her word on it: it is entered once more, as the grid does it, under an id of its own.
    [kept] = results(send(ewa, world, operation(world)))
    assert kept["status"] == 200
    assert len(stored(world)) == 2


def test_whoever_removed_an_entry_may_take_that_back(world: DiaryWorld) -> None:
    client = world.client()
    recorded = operation(world)
    removed = operation(world, "remove", visit=recorded["visit"], version=1)
    back = operation(world)
    for _ in range(2):
        assert results(send(client, world, back | {"visit": recorded["visit"]}))[0]["status"] == 200
    outcomes = results(send(client, world, removed, back))
    assert [result["status"] for result in outcomes] == [200, 200]
    assert [str(each.pk) for each in stored(world)] == [back["visit"]]
    # The removal goes again after a lost answer, and with it nothing else.
    assert results(send(client, world, removed))[0]["status"] == 200
    assert [str(each.pk) for each in stored(world)] == [back["visit"]]
    # In one request, too, an id that was removed is used up.
    gone = operation(world, "remove", visit=back["visit"], version=1)
    statuses = [result["status"] for result in results(send(client, world, gone, back))]
    assert (statuses, stored(world)) == ([200, 409], [])


def test_a_removal_that_was_refused_uses_up_no_id(world: DiaryWorld) -> None:
    client = world.client()
    recorded = operation(world)
    results(send(client, world, recorded))
    [late] = results(send(client, world, operation(world, "remove", visit=recorded["visit"], version=7)))
    [again] = results(send(client, world, recorded))
    assert (late["status"], again["status"]) == (409, 200)
    with tenant_scope(world.tenant):
        assert not RemovedVisit.objects.exists()


def test_the_same_visit_twice_under_two_ids_is_refused(world: DiaryWorld) -> None:
    client = world.client()
    first = operation(world)
    results(send(client, world, first))
    [result] = results(send(client, world, operation(world, seen=[first["visit"]])))
    assert result["status"] == 422
    assert "jest już w dzienniczku" in result["errors"][0]["message"]
    assert len(stored(world)) == 1


@pytest.fixture
def freeze(world: DiaryWorld) -> Callable[..., None]:
    """The month as the close of months freezes it; with `decisions` those lines are returned."""

    def close(decisions: list[Any] | None = None) -> None:
        with tenant_scope(world.tenant):
            freeze_month(world.contract, MONDAY, actor=Actor.system("tests"))
            if decisions is not None:
                thaw_month(world.contract, MONDAY, decisions=decisions, actor=Actor.system("tests"))

    return close


def test_a_month_that_was_handed_in_takes_no_entry(world: DiaryWorld, freeze: Callable[..., None]) -> None:
    client = world.client()
    before, elsewhere = operation(world), operation(world, content=content(world, date="2024-11-04"))
    results(send(client, world, before, elsewhere))
    freeze()
    named = {"visit": before["visit"], "version": 1}
    into = {"visit": elsewhere["visit"], "version": 1, "content": content(world, date="2024-10-08")}
    refused = results(
        send(
            client,
            world,
            operation(world, content=content(world, start="12:00", end="13:00"), seen=None),
            operation(world, "change", content=content(world, end="11:00"), **named),
            operation(world, "change", content=content(world, date="2024-11-05"), **named),
            operation(world, "remove", **named),
            operation(world, "change", **into),
        )
    )
    assert [codes(result) for result in refused] == [["month_closed"]] * 5
    assert "10.2024" in refused[0]["errors"][0]["message"]
    [other_month] = results(send(client, world, operation(world, content=content(world, date="2024-11-06"))))
    assert other_month["status"] == 200
    assert len(stored(world)) == 3


def test_lines_that_were_returned_open_and_the_others_stay(
    world: DiaryWorld, freeze: Callable[..., None]
) -> None:
    freeze([world.decisions[1].pk])
    client = world.client()
    closed, returned = results(
        send(client, world, operation(world), operation(world, decision=str(world.decisions[1].pk)))
    )
    assert (closed["status"], returned["status"]) == (422, 200)
    with tenant_scope(world.tenant):
        thaw_month(world.contract, MONDAY, actor=Actor.system("tests"))
    [opened] = results(send(client, world, operation(world)))
    assert opened["status"] == 200


def test_nothing_typed_is_saved_under_another_name(world: DiaryWorld) -> None:
    somebody = world.client()
    answer = send(world.client(), world, operation(world), user=str(somebody.user.pk))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "other_user")
    assert stored(world) == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"operations": []},
        {"contract": "x", "operations": [{}]},
        {"contract": None, "operations": "x"},
    ],
)
def test_a_batch_that_cannot_be_read_is_refused_whole(world: DiaryWorld, body: dict[str, Any]) -> None:
    answer = world.client().post(world.url("grid/save/"), body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] in {"contract", "operations"}


def test_an_operation_without_sense_is_refused_by_itself(world: DiaryWorld) -> None:
    answer = send(world.client(), world, {"kind": "dance"}, operation(world, content=None), operation(world))
    assert [result["status"] for result in results(answer)] == [422, 422, 200]


def test_a_worker_of_another_organisation_cannot_be_entered(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        stranger = WorkerFactory()
    [result] = results(
        send(world.client(), world, operation(world, content=content(world, worker=str(stranger.pk))))
    )
    assert codes(result) == ["unknown_worker"]


def test_statements_do_not_grow_with_each_cell(world: DiaryWorld, django_assert_max_num_queries: Any) -> None:
    """A pasted block costs a handful of statements a visit, whatever stands in the diary."""
    add_persons(world, 18)
    client = world.client()
    block = [operation(world, decision=str(decision.pk)) for decision in world.decisions]
    with django_assert_max_num_queries(30 + 13 * len(block)):
        outcomes = results(send(client, world, *block))
    assert [result["status"] for result in outcomes] == [200] * 20


def test_a_worker_takes_no_visit_after_the_last_day_of_work(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        type(world.anna).objects.filter(pk=world.anna.pk).update(active=False, ended_on="2024-10-06")
    [result] = results(send(world.client(), world, operation(world)))
    assert result["status"] == 422
    assert codes(result) == ["worker_gone"]
    assert stored(world) == []


def test_a_visit_that_a_command_brought_can_be_changed(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        kept = visit(world.decision, world.anna, MONDAY, "08:00", 60, source="command", entered_by=None)
    changed = operation(world, "change", visit=str(kept.pk), version=1)
    [result] = results(send(world.client(), world, changed))
    assert result["status"] == 200
    assert [(one.minutes, one.version) for one in stored(world)] == [(120, 2)]

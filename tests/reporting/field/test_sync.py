"""What a phone sends: into the diary once, or kept for a person with a reason; never lost, never doubled."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs

from audit.models import Entry
from kernel.access import Actor
from kernel.tenancy import public_scope, tenant_scope
from reporting.care.contacts import Contact
from reporting.delivery.actions import freeze_month, thaw_month
from reporting.delivery.models import RemovedVisit, Visit
from reporting.field import api
from reporting.field.models import PhoneEntry
from tenants.models import Membership, Tenant
from tests.factories.care import visit
from tests.reporting.delivery.diary_world import add_persons, build_diary
from tests.reporting.field.field_world import DAY, NOON, TUESDAY, WEDNESDAY, FieldWorld

TESTS = Actor.system("tests")
TODAY = WEDNESDAY.isoformat()


def reach(person: Any) -> None:
    """Give a person a contact."""
    person.write_contact(Contact("ul. Polna 4", "+48270000101", "Anna Lis", "córka", entry_note="Kod 12"))
    person.save()


def test_the_shift_holds_two_days_of_the_carers_own_visits_and_no_more(world: FieldWorld) -> None:
    with tenant_scope(world.diary.tenant):
        world.diary.decision.activities = ["hygiene", "shopping"]
        world.diary.decision.save()
        add_persons(world.diary, 1)
        for decision in world.diary.decisions[1:]:
            reach(decision.person)
        visit(world.diary.decisions[2], world.diary.beata, TUESDAY, "08:00", 120)
        visit(world.diary.decisions[1], world.diary.anna, WEDNESDAY, "08:00", 100)
    shift = world.shift()
    assert list(shift["days"]) == [TODAY, "2024-10-10"]
    assert [(stop["start"], stop["end"], stop["state"]) for stop in shift["days"][TODAY]] == [
        ("08:00", "10:00", "planned"),
        ("08:00", "09:40", "done"),
    ]
    told = shift["decisions"][str(world.decision.pk)]
    assert told["person"] == str(world.decision.person)
    assert [one["name"] for one in told["activities"]] == ["Zakupy", "Higiena"]
    assert told["plan"][0] == [1, "08:00", 120]
    assert str(world.diary.decisions[2].pk) not in shift["decisions"]
    assert told["contact"] == {"address": "", "phone": "", "phone_shown": "", "entry_note": ""}
    assert shift["decisions"][str(world.diary.decisions[1].pk)]["contact"] == {
        "address": "ul. Polna 4",
        "phone": "+48270000101",
        "phone_shown": "270 000 101",
        "entry_note": "Kod 12",
    }
    assert str(shift).count("Polna") == 1 and "Anna Lis" not in str(shift)


def test_the_shift_asks_the_database_as_often_for_ten_persons_as_for_two(world: FieldWorld) -> None:
    world.shift()
    with CaptureQueriesContext(connection) as few:
        world.shift()
    add_persons(world.diary, 8)
    with tenant_scope(world.diary.tenant):
        for decision in world.diary.decisions[2:]:
            visit(decision, world.diary.anna, TUESDAY, "10:00", 60)
    with CaptureQueriesContext(connection) as many:
        assert len(world.shift()["decisions"]) == 10
    assert len(many) == len(few)


def test_a_visit_arrives_once_however_often_it_is_sent(world: FieldWorld) -> None:
    entry = world.entry(note="  dobrze  ")
    [first] = world.outcomes(entry)
    assert (first["outcome"], first["kept"], first["entry"]) == ("stored", True, None)
    assert world.outcomes(entry, entry) == [first, first]
    with tenant_scope(world.diary.tenant):
        stored = Visit.objects.get(pk=entry["id"])
        assert (stored.source, stored.note, stored.worker_id) == ("phone", "dobrze", world.diary.anna.pk)
        assert Entry.objects.filter(verb="save_diary_cells").count() == 1
    assert world.stored() == [("08:00", "120", "done", "phone")]
    assert [stop["state"] for stop in world.shift()["days"][TODAY]] == ["done", "planned"]


def test_what_was_removed_from_the_diary_does_not_come_back(world: FieldWorld) -> None:
    entry = world.entry()
    world.outcomes(entry)
    with tenant_scope(world.diary.tenant):
        Visit.objects.all().delete()
        RemovedVisit.objects.create(pk=entry["id"])
    assert world.outcomes(entry)[0]["outcome"] == "stored"
    assert world.stored() == []


@pytest.mark.parametrize(
    ("state", "start", "end"), [("no_show", "11:00", "13:00"), ("cancelled", "14:00", "16:00")]
)
def test_a_visit_that_was_not_made_has_the_times_of_the_plan(
    world: FieldWorld, state: str, start: str, end: str
) -> None:
    entry = world.entry(state=state, start=start, end=end, clocked=False, activities=[], note="szpital")
    assert world.outcomes(entry, phone_now=NOON - DAY * 1000)[0]["outcome"] == "stored"
    assert world.stored() == [(start, "120", state, "phone")]


def _conflict(world: FieldWorld, **changed: Any) -> dict[str, Any]:
    entry = world.entry(**changed)
    [result] = world.outcomes(entry)
    assert result["outcome"] == "conflict"
    return dict(result["entry"])


@pytest.mark.parametrize("source", ["file", "grid", "phone"])
@pytest.mark.parametrize("start", ["08:00", "09:30", "10:30"])
def test_the_same_visit_from_elsewhere_is_shown_and_neither_doubled_nor_dropped(
    world: FieldWorld, source: str, start: str
) -> None:
    with tenant_scope(world.diary.tenant):
        other = visit(world.decision, world.diary.anna, WEDNESDAY, start, 60, source=source)
    entry = _conflict(world)
    assert [one["id"] for one in entry["current"]] == [str(other.pk)]
    assert len(world.stored()) == 1
    assert [one["id"] for one in world.shift()["entries"]] == [entry["id"]]


def test_a_visit_of_the_day_that_the_carer_had_before_her_is_no_conflict(world: FieldWorld) -> None:
    with tenant_scope(world.diary.tenant):
        other = visit(world.decision, world.diary.anna, WEDNESDAY, "06:00", 60)
    assert world.outcomes(world.entry(seen=[str(other.pk)]))[0]["outcome"] == "stored"
    assert len(world.stored()) == 2


def test_two_devices_with_the_same_visit_give_one_visit_and_one_question(world: FieldWorld) -> None:
    first, second = world.entry(), world.entry(start="08:05", end="10:05")
    assert world.outcomes(first)[0]["outcome"] == "stored"
    entry = _conflict(world, id=second["id"], start="08:05", end="10:05")
    [standing] = entry["current"]
    answer = world.choose(entry["id"], "replace", visit=standing["id"], version=standing["version"])
    assert answer.json()["entry"]["state"] == "stored"
    assert world.stored() == [("08:05", "120", "done", "phone")]
    assert world.kept(entry["id"]).visit_id == world.kept(first["id"]).visit_id
    assert world.shift()["entries"] == []


def test_the_carer_leaves_the_diary_as_it_is_or_lets_the_coordinator_decide(world: FieldWorld) -> None:
    world.outcomes(world.entry())
    entry = _conflict(world)
    assert world.choose(entry["id"], "ask").json()["entry"]["asked"] is True
    assert world.choose(entry["id"], "keep").json()["entry"]["state"] == "dismissed"
    assert world.stored() == [("08:00", "120", "done", "phone")]
    again = world.choose(entry["id"], "keep")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "settled_meanwhile")


def test_two_visits_of_a_day_stand_beside_each_other_unless_they_overlap(world: FieldWorld) -> None:
    world.outcomes(world.entry())
    apart = _conflict(world, start="10:30", end="11:30")
    assert world.choose(apart["id"], "both").json()["entry"]["state"] == "stored"
    over = _conflict(world, start="09:00", end="10:10")
    refused = world.choose(over["id"], "both")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "overlapping")
    assert [start for start, *_ in world.stored()] == ["08:00", "10:30"]


def test_a_visit_that_changed_since_the_carer_looked_is_not_replaced(world: FieldWorld) -> None:
    world.outcomes(world.entry())
    entry = _conflict(world, start="08:10")
    visit_id = entry["current"][0]["id"]
    with tenant_scope(world.diary.tenant):
        Visit.objects.filter(pk=visit_id).update(version=2, note="poprawione")
    told = world.choose(entry["id"], "replace", visit=visit_id, version=1).json()["entry"]
    assert (told["state"], told["current"][0]["version"]) == ("conflict", 2)
    missing = world.choose(entry["id"], "replace", visit=str(uuid4()), version=1)
    assert missing.json()["errors"][0]["code"] == "nothing_to_replace"
    assert world.choose(entry["id"], "melt").status_code == 422


def test_a_month_that_was_handed_in_meanwhile_keeps_the_entry_until_it_is_open_again(
    world: FieldWorld,
) -> None:
    with tenant_scope(world.diary.tenant):
        freeze_month(world.diary.contract, WEDNESDAY, actor=TESTS)
    entry = world.entry()
    [result] = world.outcomes(entry)
    assert result["outcome"] == "waiting"
    assert "koordynator" in result["said"]
    coordinator = world.diary.client()
    page = coordinator.get(world.url(f"entries/{entry['id']}/"))
    assert "miesiąc" in page.content.decode()
    coordinator.post(world.url(f"entries/{entry['id']}/"), {"choice": "retry"})
    assert world.kept(entry["id"]).state == "waiting"
    with tenant_scope(world.diary.tenant):
        thaw_month(world.diary.contract, WEDNESDAY, actor=TESTS)
    coordinator.post(world.url(f"entries/{entry['id']}/"), {"choice": "retry"})
    kept = world.kept(entry["id"])
    assert (kept.state, kept.settled_by) == ("stored", coordinator.user.pk)
    assert world.stored() == [("08:00", "120", "done", "phone")]


def test_a_phone_a_day_behind_is_asked_and_stores_no_wrong_day(world: FieldWorld) -> None:
    entry = world.entry(date=TUESDAY.isoformat(), start="06:00", end="07:00", offset_then=DAY)
    [result] = world.outcomes(entry, phone_now=NOON - DAY * 1000)
    assert result["outcome"] == "clock"
    assert result["entry"]["proposal"] == {"date": TODAY, "start": "06:00", "end": "07:00"}
    assert world.stored(TUESDAY) == [("08:00", "120", "done", "grid")]
    told = world.choose(entry["id"], "times", times=result["entry"]["proposal"]).json()["entry"]
    assert told["state"] == "stored"
    assert world.stored() == [("06:00", "60", "done", "phone")]


@pytest.mark.parametrize(
    "changed", [{"offset_then": DAY}, {"jumped": True}, {"start": "11:00", "end": "13:00"}]
)
def test_a_clock_that_moved_or_a_visit_that_has_not_ended_is_asked_about(
    world: FieldWorld, changed: dict[str, Any]
) -> None:
    entry = world.entry(**changed)
    assert world.outcomes(entry)[0]["outcome"] == "clock"
    assert world.stored() == []
    assert world.choose(entry["id"], "times").json()["errors"][0]["code"] == "times_missing"
    wrong = {"date": "2024-02-30", "start": "08:00", "end": "10:00"}
    assert world.choose(entry["id"], "times", times=wrong).status_code == 422
    ahead = {"date": "2024-10-10", "start": "08:00", "end": "10:00"}
    assert world.choose(entry["id"], "times", times=ahead).json()["entry"]["state"] == "refused"


def test_a_visit_to_another_person_is_found_by_the_number_of_the_decision(world: FieldWorld) -> None:
    number = world.diary.decisions[1].number
    good = world.entry(decision=None, number=f" {number.lower()} ")
    bad = world.entry(decision=None, number="D/999")
    results = world.outcomes(good, bad)
    assert [one["outcome"] for one in results] == ["stored", "refused"]
    assert "D/999" in results[1]["said"]
    times = {"date": TODAY, "start": "10:30", "end": "11:00"}
    assert world.choose(bad["id"], "keep").status_code == 200
    other = world.entry(decision=None, number="")
    assert world.outcomes(other)[0]["outcome"] == "refused"
    lost = world.choose(other["id"], "times", times=times, number="D/998")
    assert lost.json()["errors"][0]["code"] == "unknown_decision"
    assert world.choose(other["id"], "retry").json()["errors"][0]["code"] == "unknown_decision"
    told = world.choose(other["id"], "times", times=times, number=world.decision.number).json()
    assert told["entry"]["state"] == "stored"


def _correction(world: FieldWorld, visit_id: str, version: int = 1, **changed: Any) -> dict[str, Any]:
    said = {"corrects": visit_id, "version": version, "clocked": False, "start": "08:15", "note": "klucze"}
    return world.entry(**(said | changed))


def test_a_correction_is_taken_once_and_offline_right_after_its_visit(world: FieldWorld) -> None:
    made = world.entry()
    first, second = _correction(world, made["id"]), _correction(world, made["id"], 2, state="no_show")
    told = world.outcomes(made, first, second)
    assert [one["outcome"] for one in told] == ["stored"] * 3
    assert world.outcomes(made, first, second) == told
    assert world.stored() == [("08:15", "105", "no_show", "phone")]
    [stop] = [each for each in world.shift()["days"][TODAY] if each["visit"]]
    assert (stop["visit"], stop["version"], stop["note"]) == (made["id"], 3, "klucze")


def test_a_visit_that_somebody_changed_meanwhile_is_shown_before_it_is_corrected(world: FieldWorld) -> None:
    made = world.entry()
    world.outcomes(made)
    with tenant_scope(world.diary.tenant):
        Visit.objects.filter(pk=made["id"]).update(version=2, note="poprawione")
    [result] = world.outcomes(_correction(world, made["id"]))
    asked = result["entry"]
    assert (result["outcome"], asked["both"], asked["corrects"]) == ("conflict", False, made["id"])
    [standing] = asked["current"]
    assert world.choose(asked["id"], "both").status_code == 422
    assert world.choose(asked["id"], "replace", visit=standing["id"], version=2).status_code == 200
    assert world.stored() == [("08:15", "105", "done", "phone")]


def test_a_correction_waits_for_a_closed_month_and_leaves_what_is_not_hers(world: FieldWorld) -> None:
    made, conflicting = world.entry(), world.entry(start="09:00", end="09:30")
    world.outcomes(made, conflicting)
    with tenant_scope(world.diary.tenant):
        theirs = visit(world.decision, world.diary.beata, WEDNESDAY, "14:00", 60)
    [other, early] = world.outcomes(_correction(world, str(theirs.pk)), _correction(world, conflicting["id"]))
    assert [one["outcome"] for one in (other, early)] == ["refused", "refused"]
    [unreadable] = world.outcomes(_correction(world, made["id"], 0))
    assert (unreadable["kept"], unreadable["code"]) == (False, "unreadable")
    with tenant_scope(world.diary.tenant):
        freeze_month(world.diary.contract, WEDNESDAY, actor=TESTS)
    [waiting] = world.outcomes(_correction(world, made["id"]))
    assert waiting["outcome"] == "waiting"
    assert world.stored()[0] == ("08:00", "120", "done", "phone")


def test_a_number_alone_tells_nobody_whose_it_is(world: FieldWorld) -> None:
    """Whoever types numbers learns no name, and not whether the decision is of another day or organisation."""
    with tenant_scope(world.diary.tenant):
        add_persons(world.diary, 1)
        stranger = world.diary.decisions[2]
        reach(stranger.person)
        freeze_month(world.diary.contract, WEDNESDAY, actor=TESTS)
    typed = {"decision": None, "number": stranger.number}
    absent = world.entry(**typed, state="cancelled")
    planned = world.entry(**typed, clocked=False)
    before = world.entry(**typed, date="2019-01-03")
    elsewhere = world.entry(decision=None, number=build_diary(world.diary.tenant, persons=1).decision.number)
    waiting = world.entry(**typed, start="06:00", end="07:00")
    results = world.outcomes(absent, planned, before, elsewhere, waiting)
    assert [one["outcome"] for one in results] == ["refused"] * 4 + ["waiting"]
    assert len({one["said"].replace(elsewhere["number"], stranger.number) for one in results[:4]}) == 1
    shift = world.shift()
    assert shift["decisions"][str(stranger.pk)]["person"] == ""
    assert stranger.person.surname not in str(shift) and "Polna" not in str(shift)


def test_a_decision_of_another_organisation_is_no_decision(world: FieldWorld) -> None:
    other = build_diary(world.diary.tenant, persons=1)
    [result] = world.outcomes(world.entry(decision=str(other.decision.pk), number="x"))
    assert result["outcome"] == "refused"
    [typed] = world.outcomes(world.entry(decision=None, number=other.decision.number))
    assert typed["outcome"] == "refused"
    with tenant_scope(world.diary.tenant):
        assert PhoneEntry.objects.filter(decision=other.decision).count() == 0


def test_an_entry_that_the_diary_refuses_is_kept_with_the_sentence(world: FieldWorld) -> None:
    [result] = world.outcomes(world.entry(activities=["dancing"]))
    assert (result["outcome"], result["kept"]) == ("refused", True)
    assert "dancing" in result["said"]


def test_one_unreadable_entry_holds_up_no_other(world: FieldWorld) -> None:
    bad = [{"kind": "visit", "id": "x"}, {"kind": "dance"}, world.entry(date="2024-13-01")]
    results = world.outcomes(*bad, world.entry())
    assert [one["outcome"] for one in results] == ["failed", "failed", "failed", "stored"]
    assert [one["kept"] for one in results] == [False, False, False, True]
    assert world.post("sync/", {"entries": []}).status_code == 422
    assert world.send(world.entry(), phone_now=-1).status_code == 422


def test_an_entry_over_which_the_server_stumbles_takes_no_other_along(
    world: FieldWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A defect, and a statement that the database refuses: the others of the batch are in the diary all the same."""
    broken, fallen = world.entry(start="06:00", end="07:00"), world.entry(start="07:00", end="08:00")

    def stumble(given: Any, *rest: Any) -> Any:
        if given["id"] == broken["id"]:
            raise ZeroDivisionError("Ćwik 44051401359")
        if given["id"] == fallen["id"]:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1/0")
        return judge(given, *rest)

    judge = api._judge
    monkeypatch.setattr(api, "_judge", stumble)
    with capture_logs() as lines:
        results = world.outcomes(broken, fallen, world.entry())
    assert [(one["outcome"], one["kept"]) for one in results] == [
        ("failed", False),
        ("failed", False),
        ("stored", True),
    ]
    assert "koordynator" in results[0]["said"]
    assert world.stored() == [("08:00", "120", "done", "phone")]
    assert [line["event"] for line in lines if line["log_level"] == "error"][:1] == ["phone_entry_failed"]
    assert "Ćwik" not in str(lines)


def test_a_server_that_is_away_marks_no_entry_as_wrong(
    world: FieldWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_given: Any, **_named: Any) -> Any:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(api, "_judge", away)
    world.carer.raise_request_exception = False
    assert world.send(world.entry()).status_code == 503
    assert world.stored() == []


def test_a_phone_whose_clock_is_decades_off_is_only_wrong(world: FieldWorld) -> None:
    assert world.outcomes(world.entry(), phone_now=0)[0]["outcome"] == "clock"


def test_an_account_without_a_carer_keeps_its_entries_in_the_phone(world: FieldWorld) -> None:
    stranger = world.diary.client("worker")
    [visit_, seen] = world.outcomes(world.entry(), world.observation(), client=stranger)
    assert [(one["kept"], one["code"]) for one in (visit_, seen)] == [(False, "no_worker")] * 2
    shift = stranger.get(world.url("shift/")).json()
    assert (shift["has_worker"], shift["decisions"]) == (False, {})


def test_nobody_sends_or_settles_an_entry_of_another_carer(world: FieldWorld) -> None:
    world.outcomes(world.entry())
    entry = _conflict(world)
    beata = world.diary.carer(world.diary.beata)
    answer = world.post(f"entries/{entry['id']}/own/", {"user": str(beata.user.pk), "choice": "keep"}, beata)
    assert answer.status_code == 404
    [result] = world.outcomes(world.entry(id=entry["id"]), client=beata)
    assert (result["kept"], result["code"]) == (False, "not_yours")
    user = str(beata.user.pk)
    assert (
        world.post("sync/", {"user": user, "phone_now": NOON, "entries": [world.entry()]}).status_code == 401
    )
    other_user = world.post(f"entries/{entry['id']}/own/", {"user": user, "choice": "keep"})
    assert other_user.json()["errors"][0]["code"] == "other_user"


def test_who_is_signed_out_suspended_or_without_the_role_is_told_so_and_nothing_is_taken(
    world: FieldWorld,
) -> None:
    entry = world.entry()
    with public_scope():
        Tenant.objects.filter(pk=world.diary.tenant.pk).update(state="suspended", suspension_reason="x")
        assert world.send(entry).status_code == 403
        Tenant.objects.filter(pk=world.diary.tenant.pk).update(state="active", suspension_reason="")
        Membership.objects.filter(user=world.carer.user).delete()
    assert world.send(entry).status_code in {403, 404}
    world.carer.logout()
    answer = world.send(entry)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "signed_out")
    assert world.stored() == []


def test_a_correction_is_answered_with_the_version_that_it_left(world: FieldWorld) -> None:
    made = world.entry()
    same = world.entry(corrects=made["id"], version=1, clocked=False)
    other = world.entry(corrects=made["id"], version=1, clocked=False, start="07:30")
    results = world.outcomes(made, same, other)
    assert [(one["outcome"], one["version"]) for one in results] == [
        ("stored", 1),
        ("stored", 1),
        ("stored", 2),
    ]
    # A lost answer is given again as it was.
    assert world.outcomes(same) == [results[1]]

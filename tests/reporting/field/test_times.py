"""Times of a phone that can be read in two ways, visits longer than anybody would expect, visits begun by mistake."""

from datetime import date

from kernel.tenancy import tenant_scope
from reporting.compliance.models import ContractMonth
from reporting.delivery.models import Visit
from tests.factories.care import visit
from tests.reporting.field.field_world import TUESDAY, WEDNESDAY, FieldWorld

MONDAY = date(2024, 10, 7)
NIGHT = {"date": MONDAY.isoformat(), "start": "22:00", "end": "06:00"}


def test_an_end_before_the_start_is_asked_about_and_never_read_as_the_next_day(world: FieldWorld) -> None:
    entry = world.entry(date=MONDAY.isoformat(), start="12:00", end="10:00")
    [told] = world.outcomes(entry)
    assert (told["outcome"], world.kept(entry["id"]).code) == ("refused", "ends_before_start")
    assert "następnego dnia" in told["said"]
    typed = {"date": MONDAY.isoformat(), "start": "12:00", "end": "10:00"}
    for choice, details in (("retry", {}), ("both", {}), ("times", {"times": typed})):
        answer = world.choose(entry["id"], choice, **details)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "ends_before_start")
    assert [row for row in world.stored(MONDAY) if row[3] == "phone"] == []
    assert world.choose(entry["id"], "times", times={**typed, "overnight": True}).status_code == 200
    assert ("12:00", "1320", "done", "phone") in world.stored(MONDAY)


def test_a_night_said_to_be_one_is_taken_and_shown_with_its_day(world: FieldWorld) -> None:
    [told] = world.outcomes(world.entry(**NIGHT, overnight=True))
    assert told["outcome"] == "stored"
    made = world.entry(**NIGHT)
    world.outcomes(made)
    page = world.diary.client().get(world.url("entries/")).content.decode()
    assert "07.10.2024, 22:00–08.10.2024, 06:00" in page
    assert (
        "22:00–08.10.2024, 06:00"
        in world.diary.client().get(world.url(f"entries/{made['id']}/")).content.decode()
    )


def test_a_correction_that_ends_before_it_starts_is_asked_about(world: FieldWorld) -> None:
    made = world.entry()
    correction = world.entry(corrects=made["id"], version=1, clocked=False, start="10:00", end="08:00")
    assert [one["outcome"] for one in world.outcomes(made, correction)] == ["stored", "refused"]
    assert world.stored() == [("08:00", "120", "done", "phone")]


def test_a_night_of_the_plan_that_was_not_made_is_no_question(world: FieldWorld) -> None:
    missed = world.entry(**NIGHT, state="no_show", clocked=False, activities=[])
    assert world.outcomes(missed)[0]["outcome"] == "stored"


def test_the_coordinator_says_that_a_visit_ended_on_the_next_day(world: FieldWorld) -> None:
    entry = world.entry(**NIGHT)
    world.outcomes(entry)
    client, address = world.diary.client(), world.url(f"entries/{entry['id']}/")
    typed = {
        "choice": "times",
        "number": world.decision.number,
        "day": "07.10.2024",
        "start": "22:00",
        "end": "06:00",
    }
    asked = client.post(address, typed)
    assert asked.status_code == 422
    assert "Koniec (06:00) jest przed początkiem (22:00)." in asked.content.decode()
    assert client.post(address, {**typed, "overnight": "on"}).status_code == 302
    assert ("22:00", "480", "done", "phone") in world.stored(MONDAY)


def test_the_coordinator_is_told_of_visits_longer_than_usual_until_the_month_is_handed_in(
    world: FieldWorld,
) -> None:
    client = world.diary.client()
    assert "wyjątkowo długo" not in client.get("/alfa/").content.decode()
    assert world.shift()["longest"] == 720
    with tenant_scope(world.diary.tenant):
        visit(world.decision, world.diary.anna, TUESDAY, "10:00", 720, source="phone")
        visit(world.decision, world.diary.beata, TUESDAY, "10:00", 721, source="phone", state="no_show")
        lasting = visit(world.decision, world.diary.anna, TUESDAY, "11:00", 1320, source="phone")
    assert "1 wizyta z telefonów opiekunek trwa wyjątkowo długo" in client.get("/alfa/").content.decode()
    page = client.get(world.url("entries/")).content.decode()
    assert "08.10.2024, 11:00–09.10.2024, 09:00" in page
    assert page.count("▲ 22\xa0h") == 1
    assert f"/field/cards/open/{world.decision.pk}/2024-10/" in page
    grid = client.get(f"/alfa/diary/grid/?contract={world.decision.contract_id}&month=2024-10")
    assert "11:00–09.10, 09:00: wizyta trwa 22\xa0h" in grid.content.decode()
    with tenant_scope(world.diary.tenant):
        ContractMonth.objects.create(
            contract=world.decision.contract, month=TUESDAY.replace(day=1), state="submitted"
        )
    assert "wyjątkowo długo" not in client.get("/alfa/").content.decode()
    with tenant_scope(world.diary.tenant):
        assert Visit.objects.get(pk=lasting.pk).minutes == 1320


def test_a_conflict_tells_the_day_on_which_each_visit_ends(world: FieldWorld) -> None:
    with tenant_scope(world.diary.tenant):
        visit(world.decision, world.diary.anna, WEDNESDAY, "09:00", 1200, source="file")
    entry = world.entry()
    world.outcomes(entry)
    page = world.diary.client().get(world.url(f"entries/{entry['id']}/")).content.decode()
    assert "09:00–10.10.2024, 05:00" in page


def test_a_visit_begun_by_mistake_is_kept_as_dropped_and_enters_nowhere(world: FieldWorld) -> None:
    dropped = world.entry(dropped=True, start="11:58", end="11:58")
    for _ in range(2):
        [told] = world.outcomes(dropped)
        assert (told["outcome"], told["kept"], told["entry"]) == ("dismissed", True, None)
    assert world.stored() == []
    kept = world.kept(dropped["id"])
    assert (kept.code, kept.settled_by) == ("dropped", world.carer.user.pk)  # type: ignore[attr-defined]
    page = world.diary.client().get(world.url(f"entries/{dropped['id']}/")).content.decode()
    assert "Nie wpisano jej do dzienniczka" in page
    unknown = world.entry(dropped=True, decision=None, number="X/1")
    assert world.outcomes(unknown)[0]["outcome"] == "dismissed"


def test_what_another_window_says_of_a_dropped_visit_is_entered(world: FieldWorld) -> None:
    dropped = world.entry(dropped=True, end="08:00")
    said = world.entry(corrects=dropped["id"], version=1)
    assert [one["outcome"] for one in world.outcomes(dropped, said)] == ["dismissed", "stored"]
    assert world.stored() == [("08:00", "120", "done", "phone")]

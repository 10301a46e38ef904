"""The same visit from the phone, in a file and from a provider's system, through the doors themselves, in every order."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import permutations
from typing import Any
from unittest import mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kernel.tenancy import tenant_scope
from reporting.compliance.queries import compare_month
from reporting.delivery import tasks
from reporting.delivery.models import DiaryImport
from tenants.models import Partnership, Tenant
from tests.reporting.delivery.diary_files import HEADER, csv_file
from tests.reporting.delivery.diary_world import OCTOBER
from tests.reporting.exchange.calling import System, batch, row, system_of
from tests.reporting.field.field_world import NOW, WEDNESDAY, FieldWorld, build_field

DAY = WEDNESDAY.isoformat()
ORDERS = list(permutations(["phone", "file", "api"]))
# A door brings the visit and says whether it was new; what else it must say it asserts.
Door = Callable[[], bool]


@pytest.fixture
def made(alfa: Tenant) -> FieldWorld:
    """The carer's world, whose organisation has been a partner all along."""
    world = build_field(alfa)
    Partnership.objects.filter(organisation=world.diary.organisation).update(since=date(2023, 1, 1))
    return world


@pytest.fixture
def system(made: FieldWorld) -> System:
    """A token made by the clock of the test, before that of the server stands still: it is younger than its end."""
    return system_of(made.diary)


@pytest.fixture
def world(made: FieldWorld, system: System, monkeypatch: pytest.MonkeyPatch) -> FieldWorld:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    return made


@pytest.fixture
def doors(world: FieldWorld, system: System, django_capture_on_commit_callbacks: Any) -> dict[str, Door]:
    """The three doors to Anna's visit of Wednesday from 8 to 10."""
    coordinator = world.diary.client()
    sent = world.entry()
    said = {
        "decision_number": world.decision.number,
        "date": DAY,
        "start": "08:00",
        "end": "10:00",
        "worker": world.diary.anna.code,
        "activities": "shopping",
    }
    content = csv_file([tuple(said.get(column, "") for column in HEADER)])

    def brought(address: str) -> DiaryImport:
        with tenant_scope(world.diary.tenant):
            found: DiaryImport = DiaryImport.objects.get(pk=address.split("/")[-2])
            return found

    def by_phone() -> bool:
        [result] = world.outcomes(sent)
        assert result["kept"]
        if result["outcome"] == "stored":
            assert (result["entry"], world.shift()["entries"]) == (None, [])
            return True
        assert result["outcome"] == "conflict"
        assert result["said"].startswith("W dzienniczku jest już wizyta u tej osoby w tym dniu.")
        [standing] = result["entry"]["current"]
        assert (standing["start"], standing["end"]) == ("08:00", "10:00")
        assert [one["id"] for one in world.shift()["entries"]] == [sent["id"]]
        return False

    def by_file() -> bool:
        with django_capture_on_commit_callbacks(execute=True):
            upload = SimpleUploadedFile("dziennik.csv", content)
            told = coordinator.post(
                world.diary.url("import/"), {"contract": str(world.diary.contract.pk), "file": upload}
            )
        assert told.status_code == 302
        address = told.headers["Location"]
        checked = brought(address)
        assert (checked.state, checked.rows_total, checked.refusals) == ("ready", 1, [])
        page = coordinator.get(address).content.decode()
        if checked.rows_present:
            assert (checked.rows_new, checked.rows_present) == (0, 1)
            assert "Nie ma czego dodać" in page
            assert f"{address}confirm/" not in page
            return False
        assert "Do dzienniczka zostanie dodana 1 wizyta" in page
        with django_capture_on_commit_callbacks(execute=True):
            coordinator.post(f"{address}confirm/")
        saved = brought(address)
        assert (saved.state, saved.rows_new, saved.rows_present) == ("saved", 1, 0)
        return True

    def by_system() -> bool:
        answer = system.post("visits/", batch(world.diary, row(world.diary, DAY)))
        assert answer.status_code == 200, answer.content
        told = answer.json()
        assert (told["rows"], told["added"] + told["present"], told["remarks"]) == (1, 1, [])
        return bool(told["added"])

    return {"phone": by_phone, "file": by_file, "api": by_system}


@pytest.fixture(autouse=True)
def _background_at_once() -> Iterator[None]:
    """The background does at once what it is told, within the tenant at hand."""

    def run(task: Any, args: list[str], **_options: Any) -> None:
        task.apply(args=args, throw=True)

    with (
        mock.patch.object(tasks.check_import, "apply_async", lambda **kw: run(tasks.check_import, **kw)),
        mock.patch.object(tasks.save_import, "apply_async", lambda **kw: run(tasks.save_import, **kw)),
    ):
        yield


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_the_same_visit_through_three_doors_is_one_visit(
    world: FieldWorld, doors: dict[str, Door], order: tuple[str, ...]
) -> None:
    assert [doors[door]() for door in order] == [True, False, False]
    only = [("08:00", "120", "done", order[0])]
    assert world.stored() == only
    # Sent once more by everybody, it is there for everybody, and the phone is answered as it was.
    again = {door: doors[door]() for door in order}
    assert again == {"phone": order[0] == "phone", "file": False, "api": False}
    assert world.stored() == only
    # What the phone still asks its carer settles, and leaves the one visit as it is.
    for waiting in world.shift()["entries"]:
        assert world.choose(waiting["id"], "keep").json()["entry"]["state"] == "dismissed"
    assert world.shift()["entries"] == []
    assert world.stored() == only


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_the_carers_own_times_take_the_place_of_what_came_from_elsewhere(
    world: FieldWorld, doors: dict[str, Door], order: tuple[str, ...]
) -> None:
    """She says of the entry that waits that hers is right: there is still one visit, and the others see it there."""
    for door in order:
        doors[door]()
    for waiting in world.shift()["entries"]:
        [standing] = waiting["current"]
        chosen = world.choose(
            waiting["id"], "replace", visit=standing["id"], version=standing["version"]
        ).json()
        assert chosen["entry"]["state"] == "stored"
    assert [start for start, *_ in world.stored()] == ["08:00"]
    assert (doors["file"](), doors["api"]()) == (False, False)
    assert len(world.stored()) == 1


def test_other_times_from_elsewhere_stand_beside_the_visit_and_the_month_says_so(
    world: FieldWorld, doors: dict[str, Door]
) -> None:
    """A row is the visit of the phone only where decision, carer and both times are the same."""
    [result] = world.outcomes(world.entry(start="08:05", end="10:05"))
    assert result["outcome"] == "stored"
    assert (doors["api"](), doors["file"]()) == (True, False)
    assert [(start, source) for start, _, _, source in world.stored()] == [
        ("08:00", "api"),
        ("08:05", "phone"),
    ]
    with tenant_scope(world.diary.tenant):
        compared = compare_month(OCTOBER, contracts=[world.diary.contract.pk])
    overlaps = {one.code: one.minutes for one in compared.deviations() if one.other is not None}
    assert overlaps == {"O1": 115, "O2": 115}

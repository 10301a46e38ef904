"""One visit corrected or removed by a provider's system: of the version it read, by the rules of the diary."""

from typing import Any

import pytest

from audit.models import Entry
from kernel.access import Actor
from kernel.tenancy import tenant_scope
from reporting.delivery.actions import freeze_month
from reporting.delivery.models import RemovedVisit, Visit
from reporting.exchange.api import visit as visit_api
from tenants.models import Tenant
from tests.factories.care import visit
from tests.meanwhile import meanwhile
from tests.reporting.delivery.diary_world import MONDAY, DiaryWorld, build_diary
from tests.reporting.exchange.calling import NO_BODY, System, system_of

pytestmark = pytest.mark.django_db
FIRST = {"if-match": '"1"'}


@pytest.fixture
def world(alfa: Tenant, settings: Any) -> DiaryWorld:
    settings.EXCHANGE_FEED_LAG_SECONDS = 0
    return build_diary(alfa)


@pytest.fixture
def system(world: DiaryWorld) -> System:
    return system_of(world)


@pytest.fixture
def stored(world: DiaryWorld) -> Visit:
    with tenant_scope(world.tenant):
        return visit(world.decision, world.anna, MONDAY, "08:00", 120, activities=["shopping"], note="klucze")


def _now(world: DiaryWorld, stored: Visit) -> tuple[str, int, list[str], str, int]:
    with tenant_scope(world.tenant):
        one = Visit.objects.get(pk=stored.pk)
        return f"{one.start:%H:%M}", one.minutes, one.activities, one.note, one.version


AS_IT_WAS = ("08:00", 120, ["shopping"], "klucze", 1)


def test_a_visit_is_read_with_its_version_and_corrected_once(
    world: DiaryWorld, system: System, stored: Visit
) -> None:
    """What is not named stays, the note too, which is never given out; a lost answer does no harm."""
    read = system.get(f"visits/{stored.pk}/")
    assert (read.headers["ETag"], read.json()["version"]) == ('"1"', 1)
    assert "klucze" not in read.content.decode()
    said = {"start": "08:30", "activities": ["hygiene", "shopping"]}
    answer = system.send("patch", f"visits/{stored.pk}/", said, **FIRST)
    assert answer.json() == {"id": str(stored.pk), "version": 2, "removed": False}, answer.content
    assert _now(world, stored) == ("08:30", 90, ["hygiene", "shopping"], "klucze", 2)
    again = system.send("patch", f"visits/{stored.pk}/", said, **FIRST)
    assert (again.status_code, again.json()["version"]) == (200, 2)
    with tenant_scope(world.tenant):
        [line] = Entry.objects.filter(verb="save_diary_cells")
        assert system.token.prefix in line.actor_label
    [change] = system.get("visits/changes/").json()["items"]
    assert change["visit"]["start"] == "08:30"


def test_the_same_key_gives_the_same_answer_and_another_version_is_another_call(
    world: DiaryWorld, system: System, stored: Visit
) -> None:
    call = {"idempotency-key": "k1", **FIRST}
    answers = [system.send("delete", f"visits/{stored.pk}/", **call) for _try in range(2)]
    assert [answer.json()["removed"] for answer in answers] == [True, True]
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    other = system.send("delete", f"visits/{stored.pk}/", **(call | {"if-match": '"2"'}))
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("method", ["patch", "delete"])
@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 428, "version_missing"),
        ({"if-match": "1"}, 422, "invalid_parameters"),
        ({"if-match": "*"}, 422, "invalid_parameters"),
        ({"if-match": '"2"'}, 412, "changed_meanwhile"),
    ],
)
def test_what_somebody_changed_meanwhile_stays(
    world: DiaryWorld,
    system: System,
    stored: Visit,
    method: str,
    headers: dict[str, str],
    status: int,
    code: str,
) -> None:
    body = {"start": "08:30"} if method == "patch" else NO_BODY
    answer = system.send(method, f"visits/{stored.pk}/", body, **headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert _now(world, stored) == AS_IT_WAS


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"date": "2026-02-29"}, "not_leap_year"),
        ({"worker": "nobody"}, "unknown_worker"),
        ({"activities": ["dancing"]}, "unknown_activity"),
        ({"date": "2099-01-01"}, "not_begun"),
        ({"end": "08:00"}, "equal_times"),
        ({"decision_number": "D/1"}, "wrong_shape"),
        ({"activities": "shopping"}, "wrong_shape"),
        ({}, None),
        ([], None),
    ],
)
def test_what_is_wrong_is_named_as_in_the_import_and_nothing_is_saved(
    world: DiaryWorld, system: System, stored: Visit, body: Any, code: str | None
) -> None:
    answer = system.send("patch", f"visits/{stored.pk}/", body, **FIRST)
    assert answer.status_code == 422
    told = answer.json()
    assert code in {error["code"] for error in told["errors"]} if code else told["code"] == "wrong_body"
    assert _now(world, stored) == AS_IT_WAS


@pytest.mark.parametrize("month", ["2024-10", "2024-11"])
def test_a_month_that_was_handed_in_lets_nothing_out_or_in(
    world: DiaryWorld, system: System, stored: Visit, month: str
) -> None:
    with tenant_scope(world.tenant):
        day = MONDAY.replace(month=int(month[5:]), day=1)
        freeze_month(world.contract, day, actor=Actor.system("tests"))
    answers = [system.send("patch", f"visits/{stored.pk}/", {"date": "2024-11-04"}, **FIRST)]
    if month == "2024-10":
        answers += [
            system.send("patch", f"visits/{stored.pk}/", {"start": "08:30"}, **FIRST),
            system.send("delete", f"visits/{stored.pk}/", **FIRST),
        ]
    for answer in answers:
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["code"]) == (422, "month_closed")
        assert month[5:] in error["reason"]
    assert _now(world, stored) == AS_IT_WAS


def test_a_visit_of_another_organisation_is_not_there(world: DiaryWorld, stored: Visit) -> None:
    other = system_of(build_diary(world.tenant))
    reader = system_of(world, "visits:read")
    where = f"visits/{stored.pk}/"
    for system, status in ((other, 404), (reader, 403)):
        assert system.send("patch", where, {"start": "08:30"}, **FIRST).status_code == status
        assert system.send("delete", where, **FIRST).status_code == status
    assert other.get(where).status_code == 404
    assert _now(world, stored) == AS_IT_WAS


def test_a_visit_removed_while_its_correction_is_on_the_way_is_told_as_removed(
    world: DiaryWorld, system: System, stored: Visit
) -> None:
    def removed() -> None:
        with tenant_scope(world.tenant):
            assert system_of(world).send("delete", where, **FIRST).status_code == 200

    where = f"visits/{stored.pk}/"
    with meanwhile(visit_api, "answered_once", removed):
        answer = system.send("patch", where, {"start": "08:30"}, **FIRST)
    assert (answer.status_code, answer.json()["code"]) == (412, "removed_meanwhile")
    with tenant_scope(world.tenant):
        assert not Visit.objects.filter(pk=stored.pk).exists()


def test_a_removed_visit_stays_removed(world: DiaryWorld, system: System, stored: Visit) -> None:
    where = f"visits/{stored.pk}/"
    for _try in range(2):
        answer = system.send("delete", where, **FIRST)
        assert answer.json() == {"id": str(stored.pk), "version": None, "removed": True}
    assert system.send("patch", where, {"start": "08:30"}, **FIRST).status_code == 404
    with tenant_scope(world.tenant):
        assert RemovedVisit.objects.filter(pk=stored.pk).exists()
        assert Entry.objects.filter(verb="save_diary_cells").count() == 1
    [change] = system.get("visits/changes/").json()["items"]
    assert (change["id"], change["removed"]) == (str(stored.pk), True)

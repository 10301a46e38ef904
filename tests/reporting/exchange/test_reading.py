"""What systems read: own rows only, in pages, with the least of personal data; changes without a gap."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.care.actions import suspend_decision
from reporting.compliance.actions import submit_month
from reporting.delivery.actions import Operation, save_cells
from reporting.delivery.models import Visit
from reporting.exchange.actions import revoke_token
from reporting.exchange.actions.webhooks import tell_of_decisions
from tenants.models import Tenant
from tests.factories.care import visit
from tests.reporting.delivery.diary_world import MONDAY, OCTOBER, DiaryWorld, add_persons, build_diary
from tests.reporting.exchange.calling import MANAGER, System, batch, row, system_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Tenant, settings: Any) -> DiaryWorld:
    settings.EXCHANGE_FEED_LAG_SECONDS = 0
    return build_diary(alfa)


@pytest.fixture
def system(world: DiaryWorld) -> System:
    return system_of(world)


def _everything(system: System, path: str, **query: Any) -> list[dict[str, Any]]:
    """All pages of a list, two rows at a time."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        page = system.get(path, limit=2, **query, **cursor).json()
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


def test_lists_show_own_rows_only_and_no_names_of_persons(world: DiaryWorld, system: System) -> None:
    other = build_diary(world.tenant)
    with tenant_scope(world.tenant):
        add_persons(world, 3)
        for where in (world, other):
            visit(where.decision, where.anna, MONDAY, "08:00", 60)
    assert [one["number"] for one in _everything(system, "contracts/")] == [world.contract.number]
    assert {one["code"] for one in _everything(system, "workers/")} == {world.anna.code, world.beata.code}
    assert {one["code"] for one in _everything(system, "activities/")} == {"shopping", "hygiene", "meals"}
    decisions = _everything(system, "decisions/")
    assert {one["number"] for one in decisions} == {decision.number for decision in world.decisions}
    assert {one["person"] for one in decisions} == {decision.person.code for decision in world.decisions}
    visits = _everything(system, "visits/", month="2024-10")
    assert [one["decision_number"] for one in visits] == [world.decision.number]
    assert (visits[0]["start"], visits[0]["end"], visits[0]["worker"]) == ("08:00", "09:00", world.anna.code)
    told = str(decisions) + str(visits)
    for decision in world.decisions:
        assert decision.person.surname not in told
    contract = other.contract.number
    refused = system.get("visits/", month="2024-10", contract=contract)
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_contract")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("visits/", {}),
        ("visits/", {"month": "2024-13"}),
        ("visits/", {"month": "2024-10", "contract": "a\x00"}),
        ("visits/", {"month": "2024-10", "limit": "0"}),
        ("visits/changes/", {"limit": "501"}),
        ("visits/changes/", {"cursor": "zzz"}),
        ("visits/changes/", {"cursor": "ą"}),
        ("advice/changes/", {"cursor": "zzz"}),
        ("decisions/", {"cursor": "MTIz"}),
        ("months/", {"month": "październik"}),
    ],
)
def test_parameters_that_are_wrong_are_named(system: System, path: str, query: dict[str, str]) -> None:
    answer = system.get(path, **query)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_parameters"
    assert answer.json()["errors"][0]["column"] in {"month", "contract", "limit", "cursor"}


def test_months_tell_their_state(world: DiaryWorld, system: System) -> None:
    assert [one["state"] for one in system.get("months/", month="2024-10").json()["items"]] == ["open"]
    with tenant_scope(world.tenant):
        submit_month(world.contract, OCTOBER, actor=MANAGER)
    (month,) = system.get("months/", month="2024-10").json()["items"]
    assert (month["contract"], month["month"], month["state"]) == (
        world.contract.number,
        "2024-10",
        "submitted",
    )
    assert month["submitted_at"] is not None and month["accepted_minutes"] is None


def test_changes_tell_each_visit_as_it_is_now_and_what_was_removed(world: DiaryWorld, system: System) -> None:
    other = build_diary(world.tenant)
    with tenant_scope(world.tenant):
        visit(other.decision, other.anna, MONDAY, "08:00", 60)
    system.post(
        "visits/",
        batch(world, row(world), row(world, "2024-10-08"), row(world, "2024-10-09", status="cancelled")),
    )
    first = system.get("visits/changes/", limit=2).json()
    assert (len(first["items"]), first["has_more"]) == (2, True)
    second = system.get("visits/changes/", cursor=first["next"]).json()
    assert (len(second["items"]), second["has_more"]) == (1, False)
    told = [*first["items"], *second["items"]]
    assert {one["visit"]["status"] for one in told} == {"done", "cancelled"}
    assert not any(one["removed"] for one in told)
    # Nothing new: the place stays where it is.
    again = system.get("visits/changes/", cursor=second["next"]).json()
    assert (again["items"], again["next"]) == ([], second["next"])
    with tenant_scope(world.tenant):
        gone = Visit.objects.get(date="2024-10-07", decision=world.decision)
        removal = Operation(new_id(), "remove", gone.pk, gone.decision_id, version=gone.version)
        save_cells(world.contract, [removal], access=system_access(world), actor=MANAGER)
    (removed,) = system.get("visits/changes/", cursor=again["next"]).json()["items"]
    assert (removed["id"], removed["removed"], removed["visit"]) == (str(gone.pk), True, None)
    assert system_of(other).get("visits/changes/").json()["items"][0]["removed"] is False


def system_access(world: DiaryWorld) -> Any:
    """What the manager of the organisation sees."""
    from kernel.access import Access

    return Access(actor=MANAGER, organisation_ids=frozenset({world.organisation.pk}))


def test_changes_of_decisions_tell_each_own_one_as_it_is_now(world: DiaryWorld, system: System) -> None:
    other = build_diary(world.tenant)
    first, second = world.decisions
    nothing = system.get("decisions/changes/").json()
    assert (nothing["items"], nothing["next"], nothing["has_more"]) == ([], None, False)
    with tenant_scope(world.tenant):
        tell_of_decisions(ids=[first.pk, other.decision.pk])
        tell_of_decisions(ids=[second.pk])
    page = system.get("decisions/changes/", limit=1).json()
    assert ([one["id"] for one in page["items"]], page["has_more"]) == ([str(first.pk)], True)
    with tenant_scope(world.tenant):
        rest = (date(2024, 10, 14), date(2024, 10, 20))
        suspend_decision(first, first_day=rest[0], last_day=rest[1], reason="hospital", actor=MANAGER)
    # The first one changed again before it was asked for the rest: it comes once more, and the second once.
    left = system.get("decisions/changes/", cursor=page["next"]).json()["items"]
    assert [one["id"] for one in left] == [str(second.pk), str(first.pk)]
    assert left[1]["decision"]["suspensions"] == [{"first_day": "2024-10-14", "last_day": "2024-10-20"}]
    assert first.person.surname not in str(left)
    theirs = system_of(other).get("decisions/changes/").json()["items"]
    assert [one["id"] for one in theirs] == [str(other.decision.pk)]


def test_the_feed_stays_behind_the_clock(world: DiaryWorld, system: System, settings: Any) -> None:
    settings.EXCHANGE_FEED_LAG_SECONDS = 60
    system.post("visits/", batch(world))
    waiting = system.get("visits/changes/").json()
    assert (waiting["items"], waiting["next"]) == ([], None)
    with tenant_scope(world.tenant):
        Visit.objects.update(changed_at=timezone.now() - timedelta(seconds=90))
    assert len(system.get("visits/changes/").json()["items"]) == 1


@pytest.mark.parametrize(
    "path",
    [
        "visits/",
        "visits/changes/",
        "decisions/",
        "decisions/changes/",
        "workers/",
        "contracts/",
        "months/",
        "advice/",
        "advice/changes/",
    ],
)
def test_reading_asks_the_database_the_same_however_much_there_is(
    world: DiaryWorld, system: System, path: str
) -> None:
    counts = []
    query = {"month": "2024-10"} if path in ("visits/", "months/", "advice/") else {}
    for persons in (1, 4):
        with tenant_scope(world.tenant):
            add_persons(world, persons)
            for decision in world.decisions[-persons:]:
                visit(decision, world.anna, MONDAY, "08:00", 60)
            tell_of_decisions(ids=[decision.pk for decision in world.decisions])
        system.get(path, **query)
        with CaptureQueriesContext(connection) as asked:
            assert system.get(path, **query).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_advice_is_brought_and_read(world: DiaryWorld, system: System) -> None:
    piece = {
        "date": "2024-10-07",
        "time": "16:30",
        "adviser": world.anna.code,
        "type": "legal",
        "minutes": 60,
        "place": "office",
    }
    answer = system.post("advice/", {"advice": [piece, {**piece, "time": "18:00", "minutes": "30"}]})
    assert answer.json() == {"rows": 2, "added": 2, "present": 0, "remarks": []}, answer.content
    assert system.post("advice/", {"advice": [piece], "contract": world.contract.number}).status_code in {
        200,
        422,
    }
    shown = system.get("advice/", month="2024-10").json()["items"]
    assert [(one["time"], one["minutes"], one["adviser"]) for one in shown] == [
        ("16:30", 60, world.anna.code),
        ("18:00", 30, world.anna.code),
    ]
    other = build_diary(world.tenant)
    stolen = {**piece, "adviser": other.anna.code}
    refused = system.post(
        "advice/", {"advice": [piece | {"time": "19:00"}, stolen, {**piece, "type": "magic"}]}
    )
    assert refused.status_code == 422
    assert {(error["row"], error["code"]) for error in refused.json()["errors"]} >= {
        (2, "unknown_adviser"),
        (3, "unknown_type"),
    }
    twice = {**piece, "time": "20:00"}
    errors = system.post("advice/", {"advice": [twice, twice]}).json()["errors"]
    assert {error["row"] for error in errors} == {1, 2} and "1, 2" in errors[0]["reason"]
    assert len(system.get("advice/", month="2024-10").json()["items"]) == 2
    assert system_of(other).get("advice/", month="2024-10").json()["items"] == []


def test_a_revoked_token_reads_nothing(world: DiaryWorld, system: System) -> None:
    with tenant_scope(world.tenant):
        revoke_token(system.token, actor=MANAGER)
    assert system.get("visits/changes/").status_code == 401

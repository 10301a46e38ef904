"""Several at once, really committed: a token revoked in the middle of a call, the same call twice, a slow writer."""

import threading
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.db import connections, transaction
from django.utils import timezone

from kernel.tenancy import tenant_scope
from reporting.delivery.models import Visit
from reporting.exchange import gates
from reporting.exchange.actions import bringing, revoke_token
from reporting.exchange.models import IdempotentCall
from tests.racing import PATIENCE, committed_tenant, committing
from tests.reporting.delivery.diary_world import DiaryWorld, build_diary
from tests.reporting.exchange.calling import MANAGER, System, batch, row, system_of

db = committing


@pytest.fixture
def world(db: None, settings: Any) -> Iterator[DiaryWorld]:
    settings.EXCHANGE_FEED_LAG_SECONDS = 0
    with committed_tenant("systemy", "Systemy") as tenant:
        yield build_diary(tenant)


@pytest.fixture
def system(world: DiaryWorld) -> System:
    return system_of(world)


def _visits(world: DiaryWorld) -> int:
    with tenant_scope(world.tenant):
        return Visit.objects.count()


def _elsewhere(work: Any) -> None:
    """Do something over another connection, to its end."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_token_revoked_in_the_middle_of_a_bulk_call_saves_nothing(
    world: DiaryWorld, system: System
) -> None:
    def revoke() -> None:
        with tenant_scope(world.tenant):
            revoke_token(system.token, actor=MANAGER)

    save = bringing.import_rows

    def revoked_meanwhile(*given: Any, **named: Any) -> Any:
        # The rows are read and about to be saved; the revocation commits first.
        _elsewhere(revoke)
        return save(*given, **named)

    with mock.patch.object(bringing, "import_rows", revoked_meanwhile):
        answer = system.post("visits/", batch(world), **{"idempotency-key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_revoked")
    assert _visits(world) == 0
    with tenant_scope(world.tenant):
        assert not IdempotentCall.objects.exists()


def test_without_the_second_look_the_call_would_be_saved(world: DiaryWorld, system: System) -> None:
    """The race is real."""

    def revoke() -> None:
        with tenant_scope(world.tenant):
            revoke_token(system.token, actor=MANAGER)

    save = bringing.import_rows

    def revoked_meanwhile(*given: Any, **named: Any) -> Any:
        _elsewhere(revoke)
        return save(*given, **named)

    with (
        mock.patch.object(bringing, "import_rows", revoked_meanwhile),
        mock.patch.object(bringing, "require_live"),
    ):
        assert system.post("visits/", batch(world)).status_code == 200
    assert _visits(world) == 1


def test_a_revocation_waits_for_a_call_that_was_looked_at_last(world: DiaryWorld, system: System) -> None:
    """The other order: the call is saved whole, the revocation follows, and neither stands in the other's way."""
    began, seen = threading.Event(), gates.require_live
    done: list[str] = []

    def revoke() -> None:
        try:
            with tenant_scope(world.tenant):
                began.set()
                revoke_token(system.token, actor=MANAGER)
                done.append("revoked")
        finally:
            connections.close_all()

    thread = threading.Thread(target=revoke)

    def then_revoked(token: Any) -> None:
        seen(token)
        thread.start()
        began.wait(PATIENCE)
        thread.join(0.3)
        done.append("saved")

    with mock.patch.object(bringing, "require_live", then_revoked):
        assert system.post("visits/", batch(world)).status_code == 200
    thread.join(PATIENCE)
    assert done == ["saved", "revoked"]
    assert _visits(world) == 1
    assert system.post("visits/", batch(world)).status_code == 401


def test_the_same_call_twice_at_once_is_done_once(world: DiaryWorld, system: System) -> None:
    save, answers = bringing.import_rows, []

    def again() -> None:
        answers.append(system.post("visits/", batch(world), **{"idempotency-key": "k"}))

    def asked_meanwhile(*given: Any, **named: Any) -> Any:
        _elsewhere(again)
        return save(*given, **named)

    with mock.patch.object(bringing, "import_rows", asked_meanwhile):
        first = system.post("visits/", batch(world), **{"idempotency-key": "k"})
    (meanwhile,) = answers
    assert (first.status_code, first.json()["added"]) == (200, 1)
    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "call_in_progress")
    again()
    assert answers[-1].json() == first.json()


def test_what_a_slow_writer_saves_late_is_not_passed_over(world: DiaryWorld, system: System) -> None:
    """A change written before another and committed after it: a feed ordered by time alone would lose it."""
    system.post("visits/", batch(world, row(world, "2024-10-01")))
    place = system.get("visits/changes/").json()["next"]
    seen: list[Any] = []

    def read_elsewhere() -> None:
        system.post("visits/", batch(world, row(world, "2024-10-03")))
        seen.append(system.get("visits/changes/", cursor=place).json())

    with tenant_scope(world.tenant), transaction.atomic():
        Visit.objects.filter(date="2024-10-01").update(changed_at=timezone.now(), state="cancelled")
        _elsewhere(read_elsewhere)
    # The quick change waits for the slow one: the place has not moved past what nobody could see yet.
    assert (seen[0]["items"], seen[0]["next"]) == ([], place)
    told = system.get("visits/changes/", cursor=place).json()["items"]
    assert [(one["visit"]["date"], one["visit"]["status"]) for one in told] == [
        ("2024-10-01", "cancelled"),
        ("2024-10-03", "done"),
    ]

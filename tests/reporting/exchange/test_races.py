"""Several at once, really committed: a token revoked in the middle of a call, the same call twice, a slow writer."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from reporting.delivery.models import Visit
from reporting.exchange import gates
from reporting.exchange.actions import bringing, revoke_token, tokens, webhooks
from reporting.exchange.models import IdempotentCall, Webhook
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


def _at_the_same_moment(world: DiaryWorld, module: Any, verb: Any) -> list[str]:
    """A second try begins when the first has read and not yet written; what each was answered, the first's first.

    The first goes on once the second waits for a lock of the database, or is through because there is none.
    """
    told: list[str] = ["", ""]
    threads: list[threading.Thread] = []
    check = module.require_valid

    def act(at: int) -> None:
        try:
            with tenant_scope(world.tenant):
                verb()
            told[at] = "done"
        except DomainError as refusal:
            told[at] = refusal.code
        except IntegrityError:
            told[at] = "constraint"
        finally:
            if at:
                connections.close_all()

    def meanwhile(*given: Any, **named: Any) -> None:
        check(*given, **named)
        if not threads:
            threads.append(threading.Thread(target=act, args=[1]))
            threads[0].start()
            until = time.monotonic() + PATIENCE
            while threads[0].is_alive() and not _somebody_waits() and time.monotonic() < until:
                threads[0].join(0.02)

    with mock.patch.object(module, "require_valid", meanwhile):
        act(0)
        threads[0].join(PATIENCE)
    return told


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
            "WHERE NOT l.granted AND a.datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


def _token(world: DiaryWorld, pk: Any) -> Any:
    last_day = timezone.localdate() + timedelta(days=30)
    return tokens.create_token(
        pk, world.organisation.pk, name="System", scopes=["visits:read"], last_day=last_day, actor=MANAGER
    )


def _webhook(world: DiaryWorld, pk: Any) -> Any:
    address = "https://example.org/siedem"
    return webhooks.subscribe_webhook(
        pk, world.organisation.pk, url=address, events=["month.accepted"], actor=MANAGER
    )


@pytest.mark.parametrize(("module", "make"), [(tokens, _token), (webhooks, _webhook)])
def test_a_double_click_makes_one_and_says_so(world: DiaryWorld, module: Any, make: Any) -> None:
    pk = new_id()
    assert _at_the_same_moment(world, module, lambda: make(world, pk)) == ["done", "made_already"]


def test_two_at_once_do_not_pass_the_number_of_webhooks(world: DiaryWorld) -> None:
    with tenant_scope(world.tenant):
        for _each in range(9):
            _webhook(world, new_id())
    told = _at_the_same_moment(world, webhooks, lambda: _webhook(world, new_id()))
    assert told == ["done", "too_many_webhooks"]
    with tenant_scope(world.tenant):
        assert Webhook.objects.count() == 10

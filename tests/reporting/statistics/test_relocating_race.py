"""A move is recorded while a push, an acceptance or a publication is under way: each outcome has one right place."""

import threading
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from unittest import mock

import pytest
from django.db import transaction

from audit import actions as recording
from kernel.tenancy import tenant_scope
from reporting.casework.models import Result
from reporting.statistics.actions import publishing, pushing, relocating, reviewing
from reporting.statistics.actions.publishing import publish
from reporting.statistics.actions.pushing import push_quarter
from reporting.statistics.actions.receiving import receive
from reporting.statistics.actions.relocating import relocate_tenant
from reporting.statistics.actions.reviewing import confirm_held
from reporting.statistics.batches.periods import Quarter
from reporting.statistics.models import (
    Fact,
    FactsBatch,
    HeldFact,
    ReleasedCell,
    Standing,
)
from tenants.models import Tenant, Territory
from tests.racing import PATIENCE, at_once, committed_tenant, until_somebody_waits
from tests.racing import committing as db
from tests.reporting.statistics.sending_world import ACTOR, forget_releases, quarter_of, results, signed

__all__ = ["db"]
OLD, NEW = "3262011", "1219053"
# A quarter of which no other test releases anything.
SPRING = date(2024, 4, 1)


@pytest.fixture
def racing(db: None) -> Iterator[Tenant]:
    with committed_tenant("wyscig-miejsca", "Wyścig miejsca") as tenant:
        with tenant_scope(tenant):
            Result.objects.create(kind="event", title="Piknik", happened_on=SPRING)
        try:
            yield tenant
        finally:
            forget_releases(SPRING)


def _push() -> Any:
    return push_quarter(Quarter.of(SPRING), actor=ACTOR)


def _move(tenant: Tenant) -> Any:
    return relocate_tenant(
        tenant, Territory.objects.get(pk=NEW), kind="commune", valid_from=date(2024, 1, 1), actor=ACTOR
    )


def _sent(tenant: Tenant) -> list[tuple[int, str]]:
    batches = FactsBatch.objects.filter(tenant=tenant).order_by("version")
    return list(batches.values_list("version", "territory_id"))


def _current(tenant: Tenant) -> tuple[str, str]:
    fact = Fact.objects.current().get(tenant=tenant, indicator="results", category="event")
    return fact.territory_id, fact.voivodeship_id


def _second_waits(module: Any, verb: str, first: Callable[[], Any], second: Callable[[], Any]) -> list[str]:
    """The first comes to the verb of the module and goes on once the second, begun there, waits for it."""
    reached = threading.Event()
    go_on = getattr(module, verb)

    def hold(*args: Any, **kwargs: Any) -> Any:
        result = go_on(*args, **kwargs)
        if not reached.is_set():
            reached.set()
            until_somebody_waits()
        return result

    def come_later() -> Any:
        assert reached.wait(PATIENCE), f"nobody came to {verb}"
        return second()

    with mock.patch.object(module, verb, hold):
        return at_once(None, first, come_later)


def _inside(tenant: Tenant, verb: Callable[[], Any]) -> Callable[[], Any]:
    def act() -> Any:
        with tenant_scope(tenant):
            return verb()

    return act


def test_a_push_that_was_quicker_is_sent_again_from_the_new_place(racing: Tenant) -> None:
    """It has read the old place and not yet written: the move waits, sees it, and sends it once more."""
    done = _second_waits(pushing, "territory_on", _inside(racing, _push), lambda: _move(racing))
    assert done == ["done", "done"]
    assert _sent(racing) == [(1, OLD), (2, NEW)]
    assert _current(racing) == (NEW, "12")


def test_a_push_that_waited_for_the_move_comes_from_the_new_place(racing: Tenant) -> None:
    """Also where its process has known the tenant since before."""
    done = _second_waits(relocating, "in_tenant", lambda: _move(racing), _inside(racing, _push))
    assert done == ["done", "done"]
    assert racing.territory_id == OLD
    assert _sent(racing) == [(1, NEW)]
    assert _current(racing) == (NEW, "12")


def test_a_verb_that_records_before_it_pushes_does_not_wait_crosswise(racing: Tenant) -> None:
    """As the acceptance of a month does: it holds the chain of the record, and then wants the period."""
    with tenant_scope(racing):
        _push()
        Result.objects.create(kind="event", title="Festyn", happened_on=SPRING)

    @transaction.atomic
    def accept() -> None:
        recording.record("accept_month", actor=ACTOR, subject_type="tenant", subject_id=racing.pk)
        _push()

    done = _second_waits(recording, "record", _inside(racing, accept), lambda: _move(racing))
    assert done == ["done", "done"]
    assert _sent(racing) == [(1, OLD), (2, OLD), (3, NEW)]
    assert _current(racing) == (NEW, "12")


def _doubtful(tenant: Tenant) -> HeldFact:
    text = quarter_of(tenant, results(2001), period=SPRING)
    receive(tenant, text, signed(tenant, text), actor=ACTOR)
    return HeldFact.objects.get(tenant=tenant)


def test_a_confirmation_that_was_quicker_goes_along_to_the_new_place(racing: Tenant) -> None:
    held = _doubtful(racing)
    confirm = _inside(racing, lambda: confirm_held(held.pk, note="tak było", actor=ACTOR))
    assert _second_waits(reviewing, "require_agreed", confirm, lambda: _move(racing)) == ["done", "done"]
    assert _current(racing) == (NEW, "12")
    states = HeldFact.objects.filter(tenant=racing).order_by("batch__version").values_list("state", "note")
    assert list(states) == [("confirmed", "tak było")] * 2


def test_a_confirmation_that_waited_for_the_move_is_asked_anew(racing: Tenant) -> None:
    held = _doubtful(racing)
    confirm = _inside(racing, lambda: confirm_held(held.pk, note="tak było", actor=ACTOR))
    done = _second_waits(relocating, "in_tenant", lambda: _move(racing), confirm)
    assert done == ["done", "decided_already"]
    assert not Fact.objects.current().filter(tenant=racing).exists()
    waiting = HeldFact.objects.get(tenant=racing, state=HeldFact.State.WAITING)
    assert waiting.batch.territory_id == NEW


def _publish() -> Any:
    return publish("quarter", SPRING, actor=ACTOR)


def _stands_in(tenant: Tenant) -> str:
    return Standing.objects.get(tenant=tenant, current=True).batch.territory_id


def test_what_a_publication_under_way_releases_keeps_its_place(racing: Tenant) -> None:
    """The move waits for it, sees the release, and sends nothing that could never follow it."""
    _inside(racing, _push)()
    assert _second_waits(publishing, "rule_of", _publish, lambda: _move(racing)) == ["done", "done"]
    assert _stands_in(racing) == OLD
    assert _sent(racing) == [(1, OLD)]


def test_a_publication_that_waited_for_the_move_releases_from_the_new_place(racing: Tenant) -> None:
    _inside(racing, _push)()
    assert _second_waits(relocating, "in_tenant", lambda: _move(racing), _publish) == ["done", "done"]
    assert _stands_in(racing) == NEW
    assert _sent(racing) == [(1, OLD), (2, NEW)]
    assert ReleasedCell.objects.current().filter(period=SPRING, place="12").exists()
    assert not ReleasedCell.objects.filter(period=SPRING, place="32").exists()

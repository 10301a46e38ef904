"""Two people issue overlapping decisions at the same moment, in real threads and real transactions."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, transaction
from psycopg.errors import DeadlockDetected

from kernel.access import Actor
from kernel.tenancy import tenant_scope
from reporting.care import actions
from reporting.care.actions import decisions as verbs
from reporting.care.models import Decision, Person
from reporting.delivery.locking import lock_diary
from tenants.models import Tenant
from tests.factories.care import ContractFactory, PersonFactory, WorkerFactory, visit
from tests.factories.people import partner
from tests.racing import at_once, committed_tenant, committing, until_somebody_waits

db = committing

ACTOR = Actor.system("race")


@dataclass
class Track:
    tenant: Tenant
    person: Person
    entry: actions.DecisionEntry


@pytest.fixture
def track(db: None) -> Iterator[Track]:
    """A tenant of its own with one person and a contract, really committed; removed afterwards."""
    with committed_tenant("tor", "Tor") as tenant:
        organisation = partner(tenant, name="Fundacja Tor")
        with tenant_scope(tenant):
            contract = ContractFactory(organisation=organisation)
            entry = actions.DecisionEntry(
                number="D/1",
                contract=contract,
                issued_on=date(2026, 1, 2),
                valid_from=date(2026, 2, 1),
                valid_to=date(2026, 12, 31),
                amount_per="month",
                minutes=1200,
                activities=("shopping",),
            )
            person = PersonFactory()
        yield Track(tenant, person, entry)


def _issue(track: Track, number: str, first: date) -> Callable[[], Any]:
    entry = replace(track.entry, number=number, valid_from=first)
    return lambda: actions.create_decision(track.person, entry, actor=ACTOR)


def test_one_of_two_overlapping_decisions_wins_and_the_other_is_named(track: Track) -> None:
    for round_ in range(5):
        first, second = f"D/{round_}a", f"D/{round_}b"
        outcomes = sorted(
            at_once(
                track.tenant,
                _issue(track, first, date(2026, 2, 1)),
                _issue(track, second, date(2026, 3, 1)),
            )
        )
        assert outcomes == ["decisions_overlap", "done"]
        with tenant_scope(track.tenant):
            assert Decision.objects.get().number in (first, second)
            Decision.objects.all().delete()


def test_without_the_lock_the_database_still_lets_one_through(
    track: Track, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race is real: past lock and look-up both reach the table, and its constraint refuses one.

    Where each waits for the other to be decided, the database breaks one off instead: also then one is through.
    """
    together = threading.Barrier(2)

    def look_away(*args: Any) -> None:
        together.wait(timeout=10)

    monkeypatch.setattr(verbs, "hold_person", lambda person_id: None)
    monkeypatch.setattr(verbs, "require_sound", look_away)
    monkeypatch.setattr(verbs, "require_valid", lambda *args, **kwargs: None)

    def issue(number: str, day: date) -> Any:
        try:
            return _issue(track, number, day)()
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
            raise IntegrityError("broken off") from error

    outcomes = at_once(
        track.tenant, lambda: issue("D/1", date(2026, 2, 1)), lambda: issue("D/2", date(2026, 3, 1))
    )
    assert len(outcomes) == 2 and outcomes.count("done") == 1
    with tenant_scope(track.tenant):
        assert Decision.objects.count() == 1


def test_two_amendments_of_one_decision(track: Track) -> None:
    with tenant_scope(track.tenant):
        earlier = actions.create_decision(track.person, track.entry, actor=ACTOR)
    outcomes = sorted(
        at_once(
            track.tenant,
            *(
                lambda number=number: actions.amend_decision(  # type: ignore[misc]
                    earlier, replace(track.entry, number=number, valid_from=date(2026, 4, 1)), actor=ACTOR
                )
                for number in ("D/1a", "D/1b")
            ),
        )
    )
    assert outcomes == ["amended_already", "done"]
    with tenant_scope(track.tenant):
        assert Decision.objects.count() == 2


def test_the_same_number_for_two_persons(track: Track) -> None:
    with tenant_scope(track.tenant):
        other = replace(track, person=PersonFactory())
    outcomes = sorted(
        at_once(track.tenant, _issue(track, "D/7", date(2026, 2, 1)), _issue(other, "D/7", date(2026, 2, 1)))
    )
    assert len(outcomes) == 2 and outcomes.count("done") == 1
    with tenant_scope(track.tenant):
        assert Decision.objects.count() == 1


def test_a_move_waits_for_a_visit_that_is_being_entered(track: Track) -> None:
    """Whoever writes the visit holds the diary; the move looks for visits only after them."""
    with tenant_scope(track.tenant):
        decision = actions.create_decision(track.person, track.entry, actor=ACTOR)
        first = track.entry.contract
        other = ContractFactory(organisation=first.organisation, service=first.service)
        worker = WorkerFactory(organisation=first.organisation)
    entered = threading.Event()

    def enter() -> None:
        with transaction.atomic():
            lock_diary(first.pk)
            entered.set()
            until_somebody_waits()
            visit(decision, worker, date(2026, 3, 2), "08:00", 60)

    def move() -> None:
        assert entered.wait(timeout=10)
        entry = replace(track.entry, contract=other)
        actions.correct_decision(decision, entry, reason="typing", actor=ACTOR)

    assert sorted(at_once(track.tenant, enter, move)) == ["contract_has_visits", "done"]
    with tenant_scope(track.tenant):
        assert Decision.objects.get().contract_id == first.pk

"""The last score and a release against the close, and two grants of the same money, in real threads and real transactions."""

import threading
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.db.models import QuerySet

from contracting.tenders.actions import closing_scores, committees, deciding, scoring_desk
from contracting.tenders.actions.closing_scores import close_scoring
from contracting.tenders.actions.committees import release_seat
from contracting.tenders.actions.deciding import Decision, decide_offers
from contracting.tenders.actions.scoring_desk import Mark, save_marks
from contracting.tenders.locking import lock_call, lock_committee, lock_seat, share_committee
from contracting.tenders.models import Award, Call, Committee, Score
from contracting.tenders.queries.desk import desk_of
from kernel.errors import DomainError, NotAllowed
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.judging_world import JudgingWorld, build_judging
from tests.factories.judging import close, pass_form, score_all
from tests.factories.tenders import declare_all
from tests.racing import at_once, committed_tenant, committing

db = committing


@pytest.fixture
def committed(db: None) -> Iterator[JudgingWorld]:
    """Two offers scored by all in a tenant of its own, really committed; removed afterwards."""
    with committed_tenant("komisja", "Komisja") as tenant:
        world = build_judging(tenant, mark="Wyścig", lots=["100000.00"])
        with tenant_scope(tenant):
            declare_all(world.committee)
            pass_form(world.call)
            score_all(world.committee, finish=False)
        yield world


def change_points(world: JudgingWorld) -> None:
    """The third member changes their points on the concept."""
    criterion = world.call.criteria.get(position=2)
    save_marks(world.offers[0], {criterion.pk: Mark(Decimal(20), "w ostatniej chwili")}, actor=world.actor(2))


def late_points(world: JudgingWorld) -> list[Score]:
    """Points that changed after the scoring was closed."""
    closed_at = Committee.objects.get().scoring_closed_at
    return list(Score.objects.filter(saved_at__gt=closed_at))


@pytest.mark.django_db
def test_locks_give_the_rows_as_they_stand(alfa: Tenant) -> None:
    world = build_judging(alfa)
    with tenant_scope(alfa):
        Committee.objects.update(quorum=1)
        assert share_committee(world.call).quorum == lock_committee(world.call).quorum == 1
        assert lock_call(world.call).pk == world.call.pk
        with pytest.raises(NotAllowed):
            lock_seat(world.committee, world.director_actor)
        world.committee.seats.all().delete()
        world.committee.delete()
        with pytest.raises(DomainError) as caught:
            share_committee(world.call)
    assert caught.value.code == "no_committee"


def test_without_the_lock_points_change_after_the_close(committed: JudgingWorld) -> None:
    """The race is real: a score that began before the close is saved after it, and the ranking is no longer true."""
    has_looked, has_closed = threading.Event(), threading.Event()

    def look_only(call: Call) -> Committee:
        committee: Committee = Committee.objects.get(call=call)
        has_looked.set()
        has_closed.wait(timeout=10)
        return committee

    def close_after_the_look() -> None:
        has_looked.wait(timeout=10)
        close_scoring(committed.call, reason="koniec", actor=committed.actor(0))
        has_closed.set()

    with mock.patch.object(scoring_desk, "share_committee", look_only):
        outcomes = at_once(committed.tenant, lambda: change_points(committed), close_after_the_look)
    assert outcomes == ["done", "done"]
    with tenant_scope(committed.tenant):
        assert len(late_points(committed)) == 1


def test_a_score_that_has_begun_holds_the_close_back(committed: JudgingWorld) -> None:
    """The close waits for the score and counts it; nothing changes afterwards."""
    has_begun, may_go_on = threading.Event(), threading.Event()
    write = scoring_desk._write

    def write_slowly(*args: Any) -> None:
        has_begun.set()
        may_go_on.wait(timeout=10)
        write(*args)

    def close_meanwhile() -> None:
        has_begun.wait(timeout=10)
        threading.Timer(0.5, may_go_on.set).start()
        close_scoring(committed.call, reason="koniec", actor=committed.actor(0))

    with mock.patch.object(scoring_desk, "_write", write_slowly):
        outcomes = at_once(committed.tenant, lambda: change_points(committed), close_meanwhile)
    assert outcomes == ["done", "done"]
    with tenant_scope(committed.tenant):
        assert Score.objects.filter(points=20).count() == 1
        assert late_points(committed) == []


def test_a_score_that_comes_during_the_close_is_refused(committed: JudgingWorld) -> None:
    is_closing = threading.Event()
    shut = closing_scores._close

    def shut_slowly(*args: Any) -> None:
        is_closing.set()
        threading.Event().wait(0.5)
        shut(*args)

    def score_meanwhile() -> None:
        is_closing.wait(timeout=10)
        change_points(committed)

    with mock.patch.object(closing_scores, "_close", shut_slowly):
        outcomes = at_once(
            committed.tenant,
            score_meanwhile,
            lambda: close_scoring(committed.call, reason="koniec", actor=committed.actor(0)),
        )
    assert outcomes == ["scoring_closed", "done"]
    with tenant_scope(committed.tenant):
        assert not Score.objects.filter(points=20).exists()


def test_many_scores_and_the_close_at_once_leave_one_truth(committed: JudgingWorld) -> None:
    outcomes = at_once(
        committed.tenant,
        lambda: change_points(committed),
        lambda: close_scoring(committed.call, reason="koniec", actor=committed.actor(0)),
        lambda: change_points(committed),
    )
    assert outcomes[1] == "done"
    assert {outcomes[0], outcomes[2]} <= {"done", "scoring_closed"}
    with tenant_scope(committed.tenant):
        assert late_points(committed) == []
        assert Score.objects.filter(points=20).exists() == ("done" in {outcomes[0], outcomes[2]})


def counted_after_the_close(world: JudgingWorld) -> list[int]:
    """How many members' points count for each offer, with a quorum of three."""
    with tenant_scope(world.tenant):
        committee = Committee.objects.select_related("call").get()
        assert committee.scoring_closed_at is not None
        desk = desk_of(committee)
        return [len(desk.counted(offer)) for offer in desk.scorable]


def leave(world: JudgingWorld) -> None:
    """The director releases the third member, whom the quorum needs."""
    release_seat(world.seat(2), reason="choroba", actor=world.director_actor)


def need_all_three(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        Committee.objects.update(quorum=3)


def test_without_the_lock_a_release_takes_points_from_a_closed_scoring(committed: JudgingWorld) -> None:
    """The race is real: a release that began before the close is saved after it, and the quorum is gone."""
    need_all_three(committed)
    has_begun, has_closed = threading.Event(), threading.Event()

    def look_only(call: Call) -> Committee:
        return Committee.objects.select_related("call").get(call=call)

    def wait_for_the_close(*args: Any, **options: Any) -> None:
        has_begun.set()
        has_closed.wait(timeout=10)

    def close_after_the_look() -> None:
        has_begun.wait(timeout=10)
        close_scoring(committed.call, reason="koniec", actor=committed.actor(0))
        has_closed.set()

    with (
        mock.patch.object(committees, "lock_committee", look_only),
        mock.patch.object(committees, "require_valid", wait_for_the_close),
    ):
        outcomes = at_once(committed.tenant, lambda: leave(committed), close_after_the_look)
    assert outcomes == ["done", "done"]
    assert counted_after_the_close(committed) == [2, 2]


def test_a_release_that_has_begun_holds_the_close_back(committed: JudgingWorld) -> None:
    """The close waits for the release, and then finds the quorum broken."""
    need_all_three(committed)
    has_begun, may_go_on = threading.Event(), threading.Event()

    def wait_a_little(*args: Any, **options: Any) -> None:
        has_begun.set()
        may_go_on.wait(timeout=10)

    def close_meanwhile() -> None:
        has_begun.wait(timeout=10)
        threading.Timer(0.5, may_go_on.set).start()
        close_scoring(committed.call, reason="koniec", actor=committed.actor(0))

    with mock.patch.object(committees, "require_valid", wait_a_little):
        outcomes = at_once(committed.tenant, lambda: leave(committed), close_meanwhile)
    assert outcomes == ["done", "committee_incomplete"]
    with tenant_scope(committed.tenant):
        assert Committee.objects.get().scoring_closed_at is None


def test_a_release_that_comes_during_the_close_leaves_the_points(committed: JudgingWorld) -> None:
    need_all_three(committed)
    is_closing = threading.Event()
    shut = closing_scores._close

    def shut_slowly(*args: Any) -> None:
        is_closing.set()
        threading.Event().wait(0.5)
        shut(*args)

    def leave_meanwhile() -> None:
        is_closing.wait(timeout=10)
        leave(committed)

    with mock.patch.object(closing_scores, "_close", shut_slowly):
        outcomes = at_once(
            committed.tenant,
            leave_meanwhile,
            lambda: close_scoring(committed.call, reason="koniec", actor=committed.actor(0)),
        )
    assert outcomes == ["done", "done"]
    assert counted_after_the_close(committed) == [3, 3]


def give_opinions(world: JudgingWorld) -> None:
    """Both offers are to be granted; together they ask for twice the money of the part."""
    with tenant_scope(world.tenant):
        close(world.committee)
        for place, offer in enumerate(world.offers, 1):
            Award.objects.create(
                offer=offer,
                lot=offer.lot,
                points=Decimal(80),
                rank=place,
                opinion=Award.Outcome.GRANTED,
                opinion_amount=Decimal("100000.00"),
            )


def grant_each(world: JudgingWorld) -> list[str]:
    """Two directors grant all the money at the same moment, each to another offer."""

    def grant(place: int) -> None:
        decision = Decision(Award.Outcome.GRANTED, Decimal("100000.00"))
        decide_offers(world.call, {world.offers[place].pk: decision}, actor=world.director_actor)

    return at_once(world.tenant, lambda: grant(0), lambda: grant(1))


def granted(world: JudgingWorld) -> Decimal:
    with tenant_scope(world.tenant):
        return sum(
            (award.amount or Decimal(0) for award in Award.objects.filter(decision=Award.Outcome.GRANTED)),
            Decimal(0),
        )


def test_without_the_lock_the_money_is_granted_twice(committed: JudgingWorld) -> None:
    give_opinions(committed)
    both_have_read = threading.Barrier(2)
    over_funds = deciding.over_funds

    def look_only(call: Call) -> Call:
        found: Call = Call.objects.get(pk=call.pk)
        return found

    def wait_and_look(awards: list[Award]) -> Any:
        both_have_read.wait(timeout=10)
        return over_funds(awards)

    with (
        mock.patch.object(deciding, "lock_call", look_only),
        mock.patch.object(deciding, "over_funds", wait_and_look),
        mock.patch.object(QuerySet, "select_for_update", lambda queryset, **options: queryset),
    ):
        outcomes = grant_each(committed)
    assert outcomes == ["done", "done"]
    assert granted(committed) == Decimal("200000.00")


def test_of_two_grants_of_the_same_money_one_is_refused(committed: JudgingWorld) -> None:
    give_opinions(committed)
    assert sorted(grant_each(committed)) == ["done", "invalid"]
    assert granted(committed) == Decimal("100000.00")

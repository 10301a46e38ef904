"""The deadline against a submission, one offer from two browsers, two openings: real threads and transactions."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from contracting.tenders import sealing
from contracting.tenders.actions import handing_in, opening
from contracting.tenders.actions.closing import close_if_due
from contracting.tenders.actions.receipts import receipts_digest
from contracting.tenders.models import Call, LateAttempt, Offer, OpenedOffer, Opening, SealedOffer
from kernel.access import Actor
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.offers_world import MANAGER, bidder, published_call, written_offer
from tests.factories.people import UserFactory
from tests.factories.tenders import make_committee
from tests.racing import PATIENCE, at_once, committed_tenant, committing

db = committing


@dataclass
class Committed:
    """A tenant with a published call and two written offers, really committed."""

    tenant: Tenant
    call: Call
    one: Offer
    other: Offer

    def deadline_in(self, seconds: float) -> datetime:
        moment = timezone.now() + timedelta(seconds=seconds)
        with tenant_scope(self.tenant):
            Call.objects.filter(pk=self.call.pk).update(deadline=moment)
        return moment

    def hand_in(self, offer: Offer) -> Any:
        return handing_in.hand_in(Offer.objects.get(pk=offer.pk), seen_version=2, actor=MANAGER)


@pytest.fixture
def committed(db: None) -> Iterator[Committed]:
    """A tenant of its own, removed afterwards."""
    with committed_tenant("wyscig-ofert", "Wyścig") as tenant:
        with tenant_scope(tenant):
            call = published_call()
            one = written_offer(call, bidder("Fundacja Aronia"))
            other = written_offer(call, bidder("Fundacja Berberys"), "Berberys")
        yield Committed(tenant, call, one, other)


@pytest.mark.django_db
def test_bidders_share_the_lock_of_the_call_and_openers_do_not(in_alfa: Tenant) -> None:
    call = published_call()
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        assert handing_in.share_call(call.pk) == opening.lock_call(call) == call
    locks = [query["sql"].rsplit(" ", 2)[-1] for query in asked if "FOR" in query["sql"]]
    assert locks == ["SHARE", "UPDATE"]


def _submit_while_closing(world: Committed) -> list[str]:
    """One hands in just before the deadline and is slow; the clock closes the call meanwhile."""
    begun, passed, closed, real = (*(threading.Event() for _event in range(3)), handing_in._try_opening)

    def slow_trial(*given: Any) -> None:
        real(*given)
        begun.set()
        # Long enough for the closing to overtake, were it not kept waiting.
        assert passed.wait(timeout=PATIENCE)
        closed.wait(timeout=1.5)

    def close() -> None:
        assert begun.wait(timeout=PATIENCE)
        time.sleep(max((deadline - timezone.now()).total_seconds(), 0) + 0.1)
        passed.set()
        close_if_due(Call.objects.get(pk=world.call.pk))
        closed.set()

    deadline = world.deadline_in(2.0)
    with mock.patch.object(handing_in, "_try_opening", slow_trial):
        return sorted(at_once(world.tenant, lambda: world.hand_in(world.one), close))


def _digests(world: Committed) -> tuple[str, str]:
    with tenant_scope(world.tenant):
        call = Call.objects.get(pk=world.call.pk)
        assert call.closed_at is not None
        assert SealedOffer.objects.count() == 1
        return call.receipts_digest, receipts_digest(call)


def test_without_the_lock_a_receipt_would_miss_the_digest(committed: Committed) -> None:
    """The race is real: with the lock taken away the call is closed while an offer is still being stored."""
    with mock.patch.object(handing_in, "share_call", lambda pk: Call.objects.get(pk=pk)):
        assert _submit_while_closing(committed) == ["done", "done"]
    published, true = _digests(committed)
    assert published != true


def test_an_offer_handed_in_before_the_deadline_is_in_the_digest(committed: Committed) -> None:
    assert _submit_while_closing(committed) == ["done", "done"]
    published, true = _digests(committed)
    assert published == true
    with tenant_scope(committed.tenant):
        assert SealedOffer.objects.get().submitted_at < Call.objects.get().deadline


def test_who_waits_for_the_closing_is_late(committed: Committed) -> None:
    """The bidder came before the deadline, but the lock came after it: late, recorded, draft kept."""
    committed.deadline_in(0.8)
    held = threading.Event()

    def close() -> None:
        with transaction.atomic():
            Call.objects.select_for_update().get(pk=committed.call.pk)
            held.set()
            time.sleep(1.2)
            close_if_due(Call.objects.get(pk=committed.call.pk))

    def late() -> None:
        held.wait(timeout=10)
        committed.hand_in(committed.one)

    assert sorted(at_once(committed.tenant, close, late)) == ["done", "too_late"]
    with tenant_scope(committed.tenant):
        assert LateAttempt.objects.count() == 1 and not SealedOffer.objects.exists()
        assert Offer.objects.get(pk=committed.one.pk).draft is not None


def _from_two_browsers(world: Committed) -> list[str]:
    world.deadline_in(30)
    return sorted(at_once(world.tenant, *[lambda: world.hand_in(world.one)] * 2))


def test_without_the_lock_only_the_database_would_stop_the_second_browser(committed: Committed) -> None:
    both = threading.Barrier(2)

    def look_only(offer: Offer, verb: Any) -> Any:
        with transaction.atomic():
            read, call = Offer.objects.get(pk=offer.pk), Call.objects.get(pk=offer.call_id)
            both.wait(timeout=10)
            return verb(handing_in._Handing(call, read, timezone.now()))

    with mock.patch.object(handing_in, "_before_deadline", look_only):
        assert _from_two_browsers(committed) == ["constraint", "done"], "a fault, and no sentence"
    with tenant_scope(committed.tenant):
        assert SealedOffer.objects.count() == 1


def test_of_two_browsers_one_hands_in_and_the_other_is_told(committed: Committed) -> None:
    assert _from_two_browsers(committed) == ["already_handed_in", "done"]
    with tenant_scope(committed.tenant):
        assert SealedOffer.objects.count() == 1
        assert Offer.objects.get(pk=committed.one.pk).draft is None


def _two_bidders(world: Committed) -> list[str]:
    return sorted(at_once(world.tenant, lambda: world.hand_in(world.one), lambda: world.hand_in(world.other)))


def test_without_the_lock_two_bidders_would_get_one_number(committed: Committed) -> None:
    both = threading.Barrier(2)

    def unguarded(_call: Call) -> int:
        both.wait(timeout=10)
        return 1

    with mock.patch.object(handing_in, "_next_number", unguarded):
        assert _two_bidders(committed) == ["constraint", "done"]


def test_two_bidders_at_once_get_two_numbers(committed: Committed) -> None:
    assert _two_bidders(committed) == ["done", "done"]
    with tenant_scope(committed.tenant):
        assert sorted(Offer.objects.values_list("number", flat=True)) == [1, 2]
        assert SealedOffer.objects.values("receipt").distinct().count() == 2


class _Slow:
    """Sealing as it is, but the content of the first bidder is held up until it is let go."""

    def __init__(self) -> None:
        self.begun, self.let_go, self._real = threading.Event(), threading.Event(), sealing.seal_content

    def seal(self, canonical: bytes, *rest: Any) -> bytes:
        if b"Berberys" not in canonical:
            self.begun.set()
            assert self.let_go.wait(timeout=20)
        return self._real(canonical, *rest)


def test_nobody_waits_while_another_offer_is_sealed(committed: Committed) -> None:
    slow, waited = _Slow(), []

    def second() -> None:
        assert slow.begun.wait(timeout=10)
        connection.cursor().execute("SET lock_timeout = '3s'")
        started = time.monotonic()
        try:
            committed.hand_in(committed.other)
            waited.append(time.monotonic() - started)
        finally:
            slow.let_go.set()

    with mock.patch.object(sealing, "seal_content", slow.seal):
        done = at_once(committed.tenant, lambda: committed.hand_in(committed.one), second)
    assert done == ["done", "done"]
    assert len(waited) == 1, "the second had its receipt while the first was still being sealed"
    with tenant_scope(committed.tenant):
        numbers = dict(Offer.objects.values_list("pk", "number"))
    assert numbers == {committed.other.pk: 1, committed.one.pk: 2}


def _ready_to_open(world: Committed, members: int) -> list[Any]:
    people = [UserFactory() for _number in range(members)]
    with tenant_scope(world.tenant):
        make_committee(world.call, *people)
        world.hand_in(world.one)
        world.hand_in(world.other)
    moment = timezone.now()
    with tenant_scope(world.tenant):
        Call.objects.filter(pk=world.call.pk).update(deadline=moment)
    return people


def _confirm(world: Committed, user: Any) -> Callable[[], Any]:
    actor = Actor(user.pk, "Członek Komisji")
    return lambda: opening.confirm_opening(world.call, seat_user=user.pk, actor=actor)


@pytest.fixture
def people_removed(db: None) -> Iterator[None]:
    yield
    User.objects.filter(email__endswith="@przyklad.test").delete()


def test_without_the_lock_both_would_be_first(committed: Committed, people_removed: None) -> None:
    """The race is real: both have found that nobody confirmed before either writes it down."""
    people = _ready_to_open(committed, 2)
    both_have_read, note_first = threading.Barrier(2), opening._note_first

    def note_together(*given: Any) -> Opening:
        both_have_read.wait(timeout=10)
        return note_first(*given)

    with (
        mock.patch.object(opening, "lock_call", lambda call: Call.objects.get(pk=call.pk)),
        mock.patch.object(opening, "_note_first", note_together),
    ):
        outcomes = sorted(at_once(committed.tenant, *[_confirm(committed, one) for one in people]))
    assert outcomes == ["constraint", "done"]
    with tenant_scope(committed.tenant):
        assert not OpenedOffer.objects.exists(), "two members confirmed, and nothing was opened"


def test_two_who_confirm_at_once_are_first_and_second(committed: Committed, people_removed: None) -> None:
    people = _ready_to_open(committed, 2)
    assert sorted(at_once(committed.tenant, *[_confirm(committed, one) for one in people])) == [
        "done",
        "done",
    ]
    with tenant_scope(committed.tenant):
        done = Opening.objects.get()
        assert {done.first_by, done.second_by} == {one.pk for one in people}
        assert OpenedOffer.objects.count() == 2


def test_of_two_who_confirm_second_one_opens(committed: Committed, people_removed: None) -> None:
    first, *seconds = _ready_to_open(committed, 3)
    with tenant_scope(committed.tenant):
        _confirm(committed, first)()
    outcomes = sorted(at_once(committed.tenant, *[_confirm(committed, one) for one in seconds]))
    assert outcomes == ["done", "opened_already"]
    with tenant_scope(committed.tenant):
        assert OpenedOffer.objects.count() == 2


def test_one_person_in_two_browsers_confirms_once(committed: Committed, people_removed: None) -> None:
    first, _second = _ready_to_open(committed, 2)
    outcomes = sorted(at_once(committed.tenant, *[_confirm(committed, first)] * 2))
    assert outcomes == ["done", "same_person"]
    with tenant_scope(committed.tenant):
        assert not OpenedOffer.objects.exists()

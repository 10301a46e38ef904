"""Amendment against handing in, two directors at once, many who close: real threads, each race first proven."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError
from django.utils import timezone

from audit.models import Entry
from contracting.tenders.actions import closing, handing_in, publishing
from contracting.tenders.actions.amending import amend_call, amendment_stamp
from contracting.tenders.actions.closing import close_if_due
from contracting.tenders.actions.publishing import publish_call
from contracting.tenders.models import Call, CallKey, Offer
from contracting.tenders.models.calls import CallQuerySet
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.calls_world import DIRECTOR, in_days, published_call, ready_draft
from tests.contracting.tenders.offers_world import MANAGER, bidder, written_offer
from tests.racing import at_once, committed_tenant, committing

db = committing


@dataclass
class Committed:
    """A tenant with a draft, a published call, and an offer written for it, really committed."""

    tenant: Tenant
    draft: Call
    call: Call
    offer: Offer


@pytest.fixture
def committed(db: None) -> Iterator[Committed]:
    """A tenant of its own, removed afterwards."""
    with committed_tenant("wyscig-ogloszen", "Wyścig") as tenant, tenant_scope(tenant):
        call = published_call(number="1/2027", kind="entrust", own_share_min=0, required_files=[])
        offer = written_offer(call, bidder("Fundacja Aronia"))
        yield Committed(tenant, ready_draft(number="2/2027"), call, offer)


def without_lock() -> AbstractContextManager[Any]:
    """Rows of calls are read without being locked."""
    return mock.patch.object(CallQuerySet, "select_for_update", lambda self, **_options: self.all())


def outcome(verb: Callable[[], Any]) -> str:
    try:
        verb()
    except DomainError as error:
        return error.code
    except IntegrityError:
        return "constraint"
    return "done"


def met(parties: int) -> Callable[[], None]:
    """Waits a moment for so many threads to come to the same place; goes on alone where they cannot."""
    barrier = threading.Barrier(parties)

    def wait() -> None:
        with suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=1.5)

    return wait


def hand_in_while_amending(committed: Committed) -> tuple[bool, int]:
    """An amendment comes while an offer is being sealed: (was it handed in before, the amendment it is marked with)."""
    checked = handing_in._checked_content
    sealing, amended = threading.Event(), threading.Event()

    def slowly(*arguments: Any) -> Any:
        sealing.set()
        amended.wait(timeout=1.5)
        return checked(*arguments)

    def amend() -> None:
        sealing.wait(timeout=10)
        call = Call.objects.get(pk=committed.call.pk)
        values = {"deadline": in_days(40)}
        amend_call(call, reason="Dłużej", confirm=True, values=values, actor=DIRECTOR)
        amended.set()

    def hand_in() -> None:
        offer = Offer.objects.get(pk=committed.offer.pk)
        handing_in.hand_in(offer, seen_version=offer.draft_version, actor=MANAGER)

    with mock.patch.object(handing_in, "_checked_content", slowly):
        assert sorted(at_once(committed.tenant, hand_in, amend)) == ["done", "done"]
    sealed, amendment = committed.offer.sealed.get(), committed.call.amendments.get()
    return sealed.submitted_at < amendment.published_at, sealed.amendment


def test_without_the_lock_an_offer_passes_for_one_written_after_the_amendment(committed: Committed) -> None:
    unlocked = mock.patch.object(handing_in, "share_call", lambda call_id: Call.objects.get(pk=call_id))
    with unlocked:
        assert hand_in_while_amending(committed) == (True, 1)


def test_an_offer_is_handed_in_before_or_after_an_amendment(committed: Committed) -> None:
    assert hand_in_while_amending(committed) == (True, 0)


def publish_twice(committed: Committed) -> list[str]:
    """Two directors publish the same draft; both have checked it before either writes."""
    check, meet = publishing.check_call, met(2)

    def together(*arguments: Any, **named: Any) -> Any:
        lines = check(*arguments, **named)
        meet()
        return lines

    with mock.patch.object(publishing, "check_call", together):
        verbs = [lambda: publish_call(committed.draft, actor=DIRECTOR)] * 2
        return sorted(at_once(committed.tenant, *verbs))


def test_without_the_lock_two_directors_both_come_to_publish(committed: Committed) -> None:
    with without_lock():
        assert publish_twice(committed) != ["done", "wrong_state"]


def test_a_call_is_published_once(committed: Committed) -> None:
    assert publish_twice(committed) == ["done", "wrong_state"]
    assert CallKey.objects.filter(call=committed.draft).count() == 1
    assert Entry.objects.filter(verb="publish_call", subject_id=str(committed.draft.pk)).count() == 1


def close_by_many(committed: Committed) -> int:
    """Six come to a call whose deadline has passed; how often it was closed."""
    now = timezone.now()
    Call.objects.filter(pk=committed.call.pk).update(
        published_at=now - timedelta(days=40), deadline=now - timedelta(seconds=1)
    )
    digest, meet = closing.receipts_digest, met(6)

    def together(call: Call) -> str:
        meet()
        return digest(call)

    with mock.patch.object(closing, "receipts_digest", together):
        verbs = [lambda: close_if_due(Call.objects.get(pk=committed.call.pk))] * 6
        assert sorted(at_once(committed.tenant, *verbs)) == ["done"] * 6
    return Entry.objects.filter(verb="close_call").count()


def test_without_the_lock_a_call_is_closed_many_times(committed: Committed) -> None:
    with without_lock():
        assert close_by_many(committed) > 1


def test_a_call_is_closed_once(committed: Committed) -> None:
    assert close_by_many(committed) == 1


def amend_twice(committed: Committed) -> list[str]:
    """Two directors amend from the same page."""
    call = Call.objects.get(pk=committed.call.pk)
    seen = amendment_stamp(call)

    def amend(title: str) -> Any:
        return amend_call(call, reason="x", confirm=False, values={"title": title}, seen=seen, actor=DIRECTOR)

    return sorted(at_once(committed.tenant, lambda: amend("Jeden"), lambda: amend("Dwa")))


def test_of_two_amendments_from_one_page_the_later_learns_of_the_earlier(committed: Committed) -> None:
    assert amend_twice(committed) == ["changed_meanwhile", "done"]
    assert committed.call.amendments.count() == 1


@pytest.mark.django_db
def test_a_clock_moved_back_opens_nothing(in_alfa: Tenant) -> None:
    call = published_call()
    now = timezone.now()
    Call.objects.filter(pk=call.pk).update(
        published_at=now - timedelta(days=40), deadline=now - timedelta(seconds=1)
    )
    closed = close_if_due(Call.objects.get(pk=call.pk))
    with mock.patch.object(closing, "database_now", return_value=now - timedelta(days=1)):
        again = close_if_due(Call.objects.get(pk=call.pk))
    assert again.closed_at == closed.closed_at
    assert not again.takes_offers(now - timedelta(days=1))

"""Two decisions on small grants that together exceed a limit, in real threads and real transactions."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from contracting.tenders.actions import small_grants
from contracting.tenders.actions.deciding import publish_results
from contracting.tenders.actions.postings import record_comment
from contracting.tenders.models import Award, Call, OfferPosting, PostingComment
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Organisation, Tenant
from tests.contracting.tenders.calls_world import DIRECTOR
from tests.factories.people import partner
from tests.factories.postings import post_for_comments
from tests.factories.tenders import make_call, opened_offer
from tests.racing import committed_tenant, committing, results_at_once

db = committing


@dataclass
class Race:
    """Two calls, each with 12 000 zł for one organisation that may have 20 000 zł in a year."""

    tenant: Tenant
    calls: list[Call]


def decided_call(number: str, organisation: Organisation) -> Call:
    """A call with two small grants of 6 000 zł for the organisation, posted and decided, not yet published."""
    call = make_call(number=number, kind=Call.Kind.SMALL_GRANT, lots=["6000.00", "6000.00"])
    for lot in call.lots.all():
        offer = opened_offer(call, organisation, lot=lot, grant="6000.00")
        post_for_comments(offer)
        granted = {"opinion": "granted", "opinion_amount": Decimal("6000.00"), "decision": "granted"}
        decided = {"amount": Decimal("6000.00"), "decided_at": timezone.now(), "decided_by": new_id()}
        Award.objects.create(offer=offer, lot=lot, **granted, **decided)
    return call


@pytest.fixture
def race(db: None) -> Iterator[Race]:
    """Really committed, in a tenant of its own; removed afterwards."""
    with committed_tenant("granty", "Granty") as tenant:
        with public_scope():
            organisation = partner(tenant, name="Fundacja Wyścig Grantów")
        with tenant_scope(tenant):
            calls = [decided_call(number, organisation) for number in ("MG/1", "MG/2")]
        yield Race(tenant, calls)


def at_once(tenant: Tenant, *verbs: Callable[[], Any]) -> list[str]:
    """Start all verbs together; gives “done” or the codes of the problems of each, in their order."""
    return [
        " ".join(sorted({problem.code for problem in result.problems}))
        if isinstance(result, DomainError)
        else "done"
        for result in results_at_once(tenant, *verbs)
    ]


def publish_both(race: Race) -> list[str]:
    """Two directors publish the results of the two calls at the same moment."""
    return at_once(
        race.tenant, *(lambda call=call: publish_results(call, actor=DIRECTOR) for call in race.calls)
    )


def given(race: Race) -> Decimal:
    """What the organisation has in published small grants."""
    with tenant_scope(race.tenant):
        awards = Award.objects.filter(decision="granted", lot__call__state=Call.State.DECIDED)
        return sum((award.amount or Decimal(0) for award in awards), Decimal(0))


def test_without_the_lock_both_decisions_together_exceed_the_limit(race: Race) -> None:
    """The race is real: each sees that the other has given nothing yet."""
    both_have_looked = threading.Barrier(2)
    given_earlier = small_grants._given_earlier

    def look_and_wait(call: Call, year: int) -> Any:
        found = given_earlier(call, year)
        both_have_looked.wait(timeout=30)
        return found

    with (
        mock.patch.object(small_grants, "hold", return_value=None),
        mock.patch.object(small_grants, "_given_earlier", look_and_wait),
    ):
        assert publish_both(race) == ["done", "done"]
    assert given(race) == Decimal("24000.00")


def test_of_two_decisions_that_exceed_the_limit_together_one_is_refused(race: Race) -> None:
    assert sorted(publish_both(race)) == ["done", "small_grants_of_organisation"]
    assert given(race) == Decimal("12000.00")


def test_a_comment_that_comes_while_results_are_published_is_never_passed_over(race: Race) -> None:
    """Either it stands first and the publication waits for it, or it was written down after the publication."""
    with tenant_scope(race.tenant):
        posting = OfferPosting.objects.filter(offer__call=race.calls[0]).first()
        assert posting is not None
    outcomes = at_once(
        race.tenant,
        lambda: record_comment(posting, received_on=posting.www_on, text="Uwaga", actor=DIRECTOR),
        lambda: publish_results(race.calls[0], actor=DIRECTOR),
    )
    with tenant_scope(race.tenant):
        published = Call.objects.get(pk=race.calls[0].pk).decided_at
        comment = PostingComment.objects.first()
    assert outcomes[1] in {"done", "comments_not_considered"}
    if outcomes[1] == "comments_not_considered":
        assert outcomes[0] == "done" and published is None
    elif outcomes[0] == "done":
        assert comment is not None and published is not None and comment.recorded_at > published

"""Small grants: each, those of an organisation in the year, and the pool, when the organ decides."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from contracting.commissioning.models import FundingSource
from contracting.tenders.actions.deciding import Decision, decide_offers
from contracting.tenders.actions.small_grants import problems_of_small_grants
from contracting.tenders.models import Award, Call
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.periods import local_date
from kernel.tenancy import public_scope
from tenants.models import Organisation, Tenant
from tests.contracting.tenders.calls_world import DIRECTOR
from tests.contracting.tenders.test_calls_drafting import cycle_with
from tests.factories.people import partner
from tests.factories.postings import post_for_comments
from tests.factories.tenders import make_call, opened_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def organisation(in_alfa: Tenant) -> Organisation:
    with public_scope():
        return partner(in_alfa)


def small_call(
    number: str, organisation: Organisation, *amounts: str, state: str = Call.State.OPENED, **fields: Any
) -> tuple[Call, list[Award]]:
    """A call for small grants with a lot for each amount, all proposed for the organisation."""
    call = make_call(number=number, kind=Call.Kind.SMALL_GRANT, state=state, lots=["60000.00"] * len(amounts))
    awards = []
    for lot, amount in zip(call.lots.all(), amounts, strict=True):
        offer = opened_offer(call, organisation, lot=lot, grant="60000.00")
        post_for_comments(offer)
        given: dict[str, Any] = {"decision": "granted", "amount": Decimal(amount)}
        given |= {"decided_at": timezone.now(), "decided_by": new_id(), **fields}
        awards.append(
            Award.objects.create(
                offer=offer, lot=lot, opinion="granted", opinion_amount=Decimal(amount), **given
            )
        )
    return call, awards


def codes(found: tuple[Call, Sequence[Award]]) -> list[str]:
    return [problem.code for problem in problems_of_small_grants(*found)]


@pytest.mark.parametrize(("amount", "expected"), [("10000.00", []), ("10000.01", ["small_grant_too_large"])])
def test_a_grosz_over_ten_thousand_is_too_much(
    organisation: Organisation, amount: str, expected: list[str]
) -> None:
    assert codes(small_call("M/1", organisation, amount)) == expected


@pytest.mark.parametrize(
    ("amount", "expected"), [("8000.00", []), ("8000.01", ["small_grants_of_organisation"])]
)
def test_an_organisation_gets_twenty_thousand_a_year(
    organisation: Organisation, amount: str, expected: list[str]
) -> None:
    small_call("M/1", organisation, "7000.00", "5000.00", state=Call.State.DECIDED)
    assert codes(small_call("M/2", organisation, amount)) == expected


def test_grants_of_one_decision_count_together(organisation: Organisation) -> None:
    assert codes(small_call("M/1", organisation, "9000.00", "9000.00", "2000.01")) == [
        "small_grants_of_organisation"
    ]


def test_other_years_other_organisations_and_what_is_not_decided_do_not_count(
    in_alfa: Tenant, organisation: Organisation
) -> None:
    last_year = {"decided_at": timezone.now() - timedelta(days=366)}
    small_call("M/1", organisation, "10000.00", "10000.00", state=Call.State.DECIDED, **last_year)
    small_call("M/2", organisation, "10000.00")
    with public_scope():
        other = partner(in_alfa)
    small_call("M/3", other, "10000.00", state=Call.State.DECIDED)
    assert codes(small_call("M/4", organisation, "10000.00", "10000.00")) == []


@pytest.mark.parametrize(("planned", "expected"), [("50000.00", []), ("49999.95", ["small_grant_pool"])])
def test_a_fifth_of_the_years_money_may_go_as_small_grants(
    organisation: Organisation, planned: str, expected: list[str]
) -> None:
    cycle = cycle_with("entrust")
    FundingSource.objects.all().delete()
    year = local_date(timezone.now()).year
    FundingSource.objects.create(cycle=cycle, year=year, kind="own_budget", amount=Decimal(planned))
    # Money of the persons themselves is no grant.
    FundingSource.objects.create(cycle=cycle, year=year, kind="payments", amount=Decimal("90000.00"))
    assert codes(small_call("M/1", organisation, "10000.00")) == expected


def test_other_calls_have_no_such_limits(organisation: Organisation) -> None:
    call, awards = small_call("M/1", organisation, "60000.00")
    call.kind = Call.Kind.SUPPORT
    assert problems_of_small_grants(call, awards) == []


def test_the_organ_cannot_decide_past_them(organisation: Organisation) -> None:
    call, awards = small_call("M/1", organisation, "10000.01", decision="", decided_at=None)
    Award.objects.update(amount=None)
    with pytest.raises(DomainError) as caught:
        decide_offers(call, {awards[0].offer_id: Decision("granted", Decimal("10000.01"))}, actor=DIRECTOR)
    assert [problem.code for problem in caught.value.problems] == ["small_grant_too_large"]
    assert not Award.objects.exclude(decision="").exists()

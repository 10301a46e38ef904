"""Queries of the page that compares offers: 50 offers, 9 members, 8 criteria; and of half as many offers."""

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracting.tenders.models import Criterion, Declaration, Evaluation, Offer, Score, Seat
from kernel.tenancy import public_scope, tenant_scope
from tests.bench.diary_world import tenant_at_hand
from tests.bench.timing import count_line
from tests.contracting.tenders.judging_world import member
from tests.factories.judging import close, pass_form
from tests.factories.people import OrganisationFactory
from tests.factories.tenders import declare_all, make_call, make_committee, opened_offer

SIZES = (25, 50)
MEMBERS, CRITERIA = 9, 8
_CRITERIA = [
    ("Cena", Criterion.Kind.PRICE, 10, 30, "budget"),
    *(
        (f"Kryterium {place}", Criterion.Kind.MERIT, 10, 10, "concept.organisation")
        for place in range(2, CRITERIA + 1)
    ),
]


def _scored_call(tenant: Any, offers: int) -> str:
    """The address of the comparison of a call with so many offers, all scored by all members."""
    with public_scope():
        organisations = [OrganisationFactory(name=f"Fundacja {offers}/{place}") for place in range(offers)]
    people = [member(tenant, "committee_member", f"Członek {place}") for place in range(MEMBERS)]
    with tenant_scope(tenant):
        call = make_call(number=f"K/{offers}", criteria=_CRITERIA)
        for place, organisation in enumerate(organisations):
            opened_offer(call, organisation, price=f"{40 + place}.00")
        committee = make_committee(call, *people)
        declare_all(committee)
        pass_form(call)
        merit = list(call.criteria.filter(kind=Criterion.Kind.MERIT))
        seats = list(Seat.objects.filter(committee=committee))
        opened = list(Offer.objects.filter(call=call))
        Score.objects.bulk_create(
            Score(
                seat=seat, offer=offer, criterion=criterion, points=(row + column) % 10, reason="opis zgodny"
            )
            for row, offer in enumerate(opened)
            for column, seat in enumerate(seats)
            for criterion in merit
        )
        close(committee)
        Evaluation.objects.bulk_create(
            Evaluation(seat=seat, offer=offer, finished_at=committee.scoring_closed_at)
            for offer in opened
            for seat in seats
        )
        assert Declaration.objects.filter(seat__in=seats).count() == offers * MEMBERS
    return f"/{tenant.slug}/committee/{call.pk}/compare/?marks=1"


def measure() -> list[dict[str, Any]]:
    """The page as the director of the unit sees it, every member's points in each cell."""
    tenant = tenant_at_hand()
    director = member(tenant, "director", "Dyrektor")
    client = Client()
    client.force_login(director)
    counts = {}
    for offers in SIZES:
        address = _scored_call(tenant, offers)
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(address)
        assert page.status_code == 200
        assert page.content.count(b"data-cell") == offers * CRITERIA
        counts[offers] = len(captured)
    return [
        count_line(
            "compare offers page, 25 and 50 offers × 9 members × 8 criteria, number of queries", counts, 25
        )
    ]

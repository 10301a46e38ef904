"""What stands still once offers are open and scored: the points that counted, and the rules of the order."""

import pytest

from contracting.tenders.models import Committee
from contracting.tenders.queries.comparison import comparisons_of
from contracting.tenders.queries.desk import desk_of
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Membership, Tenant
from tests.contracting.tenders.judging_world import JudgingWorld, build_judging
from tests.factories.judging import close, pass_form, score
from tests.factories.tenders import declare_all

pytestmark = pytest.mark.django_db


def scored(tenant: Tenant, *, closed: bool = True) -> JudgingWorld:
    """Two offers, the first wins by the points of the third member only."""
    world = build_judging(tenant, lots=["100000.00"])
    with tenant_scope(tenant):
        declare_all(world.committee)
        pass_form(world.call)
        for offer, points in zip(world.offers, ((10, 10, 20), (14, 14, 0)), strict=True):
            for place, concept in enumerate(points):
                score(world.seat(place), offer, {"Koncepcja usługi": concept, "Kadra": 5})
        if closed:
            close(world.committee)
    return world


def ranking(world: JudgingWorld) -> list[tuple[int, int]]:
    """Number and count of the points on the concept, the best offer first."""
    with tenant_scope(world.tenant):
        (comparison,) = comparisons_of(Committee.objects.select_related("call").get())
        return [(line.bid.number, len(line.cells[1].points)) for line in comparison.lines]


def release(world: JudgingWorld, place: int) -> str:
    answer = world.client(world.director).post(
        world.url("seats", world.seat(place), "release"), {"reason": "choroba"}, follow=True
    )
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_release_after_the_close_changes_no_points(alfa: Tenant) -> None:
    world = scored(alfa)
    assert ranking(world) == [(1, 3), (2, 3)]
    page = world.client(world.director).get(world.url("seats", world.seat(2), "release")).content.decode()
    assert "punkty pozostają w wyniku" in page
    assert "punkty, które liczyły się przy zamknięciu oceny, pozostają" in release(world, 2)
    assert ranking(world) == [(1, 3), (2, 3)]


def test_a_release_before_the_close_takes_the_points_away(alfa: Tenant) -> None:
    world = scored(alfa, closed=False)
    assert "punkty nie są już liczone" in release(world, 2)
    with tenant_scope(alfa):
        close(world.committee)
    assert ranking(world) == [(2, 2), (1, 2)]


def test_an_exclusion_after_the_close_changes_no_points(alfa: Tenant, beta: Tenant) -> None:
    """Who begins to work for a bidder later takes part no more; what counted at the close stands."""
    world = scored(alfa)
    with public_scope():
        Membership.objects.create(
            user=world.people[2], tenant=beta, role="ngo_coordinator", organisation=world.organisations[0]
        )
    answer = world.client(world.people[2]).post(
        world.url("declarations"), {f"offer-{world.offers[0].pk}": "yes"}
    )
    assert answer.status_code in (403, 422)
    with tenant_scope(alfa):
        assert world.seat(2).excluded_at is not None
        desk = desk_of(Committee.objects.select_related("call").get())
        assert [len(desk.counted(offer)) for offer in world.offers] == [3, 3]
    assert ranking(world) == [(1, 3), (2, 3)]

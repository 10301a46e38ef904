"""What stands still once offers are open and scored: the points that counted, and the rules of the order."""

import pytest

from contracting.tenders.actions.committees import change_committee, committee_stamp
from contracting.tenders.actions.deciding import Decision, decide_offers
from contracting.tenders.actions.opinions import write_joint_note
from contracting.tenders.models import Award, Committee, Evaluation
from contracting.tenders.queries.comparison import comparisons_of
from contracting.tenders.queries.desk import desk_of
from kernel.errors import DomainError
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


def write_joint_notes(world: JudgingWorld) -> None:
    (comparison,) = comparisons_of(Committee.objects.select_related("call").get())
    criteria = {one.pk: one for one in comparison.criteria}
    for offer_id, criterion_id in comparison.notes_missing:
        offer = comparison.offers[offer_id]
        write_joint_note(offer, criteria[criterion_id], text="Ustalono", actor=world.actor(0))


def opinion_of_all(world: JudgingWorld) -> dict[str, str]:
    """The form of the opinion as the page proposes it."""
    page = world.client(world.people[0]).get(world.url("opinion"))
    form = page.context["form"]
    return {name: "" if field.initial is None else str(field.initial) for name, field in form.fields.items()}


def test_no_opinion_is_adopted_below_the_quorum(alfa: Tenant) -> None:
    world = scored(alfa)
    with tenant_scope(alfa):
        Evaluation.objects.filter(offer=world.offers[0]).exclude(seat=world.seat(0)).delete()
    with tenant_scope(alfa):
        write_joint_notes(world)
    answer = world.client(world.people[0]).post(world.url("opinion"), opinion_of_all(world))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Oferta 1: zakończone oceny 1, kworum 2" in html
    assert "oceniło mniej członków" in html
    with tenant_scope(alfa):
        assert not Award.objects.exists()


def change_order(world: JudgingWorld, **typed: str) -> dict[str, object]:
    """What of the order stands after the director typed this."""
    client, address = world.client(world.director), world.url("appoint")
    form = client.get(address).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    with tenant_scope(world.tenant):
        shown["seen"] = committee_stamp(Committee.objects.get())
    client.post(
        address, {**{name: "" if value is None else str(value) for name, value in shown.items()}, **typed}
    )
    with tenant_scope(world.tenant):
        order = Committee.objects.values().get()
    return {name: order[name] for name in typed}


def test_quorum_and_spread_are_fixed_once_the_offers_are_open(alfa: Tenant) -> None:
    world = build_judging(alfa)
    typed = {"quorum": "1", "spread_percent": "100", "order_number": "Z/12/2026"}
    assert change_order(world, **typed) == {"quorum": 2, "spread_percent": 30, "order_number": "Z/12/2026"}
    page = world.client(world.director).get(world.url("appoint")).content.decode()
    assert "kworum i rozrzut nie podlegają już zmianie" in page
    with tenant_scope(alfa), pytest.raises(DomainError) as caught:
        change_committee(world.committee, spread_percent=100, actor=world.director_actor)
    assert [problem.field for problem in caught.value.problems] == ["spread_percent"]


def test_until_the_opening_the_order_may_change(alfa: Tenant) -> None:
    world = build_judging(alfa, offers=0, state="published")
    typed = {"quorum": "3", "spread_percent": "100"}
    assert change_order(world, **typed) == {"quorum": 3, "spread_percent": 100}


def test_after_the_close_only_the_reason_without_organisations_changes(alfa: Tenant) -> None:
    world = scored(alfa)
    with tenant_scope(alfa):
        before = Committee.objects.get().order_number
    typed = {"order_number": "Z/13/2026", "without_ngo_reason": "not_attended"}
    assert change_order(world, **typed) == {"order_number": before, "without_ngo_reason": "not_attended"}
    with tenant_scope(alfa), pytest.raises(DomainError) as caught:
        change_committee(world.committee, order_number="Z/13/2026", actor=world.director_actor)
    assert [problem.code for problem in caught.value.problems] == ["order_fixed"]


def test_once_the_organ_decides_the_opinion_stands(alfa: Tenant) -> None:
    world = scored(alfa)
    chair, typed = world.client(world.people[0]), opinion_of_all(world)
    with tenant_scope(alfa):
        write_joint_notes(world)
    assert chair.post(world.url("opinion"), typed).status_code == 302
    assert chair.post(world.url("opinion"), typed).status_code == 302
    with tenant_scope(alfa):
        first = Award.objects.get(offer=world.offers[0])
        decision = Decision(first.opinion, first.opinion_amount)
        decide_offers(world.call, {first.offer_id: decision}, actor=world.director_actor)
    answer = chair.post(world.url("opinion"), typed)
    assert answer.status_code == 422
    assert "Organ zaczął już rozstrzygać" in answer.content.decode()
    with tenant_scope(alfa):
        assert Award.objects.get(offer=world.offers[0]).decision == "granted"

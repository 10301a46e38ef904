"""Who checks the form: with a vote or by role, declared, working for no bidder; and a correction that is not cut short."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from contracting.tenders.actions.checking import PointChecked, ask_correction, conclude_check
from contracting.tenders.actions.declaring import Declared, declare
from contracting.tenders.models import FormalCheck, OfferPartner, OfficeDeclaration, Seat
from contracting.tenders.queries.formal import points_of
from kernel.access import Actor
from kernel.errors import DomainError, NotAllowed
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Membership, Organisation, Tenant
from tests.contracting.tenders.judging_world import JudgingWorld, build_judging, member
from tests.factories.judging import score_all
from tests.factories.people import partner
from tests.factories.tenders import declare_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Tenant) -> JudgingWorld:
    return build_judging(alfa)


def check(world: JudgingWorld, person: Any, verb: str, place: int = 0) -> int:
    """The status of the answer to a check sent through the page."""
    offer = world.offers[place]
    with tenant_scope(world.tenant):
        form = {f"point-{point.key}": "yes" for point in points_of(offer)}
    sent = {**form, "verb": verb, "reason": "Brak statutu"}
    return int(world.client(person).post(world.url("offers", offer, "form"), sent).status_code)


def results(world: JudgingWorld) -> list[str]:
    with tenant_scope(world.tenant):
        return list(FormalCheck.objects.order_by("offer__number").values_list("result", flat=True))


def declare_by_page(world: JudgingWorld, person: Any, **answers: str) -> Any:
    """`o1="yes"` and so on; a refusal comes with its reason."""
    sent = {}
    for name, answer in answers.items():
        pk = world.offers[int(name[1:]) - 1].pk
        sent |= {f"offer-{pk}": answer, f"reason-{pk}": "" if answer == "yes" else "siostra w zarządzie"}
    return world.client(person).post(world.url("declarations"), sent)


def works_for(user: Any, tenant: Tenant, organisation: Organisation) -> None:
    with public_scope():
        Membership.objects.create(user=user, tenant=tenant, role="ngo_manager", organisation=organisation)


def test_an_expert_refuses_no_offer_on_form(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        Seat.objects.filter(user_id=world.people[2].pk).update(role=Seat.Role.EXPERT)
        declare_all(world.committee)
    page = world.client(world.people[2]).get(world.url("offers", world.offers[0], "form")).content.decode()
    assert "Ekspert ma głos doradczy" in page
    assert 'value="fail"' not in page
    assert check(world, world.people[2], "fail") == 403
    assert results(world) == []
    with tenant_scope(world.tenant), pytest.raises(NotAllowed):
        conclude_check(world.offers[0], points={}, passed=False, reason="x", actor=world.actor(2))
    assert check(world, world.people[1], "fail") == 302
    assert results(world) == ["failed"]


def test_a_member_checks_only_what_they_declared_for(world: JudgingWorld) -> None:
    offer, other = world.offers
    with tenant_scope(world.tenant):
        declare(world.call, {offer.pk: Declared(False, "brat")}, actor=world.actor(1))
        for one in (offer, other):
            with pytest.raises(NotAllowed):
                conclude_check(one, points={}, passed=True, actor=world.actor(1))


def test_a_coordinator_without_a_seat_declares_first(world: JudgingWorld) -> None:
    coordinator = member(world.tenant, "coordinator", "Marek Koordynator")
    client = world.client(coordinator)
    page = client.get(world.url("offers", world.offers[0], "form")).content.decode()
    assert "Najpierw złóż oświadczenie" in page
    assert world.url("declarations") in page
    assert check(world, coordinator, "pass") == 403
    assert declare_by_page(world, coordinator, o1="yes", o2="no").status_code == 302
    assert check(world, coordinator, "pass") == 302
    assert check(world, coordinator, "pass", place=1) == 403
    assert client.get(world.url("offers", world.offers[1])).status_code == 403
    assert results(world) == ["passed"]
    # What was refused is not taken back.
    assert declare_by_page(world, coordinator, o2="yes").status_code == 422
    with tenant_scope(world.tenant):
        assert OfficeDeclaration.objects.filter(impartial=False).count() == 1


def test_only_those_who_check_or_decide_declare_without_a_seat(world: JudgingWorld) -> None:
    inspector = member(world.tenant, "inspector", "Inspektor Próbny")
    assert world.client(inspector).get(world.url("declarations")).status_code == 302
    assert declare_by_page(world, inspector, o1="yes").status_code == 403
    with tenant_scope(world.tenant):
        assert not OfficeDeclaration.objects.exists()
        actor = Actor(inspector.pk, "Inspektor")
        with pytest.raises(NotAllowed):
            conclude_check(world.offers[0], points={}, passed=True, actor=actor)


def test_a_coordinator_who_works_for_a_bidder_reads_and_checks_nothing(
    world: JudgingWorld, beta: Tenant
) -> None:
    coordinator = member(world.tenant, "coordinator", "Kasia Powiązana")
    works_for(coordinator, beta, world.organisations[0])
    client = world.client(coordinator)
    for offer in world.offers:
        assert client.get(world.url("offers", offer)).status_code == 403
        assert client.get(world.url("offers", offer, "form")).status_code == 403
    assert client.get(world.url("compare")).status_code == 403
    assert check(world, coordinator, "fail", place=1) == 403
    assert declare_by_page(world, coordinator, o2="yes").status_code == 403
    actor = Actor(coordinator.pk, "Kasia")
    with tenant_scope(world.tenant), pytest.raises(NotAllowed):
        conclude_check(world.offers[1], points={}, passed=False, reason="x", actor=actor)
    assert results(world) == []
    assert "Pracujesz w organizacji, która złożyła tu ofertę" in client.get(world.url("")).content.decode()


def test_a_member_who_begins_to_work_for_a_bidder_scores_no_more(world: JudgingWorld, beta: Tenant) -> None:
    with tenant_scope(world.tenant):
        declare_all(world.committee)
    works_for(world.people[1], beta, world.organisations[1])
    client = world.client(world.people[1])
    assert client.get(world.url("offers", world.offers[0])).status_code == 403
    answer = client.post(world.url("scoring/finish"), {"verb": "finish"}, follow=True)
    assert answer.status_code == 403
    assert world.seat(1).finished_at is None


def ask(world: JudgingWorld, *paths: str, hours: float = 24) -> FormalCheck:
    with tenant_scope(world.tenant):
        return ask_correction(
            world.offers[0],
            points={},
            paths=list(paths),
            until=timezone.now() + timedelta(hours=hours),
            reason="Zły numer KRS",
            actor=world.actor(),
        )


def test_a_correction_that_is_open_is_not_cut_short(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        declare_all(world.committee)
    first = ask(world, "bidder.krs", "bidder.nip")
    assert check(world, world.people[0], "fail") == 422
    assert results(world) == ["correction"]
    for paths, hours, code in (
        (("bidder.krs", "bidder.nip"), 1, "until_earlier"),
        (("bidder.krs",), 48, "fields_taken_away"),
    ):
        with pytest.raises(DomainError) as caught:
            ask(world, *paths, hours=hours)
        assert caught.value.code == code
    longer = ask(world, "bidder.krs", "bidder.nip", "bidder.address", hours=48)
    assert first.correction_until and longer.correction_until
    assert longer.correction_until > first.correction_until
    with tenant_scope(world.tenant):
        FormalCheck.objects.update(correction_until=timezone.now() - timedelta(seconds=1))
    assert check(world, world.people[0], "fail") == 302
    assert results(world) == ["failed"]


def test_an_offer_may_be_refused_once_the_correction_came(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        declare_all(world.committee)
    ask(world, "bidder.krs")
    bidder = member(world.tenant, "ngo_manager", "Kierownik", world.organisations[0])
    sent = world.client(bidder).post(world.url("correction", world.offers[0]), {"field-0": "0000777777"})
    assert sent.status_code == 302
    assert check(world, world.people[0], "fail") == 302


def test_a_partner_of_a_joint_offer_corrects_nothing(world: JudgingWorld) -> None:
    with public_scope():
        joined = partner(world.tenant, name="Fundacja Partner")
    with tenant_scope(world.tenant):
        declare_all(world.committee)
        OfferPartner.objects.create(offer=world.offers[0], organisation=joined)
    ask(world, "bidder.address")
    manager = member(world.tenant, "ngo_manager", "Kierownik partnera", joined)
    client, address = world.client(manager), world.url("correction", world.offers[0])
    page = client.get(address).content.decode()
    assert "lider oferty wspólnej, do" in page
    assert "field-0" not in page
    assert "Popraw ofertę" not in client.get(f"/{world.tenant.slug}/").content.decode()
    assert client.post(address, {"field-0": "ul. Partnera 9"}).status_code == 403
    with tenant_scope(world.tenant):
        assert FormalCheck.objects.get().corrections == {}


def test_a_refusal_on_form_ends_a_scoring_that_waited_for_it(alfa: Tenant) -> None:
    """All have finished, one offer lacks its quorum; refused on form, it no longer holds the scoring open."""
    world = build_judging(alfa)
    with tenant_scope(alfa):
        declare_all(world.committee)
        for offer in world.offers:
            conclude_check(offer, points={"entitled": PointChecked(True)}, passed=True, actor=world.actor())
        for place in (1, 2):
            answers = {world.offers[1].pk: Declared(False, "brat")}
            declare(world.call, answers, actor=world.actor(place))
        score_all(world.committee)
        world.committee.refresh_from_db()
        assert world.committee.scoring_closed_at is None
    assert check(world, world.people[0], "fail", place=1) == 302
    with tenant_scope(alfa):
        world.committee.refresh_from_db()
        assert world.committee.scoring_closed_at is not None


def test_declarations_without_a_choice_are_refused_at_each_offer(world: JudgingWorld) -> None:
    client, page = world.client(world.people[0]), world.url("declarations")
    answer = client.post(page, {})
    body = answer.content.decode()
    assert answer.status_code == 422
    for offer in world.offers:
        assert f'href="#id_offer-{offer.pk}' in body
    assert body.count("Zaznacz, czy zachowujesz bezstronność wobec tej oferty") == 4
    assert "Oświadczenia są zapisane" not in body
    assert declare_by_page(world, world.people[0], o1="yes").status_code == 302
    # What was declared stands chosen on the page: sent again with nothing else it says nothing new.
    again = client.post(page, {f"offer-{world.offers[0].pk}": "yes"})
    assert again.status_code == 422
    assert f'href="#id_offer-{world.offers[0].pk}' not in again.content.decode()
    assert f'href="#id_offer-{world.offers[1].pk}' in again.content.decode()
    assert declare_by_page(world, world.people[0], o1="yes", o2="no").status_code == 302

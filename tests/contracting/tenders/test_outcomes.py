"""After the scoring: joint notes, opinion, the organ's decision and what follows from it."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest

from contracting.tenders import hooks
from contracting.tenders.actions import deciding
from contracting.tenders.actions.deciding import Decision, decide_offers, publish_results
from contracting.tenders.actions.declaring import Declared, declare_in_office
from contracting.tenders.actions.opinions import Opinion, adopt_opinion
from contracting.tenders.actions.protocols import compose_protocol
from contracting.tenders.models import Award, Call, Committee, JointNote
from contracting.tenders.queries.justifying import justification_text
from kernel.errors import DomainError, NotAllowed
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Membership, Tenant
from tests.contracting.tenders.judging_world import JudgingWorld, let_director_declare
from tests.contracting.tenders.outcomes_world import adopt, build_scored, code_of, decisions, note_all, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Tenant) -> JudgingWorld:
    return build_scored(alfa)


@pytest.fixture
def lawful() -> Iterator[None]:
    """The proofs of publication, which other tests look at, are in order."""
    with mock.patch.object(deciding, "require_lawful"):
        yield


def test_a_joint_note_is_asked_for_before_the_opinion(world: JudgingWorld) -> None:
    with pytest.raises(DomainError) as caught:
        adopt(world)
    assert caught.value.code == "notes_missing"
    assert len(caught.value.problems) == 2
    with tenant_scope(world.tenant):
        criterion = world.call.criteria.get(position=3)
    address = world.url("offers", world.offers[2], "points", criterion)
    client = world.client(world.people[1])
    assert client.post(address, {"text": "  "}).status_code == 422
    assert client.post(address, {"text": "Zgoda co do 8 punktów"}).status_code == 302
    assert world.client(world.director).post(address, {"text": "x"}).status_code in {403, 422}
    with tenant_scope(world.tenant):
        assert JointNote.objects.get().text == "Zgoda co do 8 punktów"


def test_the_opinion_begins_with_rank_and_money(world: JudgingWorld) -> None:
    note_all(world)
    html = page(world, world.url("opinion"))
    assert 'value="100000,00"' in html
    assert 'value="50000,00"' in html
    adopt(world)
    with tenant_scope(world.tenant):
        found = {
            award.offer.number: (award.rank, award.points, award.opinion, award.opinion_amount)
            for award in Award.objects.select_related("offer")
        }
    assert found == {
        1: (1, Decimal("91.42"), "granted", Decimal("100000.00")),
        3: (2, Decimal("78.45"), "granted", Decimal("100000.00")),
        2: (3, Decimal("76.60"), "granted", Decimal("50000.00")),
        4: (None, None, "rejected", None),
    }


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"o2": Opinion("granted", Decimal("50000.01"))}, "over_funds"),
        ({"o1": Opinion("granted", Decimal("100000.01"))}, "amount_wrong"),
        ({"o1": Opinion("granted", Decimal(0))}, "amount_wrong"),
        ({"o1": Opinion("granted")}, "amount_wrong"),
        ({"o1": Opinion("reserve")}, "differs_without_reason"),
        ({"o4": Opinion("granted", Decimal(1), "x")}, "form_decides"),
        ({"o1": Opinion("rejected", None, "x")}, "form_decides"),
    ],
)
def test_an_opinion_that_cannot_be_is_refused_whole(world: JudgingWorld, changed: Any, code: str) -> None:
    note_all(world)
    with pytest.raises(DomainError) as caught:
        adopt(world, **changed)
    assert code in code_of(caught)
    with tenant_scope(world.tenant):
        assert not Award.objects.exists()


def test_only_chair_and_secretary_enter_the_opinion_before_the_decision(world: JudgingWorld) -> None:
    note_all(world)
    with tenant_scope(world.tenant):
        with pytest.raises(DomainError) as caught:
            adopt_opinion(world.call, {}, actor=world.actor(2))
        assert caught.value.code == "not_chair_or_secretary"
        Committee.objects.update(scoring_closed_at=None)
        with pytest.raises(DomainError) as caught:
            adopt_opinion(world.call, {}, actor=world.actor(0))
        assert caught.value.code == "scoring_open"


def test_the_organ_may_differ_with_a_reason_only(world: JudgingWorld) -> None:
    note_all(world)
    adopt(world)
    with tenant_scope(world.tenant):
        actor = world.director_actor
        for decision, code in (
            (Decision("reserve"), "differs_without_reason"),
            (Decision("granted", Decimal("90000.00")), "differs_without_reason"),
            (Decision("granted", Decimal("100000.01"), "x"), "amount_wrong"),
            (Decision("rejected", None, "x"), "form_decides"),
        ):
            with pytest.raises(DomainError) as caught:
                decide_offers(world.call, decisions(world, o1=decision), actor=actor)
            assert code in code_of(caught)
        with pytest.raises(DomainError) as caught:
            decide_offers(
                world.call, decisions(world, o2=Decision("granted", Decimal("60000"), "więcej")), actor=actor
            )
        assert "over_funds" in code_of(caught)
        assert not Award.objects.exclude(decision="").exists()
        decide_offers(
            world.call, decisions(world, o2=Decision("refused", None, "cena za wysoka")), actor=actor
        )
        award = Award.objects.get(offer=world.offers[1])
        assert (award.decision, award.amount, award.reason) == ("refused", None, "cena za wysoka")


def test_results_are_published_once_and_each_grant_is_told(world: JudgingWorld, lawful: None) -> None:
    note_all(world)
    adopt(world)
    told: list[Any] = []
    published: list[Any] = []
    with (
        mock.patch.object(hooks.awarded, "_subscribers", [lambda award: told.append(award.offer_id)]),
        mock.patch.object(
            hooks.results_published, "_subscribers", [lambda call, actor: published.append(call.pk)]
        ),
    ):
        client = world.client(world.director)
        let_director_declare(world)
        assert client.post(world.url("decision/publish")).status_code == 422
        form = {}
        with tenant_scope(world.tenant):
            for award in Award.objects.all():
                form |= {
                    f"outcome-{award.offer_id}": award.opinion,
                    f"amount-{award.offer_id}": ""
                    if award.opinion_amount is None
                    else f"{award.opinion_amount}",
                    f"reason-{award.offer_id}": "",
                }
        assert client.post(world.url("decision"), form).url == world.url("decision/publish")
        html = page(world, world.url("decision/publish"), world.director)
        assert "Fundacja Jodła 3" in html
        with tenant_scope(world.tenant):
            compose_protocol(world.call, actor=world.actor())
        assert client.post(world.url("decision/publish")).status_code == 302
        assert client.post(world.url("decision/publish")).status_code == 422
    assert sorted(told) == sorted(offer.pk for offer in world.offers[:3])
    assert published == [world.call.pk]
    with tenant_scope(world.tenant):
        call = Call.objects.get(pk=world.call.pk)
        assert call.state == Call.State.DECIDED
        with pytest.raises(DomainError):
            adopt(world)
        with pytest.raises(DomainError):
            decide_offers(call, decisions(world), actor=world.director_actor)


def test_no_opinion_no_decision(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant), pytest.raises(DomainError) as caught:
        decide_offers(world.call, {}, actor=world.director_actor)
    assert caught.value.code == "no_opinion"
    with tenant_scope(world.tenant), pytest.raises(DomainError) as caught:
        publish_results(world.call, actor=world.director_actor)
    assert {"not_all_decided", "not_lawful"} & code_of(caught)


def test_the_letter_of_justification_is_made_of_reasons_and_names_no_member(
    world: JudgingWorld, lawful: None
) -> None:
    note_all(world)
    adopt(world)
    with tenant_scope(world.tenant):
        decide_offers(world.call, decisions(world), actor=world.director_actor)
        compose_protocol(world.call, actor=world.actor())
        publish_results(world.call, actor=world.director_actor)
        call = Call.objects.get(pk=world.call.pk)
        whole, one = justification_text(call), justification_text(call, world.offers[2])
    for words in ("Powód członka 2: Kadra", "Ustalono po rozmowie", "Brak statutu", "miejsce 1 z 3", "100"):
        assert words in whole
    assert "Fundacja Jodła 3" in one
    assert "Fundacja Jodła 1" not in one
    assert not re.search(r"Członek \d", whole)


def as_advised(world: JudgingWorld) -> dict[str, str]:
    """The form of the decision as the committee's opinion has it."""
    form = {}
    with tenant_scope(world.tenant):
        for award in Award.objects.all():
            amount = "" if award.opinion_amount is None else f"{award.opinion_amount}"
            form |= {
                f"outcome-{award.offer_id}": award.opinion,
                f"amount-{award.offer_id}": amount,
                f"reason-{award.offer_id}": "",
            }
    return form


def test_a_director_declares_before_deciding(world: JudgingWorld) -> None:
    note_all(world)
    adopt(world)
    client, form = world.client(world.director), as_advised(world)
    html = page(world, world.url("decision"), world.director)
    assert "Najpierw złóż oświadczenie" in html
    assert world.url("declarations") in html
    assert client.post(world.url("decision"), form).status_code == 403
    let_director_declare(world)
    assert client.post(world.url("decision"), form).status_code == 302


def test_a_director_with_a_tie_to_a_bidder_decides_nothing(world: JudgingWorld, lawful: None) -> None:
    note_all(world)
    adopt(world)
    with tenant_scope(world.tenant):
        compose_protocol(world.call, actor=world.actor())
        tie = {world.offers[0].pk: Declared(False, "zasiadam w radzie tej fundacji")}
        declare_in_office(world.call, tie, actor=world.director_actor)
    client = world.client(world.director)
    assert "rozstrzyga ktoś inny" in page(world, world.url("decision"), world.director)
    assert client.post(world.url("decision"), as_advised(world)).status_code == 403
    with tenant_scope(world.tenant):
        for verb in (
            lambda: decide_offers(world.call, decisions(world), actor=world.director_actor),
            lambda: publish_results(world.call, actor=world.director_actor),
        ):
            with pytest.raises(NotAllowed):
                verb()
        assert not Award.objects.exclude(decision="").exists()


def test_a_director_who_works_for_a_bidder_decides_nothing(world: JudgingWorld, beta: Tenant) -> None:
    note_all(world)
    adopt(world)
    with public_scope():
        Membership.objects.create(
            user=world.director, tenant=beta, role="ngo_manager", organisation=world.organisations[1]
        )
    client = world.client(world.director)
    for address in (world.url("decision"), world.url("decision/publish")):
        assert client.get(address).status_code == 403
        assert client.post(address, as_advised(world)).status_code == 403
    assert world.url("decision") not in client.get(world.url("")).content.decode()
    with tenant_scope(world.tenant), pytest.raises(NotAllowed):
        decide_offers(world.call, decisions(world), actor=world.director_actor)

"""An offer that could not be opened ends with a finding of the organ, and the protocol tells of it."""

from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from contracting.tenders.actions import deciding
from contracting.tenders.actions.deciding import decide_offers
from contracting.tenders.actions.protocols import compose_protocol
from contracting.tenders.models import Call, SealedOffer, UnreadableOffer
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.judging_world import JudgingWorld, let_director_declare, member
from tests.contracting.tenders.outcomes_world import adopt, build_scored, decisions, note_all, page
from tests.factories.people import partner
from tests.factories.tenders import submit_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Tenant) -> JudgingWorld:
    """A scored call, and one more offer that was found unreadable when the others were opened."""
    made = build_scored(alfa)
    with public_scope():
        bidder = partner(alfa, name="Fundacja Pechowa")
    with tenant_scope(alfa):
        lost = submit_offer(made.call, bidder)
        sealed = SealedOffer.objects.get(offer=lost)
        UnreadableOffer.objects.create(offer=lost, sealed=sealed, found_at=timezone.now())
    return made


def publish(world: JudgingWorld) -> Any:
    with mock.patch.object(deciding, "require_lawful"):
        return world.client(world.director).post(world.url("decision/publish"))


def test_no_results_before_the_finding(world: JudgingWorld) -> None:
    note_all(world)
    adopt(world)
    let_director_declare(world)
    with tenant_scope(world.tenant):
        decide_offers(world.call, decisions(world), actor=world.director_actor)
        protocol = compose_protocol(world.call, actor=world.actor())
        assert "Fundacja Pechowa" in str(protocol.facts)
        lost = UnreadableOffer.objects.select_related("offer").get()
    answer = publish(world)
    assert answer.status_code == 422
    assert f"Nie udało się otworzyć ofert: {lost.offer.number}" in answer.content.decode()
    client, address = world.client(world.director), world.url("decision/unreadable")
    assert address in page(world, world.url("decision"), world.director)
    assert address in page(world, f"/{world.tenant.slug}/", world.director)
    assert "Fundacja Pechowa" in page(world, address, world.director)
    field = f"finding-{lost.offer_id}"
    assert client.post(address, {field: " "}).status_code == 422
    assert client.post(address, {field: "Plik uszkodzony na dysku; oferenta powiadomiono"}).status_code == 302
    with tenant_scope(world.tenant):
        lost.refresh_from_db()
        assert (lost.finding[:4], lost.decided_by) == ("Plik", world.director.pk)
    assert address not in page(world, f"/{world.tenant.slug}/", world.director)
    assert publish(world).status_code == 302
    assert client.post(address, {field: "Inaczej"}).status_code == 422
    with tenant_scope(world.tenant):
        assert Call.objects.get(pk=world.call.pk).state == Call.State.DECIDED
        lost.refresh_from_db()
        assert lost.finding.startswith("Plik")


def test_only_who_decides_establishes_anything(world: JudgingWorld) -> None:
    coordinator = world.client(member(world.tenant, "coordinator", "Marek Koordynator"))
    address = world.url("decision/unreadable")
    assert coordinator.get(address).status_code == 403
    assert coordinator.post(address, {}).status_code == 403

"""What bidders learn after the results: on the page of their offer, in their list, by one mail that tells nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from contracting.tenders import schedule, tasks
from contracting.tenders.actions.deciding import Decision, decide_offers, publish_results
from contracting.tenders.actions.protocols import compose_protocol
from contracting.tenders.models import Award, Call
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.judging_world import JudgingWorld, let_director_declare, member
from tests.contracting.tenders.outcomes_world import adopt, build_scored, decisions, note_all, page
from tests.queueing import remember_queued

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Tenant) -> JudgingWorld:
    return build_scored(alfa)


def decide(world: JudgingWorld) -> None:
    """The first offer is refused with a reason, the second and third stay as proposed; nothing is published."""
    let_director_declare(world)
    note_all(world)
    adopt(world)
    with tenant_scope(world.tenant):
        compose_protocol(world.call, actor=world.actor(1))
        refused = decisions(world, o1=Decision("refused", None, "Dotacja z innego konkursu"))
        decide_offers(world.call, refused, actor=world.director_actor)


def test_the_pages_of_an_offer_tell_its_result_once_it_is_published(world: JudgingWorld) -> None:
    bidders = [
        member(world.tenant, "ngo_manager", f"Prezes {place}", organisation)
        for place, organisation in enumerate(world.organisations)
    ]
    decide(world)
    refused = f"/alfa/offers/{world.offers[0].pk}/"
    before = page(world, "/alfa/offers/", bidders[0]) + page(world, refused, bidders[0])
    assert "komisja je sprawdza i ocenia" in before and "Dotacja z innego konkursu" not in before
    with tenant_scope(world.tenant):
        publish_results(world.call, actor=world.director_actor)
        granted = Award.objects.filter(decision="granted").order_by("rank").first()
        assert granted is not None
    shown = page(world, refused, bidders[0])
    assert "Oferta nie dostała dotacji" in shown and "Dotacja z innego konkursu" in shown
    assert f"/alfa/board/{world.call.pk}/#results" in shown
    assert "wynik: bez dotacji" in page(world, "/alfa/offers/", bidders[0])
    place = [offer.pk for offer in world.offers].index(granted.offer_id)
    theirs = page(world, f"/alfa/offers/{granted.offer_id}/", bidders[place]).replace("\xa0", " ")
    assert "Oferta dostała dotację: 100 000,00 zł" in theirs and "Dotacja z innego konkursu" not in theirs
    listed = page(world, "/alfa/offers/", bidders[place]).replace("\xa0", " ")
    assert "wynik: przyznano, 100 000,00 zł" in listed and "termin minął" not in listed
    rejected = page(world, f"/alfa/offers/{world.offers[3].pk}/", bidders[3])
    assert "odrzucono z powodów formalnych" in rejected


def test_an_annulled_call_is_told_on_the_pages_of_its_offers(world: JudgingWorld) -> None:
    bidder = member(world.tenant, "ngo_manager", "Prezes", world.organisations[0])
    with tenant_scope(world.tenant):
        Call.objects.filter(pk=world.call.pk).update(
            state=Call.State.ANNULLED,
            annulled_at=timezone.now(),
            annulment_ground="other",
            annulment_reason="Brak środków w budżecie",
        )
    assert "Brak środków w budżecie" in page(world, f"/alfa/offers/{world.offers[0].pk}/", bidder)
    assert "konkurs unieważniono" in page(world, "/alfa/offers/", bidder)


def test_bidders_get_one_mail_by_id_after_the_results_are_published(
    world: JudgingWorld, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bidder = member(world.tenant, "ngo_manager", "Prezes", world.organisations[0])
    decide(world)
    pk = str(world.call.pk)
    with tenant_scope(world.tenant):
        tasks.notify_results(pk)
        assert mail.outbox == [], "decided, not published"
        with django_capture_on_commit_callbacks() as handed_over:
            publish_results(world.call, actor=world.director_actor)
        (queued,) = [one for one in handed_over if "notify_results" in str(one)]
        assert queued.keywords["args"] == [pk]  # type: ignore[attr-defined]
        tasks.notify_annulment(pk)
        assert mail.outbox == [], "no annulment"
    again = remember_queued(monkeypatch, tasks.notify_results)
    assert schedule.send_waiting_notices() == 0, "the queue has its five minutes"
    with tenant_scope(world.tenant):
        Call.objects.filter(pk=pk).update(decided_at=timezone.now() - timedelta(minutes=6))
    assert schedule.send_waiting_notices() == 1
    assert again == [(pk, world.tenant.schema_name)]
    with tenant_scope(world.tenant):
        for _time in range(2):
            tasks.notify_results(pk)
    (sent,) = mail.outbox
    assert sent.to == [bidder.email]
    assert str(world.call.number) in sent.subject and "/alfa/offers/" in sent.body
    for hidden in ("Dotacja z innego konkursu", "bez dotacji", "Fundacja", "100"):
        assert hidden not in sent.subject + sent.body, hidden
    assert schedule.send_waiting_notices() == 0

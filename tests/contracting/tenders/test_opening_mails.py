"""The mails after an opening: to the committee and to the bidders, once, by id, with nothing of any offer."""

from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from contracting.tenders import schedule, tasks
from contracting.tenders.actions import opening
from contracting.tenders.models import Call, Offer, Opening, Seat
from kernel.access import Actor
from kernel.ids import new_id
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.judging_world import member
from tests.contracting.tenders.offers_world import after_deadline, bidder, handed_in, published_call
from tests.factories.tenders import make_committee
from tests.queueing import remember_queued

pytestmark = pytest.mark.django_db
MARK = "Znacznik"


class World:
    """A call past its deadline with one offer handed in and one only begun, and a committee of three."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.people = [member(tenant, "committee_member", f"Członek {place}") for place in (1, 2, 3)]
        with tenant_scope(tenant):
            self.call = published_call()
            organisation, other = bidder(f"Fundacja {MARK}"), bidder("Fundacja Zaczęta")
            handed_in(self.call, organisation, MARK)
            Offer.objects.create(
                call=self.call, lot=self.call.lots.get(), organisation=other, draft=b"x", created_by=new_id()
            )
            make_committee(self.call, *self.people)
        with public_scope():
            self.writer = member(tenant, "ngo_coordinator", "Pisząca", organisation)
            self.signer = member(tenant, "ngo_manager", "Składająca", organisation)
            self.beginner = member(tenant, "ngo_manager", "Zaczynająca", other)

    def open(self) -> Opening:
        with tenant_scope(self.tenant):
            for person in self.people[:2]:
                with after_deadline(self.call):
                    made = opening.confirm_opening(
                        self.call, seat_user=person.pk, actor=Actor(person.pk, person.full_name)
                    )
        return made


@pytest.fixture
def world(alfa: Tenant) -> World:
    return World(alfa)


def send(world: World, made: Opening) -> None:
    with tenant_scope(world.tenant):
        tasks.notify_opening(str(made.pk))


def test_members_and_bidders_get_one_mail_that_tells_nothing_of_an_offer(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    with tenant_scope(world.tenant):
        Seat.objects.filter(user_id=world.people[2].pk).update(
            released_at=timezone.now(), release_reason="urlop"
        )
    with django_capture_on_commit_callbacks() as handed_over:
        made = world.open()
    (queued,) = [one for one in handed_over if "notify_opening" in str(one)]
    assert queued.keywords["args"] == [str(made.pk)]  # type: ignore[attr-defined]
    for _again in range(2):
        send(world, made)
    to = {message.to[0]: f"{message.subject} {message.body}" for message in mail.outbox}
    assert len(mail.outbox) == 4
    assert set(to) == {person.email for person in (*world.people[:2], world.writer, world.signer)}
    assert f"/alfa/committee/{world.call.pk}/declarations/" in to[world.people[0].email]
    assert "/alfa/offers/" in to[world.signer.email]
    for text in to.values():
        assert str(world.call.number) in text
        for hidden in (MARK, "Fundacja", "100000", "Członek", world.beginner.email):
            assert hidden not in text, hidden


def test_nothing_is_written_before_the_second_member_has_confirmed(world: World) -> None:
    with tenant_scope(world.tenant), after_deadline(world.call):
        first = world.people[0]
        made = opening.confirm_opening(world.call, seat_user=first.pk, actor=Actor(first.pk, first.full_name))
    send(world, made)
    assert mail.outbox == []


def test_an_excluded_member_is_not_written_to(world: World) -> None:
    made = world.open()
    with tenant_scope(world.tenant):
        Seat.objects.filter(user_id=world.people[1].pk).update(
            excluded_at=timezone.now(), exclusion="belongs", excluding_organisation_id=new_id()
        )
        assert Call.objects.get(pk=world.call.pk).state == Call.State.OPENED
    send(world, made)
    assert world.people[1].email not in {message.to[0] for message in mail.outbox}
    assert world.people[0].email in {message.to[0] for message in mail.outbox}


def test_mails_left_behind_are_handed_over_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = world.open()
    again = remember_queued(monkeypatch, tasks.notify_opening)
    assert schedule.send_waiting_notices() == 0
    with tenant_scope(world.tenant):
        long_ago = timezone.now() - tasks.PATIENCE * 2
        Opening.objects.update(deadline=long_ago, first_at=long_ago, opened_at=long_ago)
    assert schedule.send_waiting_notices() == 1
    assert again == [(str(made.pk), world.tenant.schema_name)]
    send(world, made)
    assert schedule.send_waiting_notices() == 0

"""Who may sit on a committee, whom the law excludes and when, and what releases and refusals change."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.models import Entry
from contracting.commissioning.law import BUNDLED, Limit, lookup
from contracting.tenders import hooks
from contracting.tenders.actions.committees import (
    SeatAsked,
    appoint,
    appoint_seat,
    change_committee,
    committee_stamp,
    release_seat,
)
from contracting.tenders.actions.declaring import Declared, declare
from contracting.tenders.models import Call, Committee, Seat
from contracting.tenders.queries.desk import desk_of
from contracting.tenders.queries.seats import gaps_in
from contracting.tenders.rules.committees import Gap, Member, gaps_of, possible_voices, voices_for
from kernel.errors import Conflict, DomainError, NotAllowed
from kernel.ids import new_id
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Membership, Tenant
from tests.contracting.tenders.judging_world import JudgingWorld, build_judging, member
from tests.factories.judging import pass_form, score_all
from tests.factories.people import partner
from tests.factories.tenders import declare_all, make_call, opened_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Tenant) -> JudgingWorld:
    return build_judging(alfa)


def refused(verb: Any, code: str) -> DomainError:
    with pytest.raises(DomainError) as caught:
        verb()
    assert caught.value.code == code or code in {problem.code for problem in caught.value.problems}
    return caught.value


def seats(*flags: dict[str, Any]) -> list[Member]:
    values = {"is_chair": False, "has_vote": True, "is_from_ngo": False}
    return [Member(new_id(), **{**values, **one}) for one in flags]


def test_the_rules_of_composition_name_every_gap() -> None:
    def gaps(members: list[Member], quorum: int = 2, reason: str = "") -> list[Gap]:
        return gaps_of(members, quorum, ngo_min=1, executive_min=1, without_ngo_reason=reason)

    full = seats({"is_chair": True}, {"is_from_ngo": True}, {})
    assert gaps(full) == []
    assert gaps(seats({"is_chair": True}, {})) == [Gap.NO_NGO]
    assert gaps(seats({"is_chair": True}, {}), reason="none_named") == []
    assert gaps(seats({}, {"is_from_ngo": True})) == [Gap.NO_CHAIR]
    assert gaps(seats({"is_chair": True}, {"has_vote": False, "is_from_ngo": True})) == [Gap.BELOW_QUORUM]
    assert gaps(seats({"is_chair": True, "works": False}, {"works": False, "is_from_ngo": True}, {})) == [
        Gap.NO_CHAIR,
        Gap.BELOW_QUORUM,
        Gap.NO_NGO,
    ]
    chosen = seats({"is_chair": True, "is_from_ngo": True}, {"is_from_ngo": True}, {"has_vote": False})
    assert gaps(chosen) == [Gap.NO_EXECUTIVE]


def test_how_many_of_each_side_is_read_from_the_law_of_the_day_of_the_order(world: JudgingWorld) -> None:
    code = "committee_executive_persons_min"
    with tenant_scope(world.tenant):
        appointed = Committee.objects.get().appointed_on
    (now,) = (row for row in BUNDLED if row.code == code)
    rest = tuple(row for row in BUNDLED if row.code != code)
    many = replace(now, value=Decimal(4), article="art. 15 ust. 9")

    def page(row: Limit) -> str:
        with mock.patch.object(lookup, "BUNDLED", (*rest, row)):
            return str(world.client(world.director).get(world.url("")).content.decode())

    assert "art. 15 ust. 9" not in page(replace(many, valid_from=appointed + timedelta(days=1)))
    shown = page(replace(many, valid_from=appointed))
    assert "W komisji jest mniej przedstawicieli organu wykonawczego" in shown
    assert "(4, art. 15 ust. 9)" in shown


def test_whose_voice_counts_for_an_offer() -> None:
    chair, expert, gone, silent = seats({"is_chair": True}, {"has_vote": False}, {"works": False}, {})
    declared = {chair.seat_id: True, expert.seat_id: True, gone.seat_id: True}
    everybody = [chair, expert, gone, silent]
    assert voices_for(everybody, declared) == [chair.seat_id]
    assert possible_voices(everybody, declared) == 2
    assert possible_voices(everybody, {**declared, silent.seat_id: False}) == 1


def test_the_director_appoints_on_the_page_and_the_record_names_nobody(alfa: Tenant) -> None:
    director = member(alfa, "director", "Dyrektor Próbny")
    person = member(alfa, "committee_member", "Tomasz Powołany")
    with tenant_scope(alfa):
        call = make_call(state=Call.State.PUBLISHED)
    world = JudgingWorld(alfa, call, Committee(), [], [], [person], director)
    client = world.client(director)
    tomorrow = timezone.localdate() + timedelta(days=1)
    refused_order = client.post(
        world.url("appoint"),
        {"order_number": "Z/9/2026", "appointed_on": tomorrow.isoformat(), "quorum": "1", "spread_percent": "25",
         "without_ngo_reason": "none_named"},
    )  # fmt: skip
    assert refused_order.status_code == 422
    assert set(refused_order.context["form"].errors) == {"appointed_on", "quorum"}
    assert f"{tomorrow:%d.%m.%Y} leży w przyszłości" in refused_order.content.decode()
    assert "Jeden członek to nie komisja" in refused_order.content.decode()
    answer = client.post(
        world.url("appoint"),
        {"order_number": "Z/9/2026", "appointed_on": "2026-11-02", "quorum": "2", "spread_percent": "25",
         "without_ngo_reason": "none_named"},
    )  # fmt: skip
    assert answer.status_code == 302
    answer = client.post(
        world.url("appoint/member"), {"user": str(person.pk), "role": "chair", "organisation": ""}
    )
    assert answer.status_code == 302
    with tenant_scope(alfa):
        committee = Committee.objects.get(call=call)
        assert (committee.order_number, committee.quorum, committee.spread_percent) == ("Z/9/2026", 2, 25)
        assert gaps_in(committee, Seat.objects.all()) == [Gap.BELOW_QUORUM]
        told = [str(entry.payload) for entry in Entry.objects.filter(subject_type="committee")]
    assert len(told) == 2
    assert "Tomasz" not in "".join(told)
    page = client.get(world.url("")).content.decode()
    assert "Tomasz Powołany" in page
    assert "Z/9/2026" in page


def test_a_second_chair_and_a_second_seat_are_refused(world: JudgingWorld) -> None:
    other = member(world.tenant, "coordinator", "Marek Drugi")
    with tenant_scope(world.tenant):
        refused(
            lambda: appoint_seat(world.committee, SeatAsked(other.pk, "chair"), actor=world.director_actor),
            "invalid",
        )
        again = SeatAsked(world.people[1].pk)
        refused(lambda: appoint_seat(world.committee, again, actor=world.director_actor), "invalid")
        assert Seat.objects.count() == 3
        with pytest.raises(IntegrityError), transaction.atomic():
            Seat.objects.create(committee=world.committee, user_id=other.pk, role="chair")


def test_only_people_with_a_role_for_it_sit(world: JudgingWorld) -> None:
    worker = member(world.tenant, "accountant", "Renata Księgowa")
    with tenant_scope(world.tenant):
        refused(
            lambda: appoint_seat(world.committee, SeatAsked(worker.pk), actor=world.director_actor),
            "not_of_the_unit",
        )


def test_before_the_opening_every_partner_counts_as_one_that_may_bid(alfa: Tenant, beta: Tenant) -> None:
    person = member(alfa, "committee_member", "Ewa Podwójna")
    director = member(alfa, "director", "Dyrektor Próbny")
    with public_scope():
        organisation = partner(alfa, name="Fundacja Klon")
        elsewhere = partner(beta, name="Fundacja Daleka")
        for one in (organisation, elsewhere):
            Membership.objects.create(user=person, tenant=beta, role="ngo_coordinator", organisation=one)
    world = JudgingWorld(alfa, Call(), Committee(), [], [], [person], director)
    with tenant_scope(alfa):
        call = make_call(state=Call.State.PUBLISHED)
        actor = world.director_actor
        committee = appoint(
            call, order_number="Z/1", appointed_on=call.published_at.date(), quorum=1, actor=actor
        )
        error = refused(
            lambda: appoint_seat(committee, SeatAsked(person.pk), actor=actor), "belongs_to_partner"
        )
        assert "Fundacja Klon" in str(error)
        # Named by that very organisation she may; should it bid, the opening excludes her.
        seat = appoint_seat(committee, SeatAsked(person.pk, organisation_id=organisation.pk), actor=actor)
        assert seat.nominated_by == Seat.NominatedBy.NGO


def test_the_opening_excludes_whoever_a_bidder_named_or_employs(alfa: Tenant, beta: Tenant) -> None:
    world = build_judging(alfa, members=3, offers=1)
    bidder = world.organisations[0]
    with public_scope():
        Membership.objects.create(user=world.people[1], tenant=beta, role="ngo_manager", organisation=bidder)
    with tenant_scope(alfa):
        named = Seat.objects.filter(user_id=world.people[2].pk)
        named.update(nominated_by="ngo", organisation_id=bidder.pk)
        Committee.objects.update(without_ngo_reason="")
        hooks.offers_opened.fire(call=world.call, actor=world.director_actor)
        found = dict(Seat.objects.values_list("user_id", "exclusion"))
        assert found == {
            world.people[0].pk: "",
            world.people[1].pk: "belongs",
            world.people[2].pk: "named",
        }
        committee = Committee.objects.select_related("call").get()
        # All whom organisations named are excluded, which is the third reason of art. 15(2da).
        assert committee.without_ngo_reason == "all_excluded"
        assert gaps_in(committee, Seat.objects.all()) == [Gap.BELOW_QUORUM]
        assert Entry.objects.filter(verb="exclude_member").count() == 2
    page = world.client(world.people[1]).get(world.url(""))
    assert page.status_code == 200
    assert bidder.name in page.content.decode()
    for name in ("declarations", "scoring", "compare", "form", "protocol"):
        assert world.client(world.people[1]).get(world.url(name)).status_code == 403


def test_partners_of_a_joint_offer_exclude_too_and_after_the_opening_nobody_of_theirs_is_appointed(
    alfa: Tenant, beta: Tenant
) -> None:
    person = member(alfa, "committee_member", "Ola Partnerska")
    with public_scope():
        leader, ally = partner(alfa, name="Fundacja Lider"), partner(alfa, name="Fundacja Sojusz")
        Membership.objects.create(user=person, tenant=beta, role="ngo_coordinator", organisation=ally)
    world = build_judging(alfa, offers=0)
    with tenant_scope(alfa):
        opened_offer(world.call, leader, partners=[ally])
        for asked in (SeatAsked(person.pk), SeatAsked(person.pk, organisation_id=ally.pk)):
            error = refused(
                lambda asked=asked: appoint_seat(world.committee, asked, actor=world.director_actor),
                "belongs_to_bidder",
            )
            assert "Fundacja Sojusz" in str(error)


def test_before_the_opening_an_exclusion_tells_nothing(alfa: Tenant, beta: Tenant) -> None:
    """Seats of people of an organisation that has only handed in stay as they are until the opening."""
    world = build_judging(alfa, offers=1, state=Call.State.PUBLISHED)
    with tenant_scope(alfa):
        world.offers[0].opened.delete()
        Seat.objects.filter(user_id=world.people[2].pk).update(
            nominated_by="ngo", organisation_id=world.organisations[0].pk
        )
        hooks.offers_opened.fire(call=world.call, actor=world.director_actor)
        assert not Seat.objects.filter(excluded_at__isnull=False).exists()
    page = world.client(world.director).get(world.url("")).content.decode()
    assert "Część 1" not in page


def test_a_release_needs_a_reason_and_stops_the_points_from_counting(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        declare_all(world.committee)
        pass_form(world.call)
        score_all(world.committee, finish=False)
        assert all(len(desk_of(world.committee).counted(offer)) == 3 for offer in world.offers)
    client = world.client(world.director)
    address = world.url("seats", world.seat(2), "release")
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "rezygnacja"}).status_code == 302
    with tenant_scope(world.tenant):
        assert all(len(desk_of(world.committee).counted(offer)) == 2 for offer in world.offers)
        refused(
            lambda: release_seat(world.seat(2), reason="znowu", actor=world.director_actor),
            "released_already",
        )
    assert world.client(world.people[2]).get(world.url("scoring")).status_code == 404


def test_a_released_chair_is_replaced_and_the_replacement_begins_with_declarations(
    world: JudgingWorld,
) -> None:
    other = member(world.tenant, "inspector", "Dorota Zastępcza")
    with tenant_scope(world.tenant):
        release_seat(world.seat(0), reason="choroba", actor=world.director_actor)
        committee = Committee.objects.select_related("call").get()
        assert gaps_in(committee, Seat.objects.all()) == [Gap.NO_CHAIR]
        appoint_seat(committee, SeatAsked(other.pk, "chair"), actor=world.director_actor)
        assert gaps_in(committee, Seat.objects.all()) == []
    client = world.client(other)
    assert client.get(world.url("declarations")).status_code == 200
    assert client.get(world.url("offers", world.offers[0])).status_code == 403


def test_who_refuses_leaves_quorum_and_average_of_that_offer_alone(world: JudgingWorld) -> None:
    first, second = world.offers
    with tenant_scope(world.tenant):
        declare_all(world.committee)
        pass_form(world.call)
        score_all(world.committee, finish=False)
        declare(world.call, {first.pk: Declared(False, "siostra w zarządzie")}, actor=world.actor(1))
        desk = desk_of(Committee.objects.select_related("call").get())
        assert [len(desk.counted(offer)) for offer in (first, second)] == [2, 3]
        assert desk.short == []
        declare(world.call, {first.pk: Declared(False, "dawny pracodawca")}, actor=world.actor(2))
        desk = desk_of(Committee.objects.select_related("call").get())
        assert [offer.pk for offer in desk.short] == [first.pk]
    page = world.client(world.director).get(world.url("")).content.decode()
    assert "nie osiągnie już kworum" in page


def test_a_refusal_cannot_be_taken_back_and_needs_its_reason(world: JudgingWorld) -> None:
    offer, client = world.offers[0], world.client(world.people[1])
    answer = client.post(world.url("declarations"), {f"offer-{offer.pk}": "no", f"reason-{offer.pk}": ""})
    assert answer.status_code == 422
    with tenant_scope(world.tenant):
        declare(world.call, {offer.pk: Declared(False, "kuzyn")}, actor=world.actor(1))
        refused(
            lambda: declare(world.call, {offer.pk: Declared(True)}, actor=world.actor(1)), "declared_partial"
        )
        refused(lambda: declare(world.call, {new_id(): Declared(True)}, actor=world.actor(1)), "not_opened")
        with pytest.raises(NotAllowed):
            declare(world.call, {offer.pk: Declared(True)}, actor=world.director_actor)


def test_who_begins_to_work_for_a_bidder_is_excluded_when_they_declare(alfa: Tenant, beta: Tenant) -> None:
    world = build_judging(alfa)
    with public_scope():
        Membership.objects.create(
            user=world.people[1], tenant=beta, role="ngo_coordinator", organisation=world.organisations[0]
        )
    with tenant_scope(alfa):
        with pytest.raises(NotAllowed) as caught:
            declare(world.call, {world.offers[0].pk: Declared(True)}, actor=world.actor(1))
        assert caught.value.code == "excluded"
        assert Seat.objects.get(user_id=world.people[1].pk).exclusion == "belongs"


def test_an_order_changed_meanwhile_is_not_overwritten(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        committee = Committee.objects.select_related("call").get()
        seen = committee_stamp(committee)
        change_committee(committee, order_number="Z/10/2026", actor=world.director_actor)
        with pytest.raises(Conflict):
            change_committee(committee, order_number="Z/11/2026", seen=seen, actor=world.director_actor)
        assert Committee.objects.get().order_number == "Z/10/2026"


def test_a_member_without_a_seat_finds_nothing(world: JudgingWorld) -> None:
    stranger = world.client(member(world.tenant, "committee_member", "Obcy Członek"))
    for name in ("", "declarations", "form", "scoring", "compare", "opinion", "protocol"):
        assert stranger.get(world.url(name)).status_code == 404
    for tail in ("", "form", "score"):
        parts = [world.offers[0], tail] if tail else [world.offers[0]]
        assert stranger.get(world.url("offers", *parts)).status_code == 404
    assert world.call.title not in stranger.get(f"/{world.tenant.slug}/committee/").content.decode()


def test_the_list_of_committees_says_states_as_the_list_of_calls_does(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        future = timezone.now() + timedelta(days=10)
        without = make_call(number="K/7/2027", state=Call.State.PUBLISHED, deadline=future)
        over = make_call(
            number="K/8/2027",
            state=Call.State.ANNULLED,
            annulled_at=timezone.now(),
            annulment_ground="other",
            annulment_reason="Brak środków",
        )
    html = world.client(world.director).get(f"/{world.tenant.slug}/committee/").content.decode()
    lines = {
        call.pk: re.sub(r"<[^>]+>|\s+", " ", line)
        for call in (world.call, without, over)
        for line in re.findall(r"<tr>.*?</tr>", html, re.S)
        if str(call.pk) in line
    }
    assert "przyjmuje oferty" in lines[without.pk] and "brak komisji" in lines[without.pk]
    assert "unieważniony" in lines[over.pk] and "brak komisji" not in lines[over.pk]
    assert world.committee.order_number in lines[world.call.pk] and "brak komisji" not in lines[world.call.pk]

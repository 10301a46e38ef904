"""What the committee's pages and the decision refuse: who has no seat, who came too early or too late, and why."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from contracting.tenders.actions import deciding
from contracting.tenders.actions.checking import ask_correction
from contracting.tenders.actions.deciding import decide_offers
from contracting.tenders.actions.justifications import answer_justification
from contracting.tenders.actions.protocols import compose_protocol, register_signature
from contracting.tenders.models import (
    Call,
    Committee,
    FormalCheck,
    JointNote,
    JustificationRequest,
    Lot,
    OfficeDeclaration,
    Protocol,
    ProtocolSignature,
    Seat,
)
from contracting.tenders.rules.formal import correctable_paths
from contracting.tenders.views import committees, outcomes
from kernel.errors import DomainError
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Membership, Partnership, Tenant
from tests.contracting.tenders.calls_world import DIRECTOR
from tests.contracting.tenders.judging_world import (
    JudgingWorld,
    build_judging,
    let_director_declare,
    member,
)
from tests.contracting.tenders.outcomes_world import adopt, build_scored, decisions, note_all
from tests.factories.people import UserFactory, partner
from tests.factories.tenders import declare_all, make_call, make_committee
from tests.meanwhile import meanwhile

pytestmark = pytest.mark.django_db
NO_SEAT = "Nie zasiadasz w komisji tego konkursu."
ORDER = {"order_number": "Z/99/2026", "appointed_on": "2026-01-05", "quorum": "2", "spread_percent": "30"}


@pytest.fixture
def world(alfa: Tenant) -> JudgingWorld:
    return build_judging(alfa)


def refused(answer: Any, says: str, status: int = 422) -> None:
    """The page, with the sentence."""
    assert says in answer.content.decode().replace("\xa0", " ")
    assert answer.status_code == status


def composed(world: JudgingWorld) -> Protocol:
    with tenant_scope(world.tenant):
        return compose_protocol(world.call, actor=world.actor())


def call_without_committee(world: JudgingWorld, **fields: Any) -> Call:
    with tenant_scope(world.tenant):
        return make_call(number="K/2/2026", **fields)


def test_who_has_no_seat_does_nothing_of_the_committee(alfa: Tenant) -> None:
    world = build_scored(alfa)
    made = composed(world)
    for address, says in (
        (world.url("opinion"), NO_SEAT),
        (world.url("protocol"), "Protokół tworzy komisja."),
        (world.url("protocols", made, "sign"), NO_SEAT),
        (world.url("offers", world.offers[0], "score"), NO_SEAT),
    ):
        refused(world.client(world.director).post(address), says, 403)
    with tenant_scope(alfa):
        assert Protocol.objects.count() == 1 and not ProtocolSignature.objects.exists()


def test_no_member_before_the_order_of_appointment(world: JudgingWorld) -> None:
    call = call_without_committee(world)
    answer = world.client(world.director).post(f"/alfa/committee/{call.pk}/appoint/member/")
    refused(answer, "Najpierw wpisz zarządzenie o powołaniu, potem członków.", 403)
    with tenant_scope(world.tenant):
        assert not Seat.objects.filter(committee__call=call).exists()


def test_a_committee_that_somebody_else_has_just_appointed(world: JudgingWorld) -> None:
    call = call_without_committee(world)
    with meanwhile(committees, "appoint", partial(make_committee, call, UserFactory())):
        answer = world.client(world.director).post(f"/alfa/committee/{call.pk}/appoint/", ORDER)
    refused(answer, "Konkurs ma już komisję: zmień tamtą.")
    with tenant_scope(world.tenant):
        assert Committee.objects.get(call=call).order_number == "Z/12/2026"


def test_no_committee_for_a_call_that_is_annulled(world: JudgingWorld) -> None:
    fields = {"annulled_at": timezone.now(), "annulment_ground": "other", "annulment_reason": "Brak środków"}
    call = call_without_committee(world, state=Call.State.ANNULLED, **fields)
    answer = world.client(world.director).post(f"/alfa/committee/{call.pk}/appoint/", ORDER)
    refused(answer, "Komisję powołuje się i zmienia do chwili rozstrzygnięcia lub unieważnienia konkursu.")
    with tenant_scope(world.tenant):
        assert not Committee.objects.filter(call=call).exists()


def test_an_organisation_that_has_just_ceased_to_be_a_partner_names_nobody(world: JudgingWorld) -> None:
    with public_scope():
        named = partner(world.tenant, name="Fundacja Odchodząca")
    person = member(world.tenant, "committee_member", "Ewa Nowa")
    sent = {"user": str(person.pk), "role": "member", "organisation": str(named.pk)}
    leave = Partnership.objects.filter(organisation=named).delete
    with meanwhile(committees, "appoint_seat", leave):
        answer = world.client(world.director).post(world.url("appoint/member"), sent)
    refused(answer, "Wybierz organizację, która współpracuje z jednostką.")
    with tenant_scope(world.tenant):
        assert not Seat.objects.filter(user_id=person.pk).exists()


@pytest.mark.parametrize(
    ("before", "says"),
    [
        (
            lambda world: Call.objects.filter(pk=world.call.pk).update(
                state=Call.State.DECIDED, decided_at=timezone.now()
            ),
            "Oświadczenia składa się po otwarciu, wobec otwartych ofert tego konkursu.",
        ),
        (
            lambda world: Membership.objects.create(
                user=world.director,
                tenant=world.tenant,
                role="ngo_manager",
                organisation=world.organisations[0],
            ),
            "Wskazała Cię organizacja, która złożyła ofertę, albo do niej należysz",
        ),
    ],
    ids=["decided", "works for a bidder"],
)
def test_a_declaration_in_office_that_comes_too_late(
    world: JudgingWorld, before: Callable[[JudgingWorld], Any], says: str
) -> None:
    answers = {f"offer-{offer.pk}": "yes" for offer in world.offers}
    with meanwhile(committees, "declare_in_office", partial(before, world)):
        answer = world.client(world.director).post(world.url("declarations"), answers)
    refused(answer, says)
    with tenant_scope(world.tenant):
        assert not OfficeDeclaration.objects.exists()


def test_an_expert_writes_no_joint_note(alfa: Tenant) -> None:
    world = build_scored(alfa)
    with tenant_scope(alfa):
        Seat.objects.filter(user_id=world.people[2].pk).update(role=Seat.Role.EXPERT)
        criterion = world.call.criteria.get(position=2)
    address = world.url("offers", world.offers[0], "points", criterion)
    refused(world.client(world.people[2]).post(address, {"text": "Zgadzamy się"}), "Ekspert ma głos doradczy")
    with tenant_scope(alfa):
        assert not JointNote.objects.exists()


def test_no_protocol_while_members_score(world: JudgingWorld) -> None:
    answer = world.client(world.people[0]).post(world.url("protocol"))
    refused(answer, "Protokół tworzy się po zamknięciu oceny; zawiera wszystkie punkty.")
    with tenant_scope(world.tenant):
        assert not Protocol.objects.exists()


def test_a_signature_of_who_left_or_has_signed_a_moment_ago(alfa: Tenant) -> None:
    world = build_scored(alfa)
    made = composed(world)
    signs = lambda place: register_signature(  # noqa: E731
        made, world.seat(place), signed=True, actor=world.actor()
    )
    leaves = lambda: Seat.objects.filter(pk=world.seat(1).pk).update(  # noqa: E731
        released_at=timezone.now(), release_reason="wyjazd"
    )
    for place, act, says in (
        (1, leaves, "tylko członkowie, którzy brali udział"),
        (2, partial(signs, 2), "Podpis tej osoby jest już odnotowany."),
    ):  # fmt: skip
        sent = {"seat": str(world.seat(place).pk), "signed": "no", "remark": "odmowa"}
        with meanwhile(outcomes, "register_signature", act):
            answer = world.client(world.people[0]).post(world.url("protocols", made, "sign"), sent)
        refused(answer, says)
    with tenant_scope(alfa):
        assert [one.signed for one in ProtocolSignature.objects.all()] == [True], "the first word stays"


def test_no_results_that_grant_more_than_a_part_has(alfa: Tenant) -> None:
    """The decision asks too; only a part that lost money since comes to this."""
    world = build_scored(alfa)
    note_all(world)
    adopt(world)
    let_director_declare(world)
    with tenant_scope(alfa):
        decide_offers(world.call, decisions(world), actor=world.director_actor)
        Lot.objects.filter(call=world.call).update(funds=1000)
    composed(world)
    with mock.patch.object(deciding, "require_lawful"):
        answer = world.client(world.director).post(world.url("decision/publish"))
    refused(answer, "Dotacje przekraczają środki części.")
    with tenant_scope(alfa):
        world.call.refresh_from_db()
        assert world.call.state == Call.State.OPENED


def test_the_verbs_ask_for_the_words_that_their_forms_ask_for(world: JudgingWorld) -> None:
    """No constraint of the database holds these two, so whatever comes to call the verb is asked again."""
    offer = world.offers[0]
    with tenant_scope(world.tenant):
        declare_all(world.committee)
        paths = sorted(correctable_paths(offer.opened.content))[:1]
        until = timezone.now() + timedelta(days=2)
        with pytest.raises(DomainError, match="Napisz oferentowi, co jest nie tak"):
            ask_correction(offer, points={}, paths=paths, until=until, reason=" ", actor=world.actor())
        assert not FormalCheck.objects.filter(result="correction").exists()
        today = timezone.localdate()
        demand = JustificationRequest.objects.create(call=world.call, received_on=today, reference="OPS.1")
        with pytest.raises(DomainError, match="Uzasadnienie: napisz powody"):
            answer_justification(demand, answer=" ", answered_on=today, actor=DIRECTOR)
        demand.refresh_from_db()
        assert demand.answered_on is None

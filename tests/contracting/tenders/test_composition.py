"""A committee that lacks a chair, its quorum or persons named by organisations neither closes nor gives an opinion."""

from collections.abc import Callable
from typing import Any

import pytest

from contracting.tenders.actions.closing_scores import close_scoring, finish_scoring
from contracting.tenders.actions.committees import SeatAsked, appoint_seat, change_committee, release_seat
from contracting.tenders.actions.opinions import adopt_opinion, proposals_of
from contracting.tenders.models import Award, Committee, Seat
from contracting.tenders.queries.comparison import comparisons_of
from kernel.errors import DomainError
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.judging_world import JudgingWorld, build_judging, member
from tests.factories.judging import close, pass_form, score_all
from tests.factories.people import partner
from tests.factories.tenders import declare_all

pytestmark = pytest.mark.django_db
SUBMIT = 'type="submit"'


@pytest.fixture
def world(alfa: Tenant) -> JudgingWorld:
    """Two offers whose points all three members have given, none of whom has said that they finished."""
    made = build_judging(alfa)
    with tenant_scope(alfa):
        declare_all(made.committee)
        pass_form(made.call)
        score_all(made.committee, finish=False)
    return made


def committee_now() -> Committee:
    found: Committee = Committee.objects.select_related("call").get()
    return found


def gaps_refused(verb: Callable[[], Any]) -> list[str]:
    with pytest.raises(DomainError) as caught:
        verb()
    assert caught.value.code == "committee_incomplete"
    return [problem.code for problem in caught.value.problems]


def shown(world: JudgingWorld, name: str, person: Any) -> str:
    """The page without the frame: what stands between its header and its end."""
    answer = world.client(person).get(world.url(name))
    assert answer.status_code == 200
    return str(answer.content.decode()).split("<main", 1)[1].split("</main", 1)[0]


def adopt(world: JudgingWorld, place: int) -> list[Award]:
    opinions = {pk: one for each in comparisons_of(committee_now()) for pk, one in proposals_of(each).items()}
    return adopt_opinion(world.call, opinions, actor=world.actor(place))


def without_organisations(world: JudgingWorld) -> None:
    Committee.objects.update(without_ngo_reason="")


def below_quorum(world: JudgingWorld) -> None:
    """Offers reach the quorum with all three points, then the order asks for one member more than there are."""
    Committee.objects.update(quorum=4)


@pytest.mark.parametrize(
    ("lack", "gap", "article"),
    [
        (without_organisations, "no_ngo", "art. 15 ust. 2d"),
        (below_quorum, "below_quorum", "art. 15 ust. 2a"),
    ],
)
def test_the_chair_cannot_close_the_scoring_of_an_incomplete_committee(
    world: JudgingWorld, lack: Callable[[JudgingWorld], None], gap: str, article: str
) -> None:
    chair = world.people[0]
    assert SUBMIT in shown(world, "scoring/close", chair)
    assert world.url("scoring/close") in shown(world, "scoring", chair)
    with tenant_scope(world.tenant):
        lack(world)
        assert gaps_refused(lambda: close_scoring(world.call, reason="x", actor=world.actor(0))) == [gap]
    for name in ("scoring", "scoring/close"):
        assert article in shown(world, name, chair)
    assert world.url("scoring/close") not in shown(world, "scoring", chair)
    assert SUBMIT not in shown(world, "scoring/close", chair)
    answer = world.client(chair).post(world.url("scoring/close"), {"reason": "choroba"})
    assert answer.status_code == 422
    assert article in answer.content.decode()
    with tenant_scope(world.tenant):
        assert committee_now().scoring_closed_at is None


def test_the_last_who_finishes_waits_for_the_director_to_complete_the_committee(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        without_organisations(world)
        for place in (0, 1):
            finish_scoring(world.call, actor=world.actor(place))
    answer = world.client(world.people[2]).post(world.url("scoring/finish"), {"verb": "finish"}, follow=True)
    assert "skład komisji będzie pełny" in answer.content.decode()
    assert "art. 15 ust. 2da" in answer.content.decode()
    with tenant_scope(world.tenant):
        assert committee_now().scoring_closed_at is None
        assert not Seat.objects.filter(finished_at=None).exists()
        change_committee(committee_now(), without_ngo_reason="not_attended", actor=world.director_actor)
        assert committee_now().scoring_closed_at is not None


def test_a_person_named_by_an_organisation_completes_the_committee(world: JudgingWorld) -> None:
    named = member(world.tenant, "committee_member", "Wskazana Osoba")
    with public_scope():
        organisation = partner(world.tenant, name="Fundacja Niestartująca")
    with tenant_scope(world.tenant):
        without_organisations(world)
        assert gaps_refused(lambda: close_scoring(world.call, reason="x", actor=world.actor(0))) == ["no_ngo"]
        asked = SeatAsked(named.pk, organisation_id=organisation.pk)
        appoint_seat(committee_now(), asked, actor=world.director_actor)
        close_scoring(world.call, reason="pilne", actor=world.actor(0))
        assert committee_now().scoring_closed_at is not None


def test_the_opinion_waits_for_a_chair_and_for_the_quorum(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        Seat.objects.filter(user_id=world.people[1].pk).update(role="secretary")
        close(committee_now())
    secretary = world.people[1]
    assert SUBMIT in shown(world, "opinion", secretary)
    with tenant_scope(world.tenant):
        release_seat(world.seat(0), reason="choroba", actor=world.director_actor)
        Committee.objects.update(quorum=3)
        assert gaps_refused(lambda: adopt(world, 1)) == ["no_chair", "below_quorum"]
        assert not Award.objects.exists()
    page = shown(world, "opinion", secretary)
    assert SUBMIT not in page
    assert "nie ma przewodniczącego" in page
    chair = member(world.tenant, "committee_member", "Nowa Przewodnicząca")
    with tenant_scope(world.tenant):
        appoint_seat(committee_now(), SeatAsked(chair.pk, "chair"), actor=world.director_actor)
        Committee.objects.update(quorum=2)
        assert len(adopt(world, 1)) == 2


def test_the_director_reads_of_it_first_thing(world: JudgingWorld) -> None:
    def today() -> str:
        return str(world.client(world.director).get(f"/{world.tenant.slug}/").content.decode())

    assert "Skład komisji jest niepełny" not in today()
    with tenant_scope(world.tenant):
        without_organisations(world)
    assert "Skład komisji jest niepełny" in today()
    page = shown(world, "", world.director)
    assert "czekają na uzupełnienie składu" in page
    assert "art. 15 ust. 2da" in page

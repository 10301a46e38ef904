"""Scoring alone: saved as one types, seen by nobody else, closed once all have finished or by the chair."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from contracting.tenders.actions.checking import conclude_check
from contracting.tenders.actions.closing_scores import close_scoring, finish_scoring, resume_scoring
from contracting.tenders.actions.declaring import Declared, declare
from contracting.tenders.actions.scoring_desk import Mark, save_marks
from contracting.tenders.models import Committee, Evaluation, FormalCheck, Score, Seat
from contracting.tenders.queries.desk import desk_of
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.judging_world import JudgingWorld, build_judging
from tests.factories.judging import pass_form, score, score_all
from tests.factories.people import OrganisationFactory
from tests.factories.tenders import declare_all, opened_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Tenant) -> JudgingWorld:
    """Three members who have declared, two offers that passed the form."""
    made = build_judging(alfa)
    with tenant_scope(alfa):
        declare_all(made.committee)
        pass_form(made.call)
    return made


def criteria(world: JudgingWorld) -> tuple[Any, Any]:
    """The two that members give points on: of 20 and of 10."""
    with tenant_scope(world.tenant):
        return world.call.criteria.get(position=2), world.call.criteria.get(position=3)


def save(
    world: JudgingWorld, place: int, marks: dict[Any, tuple[Any, str]], offer: int = 0, **more: Any
) -> Any:
    body = {
        "marks": {
            str(criterion.pk): {"points": points, "reason": text}
            for criterion, (points, text) in marks.items()
        },
        **more,
    }
    return world.client(world.people[place]).post(
        world.url("offers", world.offers[offer], "score"), json.dumps(body), content_type="application/json"
    )


def refused(verb: Any) -> str:
    with pytest.raises(DomainError) as caught:
        verb()
    return caught.value.code


def test_points_and_reasons_save_themselves_one_by_one(world: JudgingWorld) -> None:
    concept, staff = criteria(world)
    assert save(world, 0, {concept: ("15,5", "")}).json() == {"finished": False, "done": 0, "all": 2}
    assert save(world, 0, {concept: ("15.5", "dobry opis")}).json()["finished"] is False
    assert save(world, 0, {staff: (8, "kursy")}).json() == {"finished": True, "done": 1, "all": 2}
    page = world.client(world.people[0]).get(world.url("offers", world.offers[0], "score")).content.decode()
    assert 'value="15,5"' in page
    assert "dobry opis" in page
    assert page.count("Punkty to liczba od 0 do 20, najwyżej z jednym miejscem po przecinku") == 1
    desk = world.client(world.people[0]).get(world.url("scoring")).content.decode()
    assert "✓ oceniona" in desk and "zakończone" not in desk, "the member has not finished yet"
    # Taking points away takes the finish away too.
    assert save(world, 0, {staff: ("", "kursy")}).json()["finished"] is False
    assert save(world, 0, {staff: ("", "")}).json()["finished"] is False
    with tenant_scope(world.tenant):
        (left,) = Score.objects.all()
        assert (left.points, left.reason) == (Decimal("15.5"), "dobry opis")
        # Who scored is on record, what they gave is not.
        told = "".join(str(entry.payload) for entry in Entry.objects.filter(verb="save_marks"))
    assert "15" not in told.replace(str(world.seat(0).pk), "").replace(str(concept.pk), "").replace(
        str(staff.pk), ""
    )
    assert "dobry" not in told


def test_a_new_page_has_no_points_that_could_count(world: JudgingWorld) -> None:
    page = world.client(world.people[0]).get(world.url("offers", world.offers[0], "score")).content.decode()
    concept, staff = criteria(world)
    for criterion in (concept, staff):
        assert f'name="points-{criterion.pk}" value=""' in page
    assert "concept.organisation" not in page
    assert "organisation Fundacja Jodła 1: opis koncepcji" in page
    with tenant_scope(world.tenant):
        assert not Score.objects.exists()


@pytest.mark.parametrize("points", ["20.5", "-1", "7.25", "NaN", "Infinity", "1e9"])
def test_points_that_cannot_be_are_refused_with_the_range(world: JudgingWorld, points: str) -> None:
    concept, staff = criteria(world)
    answer = save(world, 0, {concept: (points, "x"), staff: ("5", "y")})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == f"points-{concept.pk}"
    assert "od 0 do 20" in error["message"]
    with tenant_scope(world.tenant):
        assert not Score.objects.exists()


def test_what_cannot_be_read_is_refused(world: JudgingWorld) -> None:
    concept, _staff = criteria(world)
    assert save(world, 0, {concept: ("siedem", "x")}).status_code == 422
    client, address = world.client(world.people[0]), world.url("offers", world.offers[0], "score")
    for body in ("{", "[]", '{"marks": {"zzz": {}}}', '{"marks": 7}'):
        assert client.post(address, body, content_type="application/json").status_code == 422
    # Without a script the page's form does the same.
    form = {f"points-{concept.pk}": "12", f"reason-{concept.pk}": "bez skryptu", "note": "uwaga"}
    assert client.post(address, form).status_code == 302
    with tenant_scope(world.tenant):
        assert Score.objects.get().points == 12
        assert Evaluation.objects.get().note == "uwaga"


def test_remarks_that_are_too_long_are_refused_and_not_cut(world: JudgingWorld) -> None:
    concept, _staff = criteria(world)
    client, address = world.client(world.people[0]), world.url("offers", world.offers[0], "score")
    refused = client.post(address, {f"points-{concept.pk}": "12", "note": "ż" * 4001})
    assert refused.status_code == 422
    assert "Liczba znaków w uwagach: 4001. Skróć je do 4000." in refused.content.decode()
    with tenant_scope(world.tenant):
        assert not Evaluation.objects.exists()


def test_the_database_keeps_an_empty_mark_out(world: JudgingWorld) -> None:
    concept, _staff = criteria(world)
    with tenant_scope(world.tenant), pytest.raises(IntegrityError), transaction.atomic():
        Score.objects.create(
            seat=world.seat(0), offer=world.offers[0], criterion=concept, points=None, reason=""
        )


def test_price_and_other_calls_criteria_take_no_points(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        price = world.call.criteria.get(position=1)
    assert save(world, 0, {price: ("5", "x")}).json()["errors"][0]["code"] == "unknown_criterion"


def test_who_may_not_score(world: JudgingWorld) -> None:
    concept, _staff = criteria(world)
    marks = {concept.pk: Mark(Decimal(5), "x")}
    first, second = world.offers
    with tenant_scope(world.tenant):
        assert refused(lambda: save_marks(first, marks, actor=world.director_actor)) == "no_seat"
        declare(world.call, {first.pk: Declared(False, "szwagier")}, actor=world.actor(1))
        assert refused(lambda: save_marks(first, marks, actor=world.actor(1))) == "not_declared"
        FormalCheck.objects.filter(offer=second).update(result="failed", reason="x")
        assert refused(lambda: save_marks(second, marks, actor=world.actor(1))) == "form_not_passed"
        Seat.objects.filter(user_id=world.people[2].pk).update(role=Seat.Role.EXPERT)
        assert refused(lambda: save_marks(first, marks, actor=world.actor(2))) == "no_vote"
        save_marks(first, {}, note="opinia eksperta", actor=world.actor(2))
    # The expert's advisory voice is heard by those who score.
    page = world.client(world.people[0]).get(world.url("offers", first, "score")).content.decode()
    assert "opinia eksperta" in page


def test_nobody_sees_points_of_others_before_the_close(world: JudgingWorld) -> None:
    concept, staff = criteria(world)
    for place in (0, 1):
        save(
            world,
            place,
            {concept: ("13.5", f"tajny powód {place}"), staff: ("9.5", f"tajny powód {place}")},
            note=f"tajna uwaga {place}",
        )
    with tenant_scope(world.tenant):
        offers = f"/{world.tenant.slug}/committee/offers/{world.offers[0].pk}/"
        addresses = [
            *(world.url(name) for name in ("", "form", "scoring", "compare", "opinion", "protocol", "declarations")),
            world.url("compare/csv"), world.url("compare/xlsx"), world.url("decision"),
            world.url("compare/two") + f"?offer={world.offers[0].pk}&offer={world.offers[1].pk}",
            offers, f"{offers}form/", f"{offers}score/", f"{offers}points/{concept.pk}/",
            f"/{world.tenant.slug}/audit/",
        ]  # fmt: skip
    for person in (world.people[2], world.director):
        for address in addresses:
            answer = world.client(person).get(address)
            text = answer.content.decode(errors="replace")
            for secret in ("tajny powód", "tajna uwaga", "13,5", "13.5", "9,5<", "9.5<"):
                assert secret not in text, f"{address}: {secret}"
    for name in ("compare/csv", "compare/xlsx"):
        assert world.client(world.director).get(world.url(name)).status_code == 403
    # A member reads their own, nobody else's.
    page = world.client(world.people[0]).get(world.url("offers", world.offers[0], "score")).content.decode()
    assert "tajny powód 0" in page
    assert "tajny powód 1" not in page
    progress = world.client(world.people[2]).get(world.url("scoring")).content.decode()
    assert "1 / 2" in progress


def test_the_scoring_closes_with_the_last_who_finishes(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        for place in range(3):
            for offer in world.offers:
                score(world.seat(place), offer)
        for place in range(2):
            committee = finish_scoring(world.call, actor=world.actor(place))
            assert committee.scoring_closed_at is None
    answer = world.client(world.people[2]).post(world.url("scoring/finish"), {"verb": "finish"})
    assert answer.url == world.url("compare")
    with tenant_scope(world.tenant):
        committee = Committee.objects.get()
        assert (committee.scoring_closed_by, committee.scoring_closed_reason) == (world.people[2].pk, "")
        assert Entry.objects.filter(verb="close_scoring").count() == 1
        concept, _staff = criteria(world)
        marks = {concept.pk: Mark(Decimal(1), "za późno")}
        assert refused(lambda: save_marks(world.offers[0], marks, actor=world.actor(0))) == "scoring_closed"
    page = world.client(world.people[0]).get(world.url("compare")).content.decode()
    assert "uzasadnienie" not in page
    assert "10,00" in page


def test_finishing_says_what_is_missing(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        score(world.seat(0), world.offers[0])
        with pytest.raises(DomainError) as caught:
            finish_scoring(world.call, actor=world.actor(0))
        assert [problem.value for problem in caught.value.problems] == ["2"]
        FormalCheck.objects.filter(offer=world.offers[1]).delete()
        assert refused(lambda: finish_scoring(world.call, actor=world.actor(0))) == "form_undecided"
    page = world.client(world.people[0]).get(world.url("scoring")).content.decode()
    assert "zostały 2 kryteria" not in page
    assert "czeka na ocenę formalną" in page


def test_who_has_finished_must_go_back_before_changing(world: JudgingWorld) -> None:
    concept, _staff = criteria(world)
    marks = {concept.pk: Mark(Decimal(5), "x")}
    with tenant_scope(world.tenant):
        for offer in world.offers:
            score(world.seat(0), offer)
        finish_scoring(world.call, actor=world.actor(0))
        assert refused(lambda: save_marks(world.offers[0], marks, actor=world.actor(0))) == "finished_already"
        resume_scoring(world.call, actor=world.actor(0))
        save_marks(world.offers[0], marks, actor=world.actor(0))


def test_only_the_chair_closes_early_with_a_reason_and_the_quorum(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        for place in (0, 1):
            score(world.seat(place), world.offers[0])
        score(world.seat(0), world.offers[1])
        for place, reason, code in (
            (1, "choroba", "not_the_chair"),
            (0, " ", "reason_missing"),
            (0, "choroba", "below_quorum"),
        ):
            with pytest.raises(DomainError) as caught:
                close_scoring(world.call, reason=reason, actor=world.actor(place))
            assert caught.value.code == code
        score(world.seat(1), world.offers[1])
    answer = world.client(world.people[0]).post(world.url("scoring/close"), {"reason": "choroba członka"})
    assert answer.status_code == 302
    with tenant_scope(world.tenant):
        committee = Committee.objects.select_related("call").get()
        assert committee.scoring_closed_reason == "choroba członka"
        desk = desk_of(committee)
        assert all(desk.counted(offer) == {world.seat(0).pk, world.seat(1).pk} for offer in world.offers)


def test_a_release_of_the_last_who_had_not_finished_closes_the_scoring(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        score_all(world.committee)
        Seat.objects.filter(user_id=world.people[2].pk).update(finished_at=None)
    address = world.url("seats", world.seat(2), "release")
    assert world.client(world.director).post(address, {"reason": "rezygnacja"}).status_code == 302
    with tenant_scope(world.tenant):
        assert Committee.objects.get().scoring_closed_at is not None


def test_an_offer_that_passes_later_calls_everybody_back(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        FormalCheck.objects.filter(offer=world.offers[1]).update(result="failed", reason="x")
        score(world.seat(0), world.offers[0])
        finish_scoring(world.call, actor=world.actor(0))
    with tenant_scope(world.tenant):
        conclude_check(world.offers[1], points={}, passed=True, actor=world.actor(1))
        assert world.seat(0).finished_at is None


def queries_of(world: JudgingWorld, person: Any, address: str) -> int:
    client = world.client(person)
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_cost_of_pages_does_not_grow_with_offers(world: JudgingWorld) -> None:
    addresses = [world.url(name) for name in ("", "declarations", "form", "scoring")]
    addresses.append(world.url("offers", world.offers[0], "score"))
    before = [queries_of(world, world.people[0], address) for address in addresses]
    with tenant_scope(world.tenant):
        for place in range(4):
            opened_offer(world.call, OrganisationFactory(name=f"Nowa {place}"))
        pass_form(world.call)
        for seat in Seat.objects.all():
            for offer in world.call.offers.all():
                seat.declarations.get_or_create(offer=offer, defaults={"impartial": True})
    after = [queries_of(world, world.people[0], address) for address in addresses]
    assert after == before
    assert max(after) <= 25

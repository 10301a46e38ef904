"""The formal check, its closed list of corrections, and that no content is shown before the declaration."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.utils import timezone

from audit.models import Entry
from contracting.commissioning.law import lookup
from contracting.commissioning.law.known import POINT_BASES
from contracting.commissioning.rules.limits import Basis
from contracting.tenders.actions.checking import PointChecked, ask_correction, conclude_check, correct_offer
from contracting.tenders.actions.declaring import Declared, declare
from contracting.tenders.models import Call, Committee, FormalCheck, Seat
from contracting.tenders.permissions import may_read_content
from contracting.tenders.queries.formal import content_of, points_of
from contracting.tenders.rules.formal import POINTS, correctable_paths, with_corrections
from kernel.access import Actor
from kernel.errors import DomainError
from kernel.tenancy import tenant_scope
from tenants.access import access_to_tenant
from tenants.models import Tenant
from tests.contracting.tenders.judging_world import JudgingWorld, build_judging, member
from tests.factories.judging import pass_form
from tests.factories.tenders import content_of as written

pytestmark = pytest.mark.django_db
MARK = "Znacznik"


@pytest.fixture
def world(alfa: Tenant) -> JudgingWorld:
    """The first member has declared; everybody else has not."""
    made = build_judging(alfa, mark=MARK)
    declare_towards_all(made)
    return made


def content_routes(world: JudgingWorld, place: int = 0) -> list[str]:
    """Every address that shows what an offer says."""
    offer, criterion = world.offers[place], world.call.criteria.get(position=2)
    offers = f"/{world.tenant.slug}/committee/offers/{offer.pk}/"
    return [
        offers,
        f"{offers}form/",
        f"{offers}score/",
        f"{offers}points/{criterion.pk}/",
        world.url("compare/two") + f"?offer={world.offers[0].pk}&offer={world.offers[1].pk}",
    ]


def test_no_content_before_the_declaration_and_all_of_it_after(world: JudgingWorld) -> None:
    client = world.client(world.people[1])
    with tenant_scope(world.tenant):
        pass_form(world.call)
        routes = content_routes(world)
    for address in routes:
        answer = client.get(address)
        assert answer.status_code in {302, 403}, address
        assert "opis koncepcji" not in answer.content.decode()
    # Names of bidders are on the page of declarations, nothing of what they offer.
    page = client.get(world.url("declarations")).content.decode()
    assert f"Fundacja {MARK} 1" in page
    assert "opis koncepcji" not in page
    assert "Próbna 1" not in page
    with tenant_scope(world.tenant):
        answers = {offer.pk: Declared(True) for offer in world.offers}
        declare(world.call, answers, actor=world.actor(1))
        Committee.objects.update(scoring_closed_at=timezone.now())
    for address in routes:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "opis koncepcji" in answer.content.decode(), address


def test_files_of_an_offer_wait_for_the_declaration_too(world: JudgingWorld) -> None:
    offer = world.offers[0]
    with tenant_scope(world.tenant):
        offer.opened.content["files"] = [{"key": "statut", "name": "statut.pdf", "for": "Statut", "size": 1}]
        offer.opened.save(update_fields=["content"])
    address = f"/{world.tenant.slug}/offers/{offer.pk}/read/files/statut/"
    answer = world.client(world.people[1]).get(address)
    assert (answer.status_code, answer.headers["Location"]) == (302, world.url("offers", offer))
    assert world.client(world.people[1]).get(world.url("offers", offer)).status_code == 403
    with tenant_scope(world.tenant):
        declare(world.call, {offer.pk: Declared(True)}, actor=world.actor(1))
    page = world.client(world.people[1]).get(world.url("offers", offer)).content.decode()
    assert address in page


def test_who_is_not_impartial_never_reads_that_offer_not_even_as_coordinator(world: JudgingWorld) -> None:
    coordinator = member(world.tenant, "coordinator", "Marek Koordynator")
    first, second = world.offers
    with tenant_scope(world.tenant):
        Seat.objects.create(committee=world.committee, user_id=coordinator.pk)
        actor = Actor(coordinator.pk, "Marek Koordynator")
        declare(world.call, {first.pk: Declared(False, "brat"), second.pk: Declared(True)}, actor=actor)
        access = access_to_tenant(coordinator, world.tenant)
        assert not may_read_content(access, first)
        assert may_read_content(access, second)
        # Released, the coordinator would read by role; what they declared holds on.
        Seat.objects.filter(user_id=coordinator.pk).update(
            released_at=timezone.now(), release_reason="zmiana"
        )
        assert not may_read_content(access, first)
    client = world.client(coordinator)
    assert client.get(world.url("offers", first)).status_code == 403
    assert client.get(world.url("offers", second)).status_code == 200


def test_who_reads_what_by_role(world: JudgingWorld, alfa: Tenant) -> None:
    offer = world.offers[0]
    people = {
        role: member(alfa, role, f"Osoba {role}")
        for role in (
            "director",
            "coordinator",
            "inspector",
            "accountant",
            "committee_member",
            "social_worker",
        )
    }
    own = member(alfa, "ngo_manager", "Kierownik własny", world.organisations[0])
    foreign = member(alfa, "ngo_manager", "Kierownik obcy", world.organisations[1])

    def may(user: Any) -> bool:
        offer.refresh_from_db()
        return bool(may_read_content(access_to_tenant(user, alfa), offer))

    with tenant_scope(alfa):
        by_role = {role: may(user) for role, user in people.items()}
        assert by_role == {
            "director": True,
            "coordinator": True,
            "inspector": False,
            "accountant": False,
            "committee_member": False,
            "social_worker": False,
        }
        assert (may(own), may(foreign)) == (True, False)
        Call.objects.update(state="decided", decided_at=timezone.now())
        assert may(people["inspector"])
        assert not may(people["committee_member"])
        offer.opened.delete()
        fresh = type(offer).objects.select_related("call").get(pk=offer.pk)
        for user in [*people.values(), own, foreign]:
            assert not may_read_content(access_to_tenant(user, alfa), fresh)


def all_met(offer: Any) -> dict[str, PointChecked]:
    return {point.key: PointChecked(True) for point in points_of(offer)}


def test_the_points_see_what_fields_say(alfa: Tenant) -> None:
    world = build_judging(
        alfa, offers=1, grant_min=Decimal("150000"), own_share_min=Decimal("10"), required_files=["Statut"]
    )
    with tenant_scope(alfa):
        seen = {point.key: point.seen for point in points_of(world.offers[0])}
    assert seen["on_time"] is True
    assert seen["entitled"] is None
    assert (seen["grant"], seen["own_share"], seen["file:Statut"], seen["declarations"]) == (False,) * 4
    assert (seen["scope"], seen["costs"], seen["resources"], seen["period"]) == (True,) * 4
    assert "joint" not in seen


def test_an_offer_cannot_pass_with_a_failed_point_nor_fail_without_a_reason(world: JudgingWorld) -> None:
    offer = world.offers[0]
    with tenant_scope(world.tenant):
        points = {**all_met(offer), "scope": PointChecked(False, "brak opisu")}
        for passed, code in ((True, "points_failed"), (False, "invalid")):
            with pytest.raises(DomainError) as caught:
                conclude_check(offer, points=points, passed=passed, actor=world.actor())
            assert caught.value.code == code
        check = conclude_check(offer, points=points, passed=False, reason="Brak zakresu", actor=world.actor())
        assert check.result == FormalCheck.Result.FAILED


def test_the_page_of_the_check_keeps_what_was_ticked(world: JudgingWorld) -> None:
    offer, client = world.offers[0], world.client(world.people[0])
    with tenant_scope(world.tenant):
        form = {f"point-{point.key}": "yes" for point in points_of(offer)}
    address = world.url("offers", offer, "form")
    answer = client.post(address, {**form, "verb": "fail"})
    assert answer.status_code == 422
    assert "Podaj uzasadnienie" in answer.content.decode()
    assert client.post(address, {**form, "verb": "pass"}).status_code == 302
    page = client.get(world.url("form")).content.decode()
    assert "spełnia wymogi" in page


def declare_towards_all(world: JudgingWorld, place: int = 0) -> None:
    with tenant_scope(world.tenant):
        answers = {offer.pk: Declared(True) for offer in world.offers}
        declare(world.call, answers, actor=world.actor(place))


def bidder_of(world: JudgingWorld, place: int = 0) -> Any:
    return member(world.tenant, "ngo_manager", f"Kierownik {place}", world.organisations[place])


def ask(world: JudgingWorld, *paths: str, hours: float = 24) -> FormalCheck:
    offer = world.offers[0]
    with tenant_scope(world.tenant):
        return ask_correction(
            offer,
            points=all_met(offer),
            paths=list(paths),
            until=timezone.now() + timedelta(hours=hours),
            reason="Zły numer KRS",
            actor=world.actor(),
        )


def test_the_bidder_corrects_exactly_what_was_asked_for(world: JudgingWorld) -> None:
    ask(world, "bidder.krs", "declarations.truth")
    bidder = bidder_of(world)
    client, address = world.client(bidder), world.url("correction", world.offers[0])
    page = client.get(address).content.decode()
    assert "Zły numer KRS" in page
    assert "0000123456" in page
    assert "koncepcji" not in page
    # More fields than asked for are simply not there.
    answer = client.post(
        address, {"field-0": "0000777777", "field-1": "on", "bidder.name": "Inna", "field-2": "x"}
    )
    assert answer.status_code == 302
    offer = world.offers[0]
    with tenant_scope(world.tenant):
        offer.refresh_from_db()
        check = FormalCheck.objects.get(offer=offer)
        assert check.corrections == {
            "bidder.krs": ["0000123456", "0000777777"],
            "declarations.truth": [None, True],
        }
        assert check.result == FormalCheck.Result.PENDING
        before, after = offer.opened.content, content_of(type(offer).objects.get(pk=offer.pk))
        assert before["bidder"]["krs"] == "0000123456"
        assert after == {
            **before,
            "bidder": {**before["bidder"], "krs": "0000777777"},
            "declarations": {**before["declarations"], "truth": True},
        }
        assert "0000777777" not in "".join(str(entry.payload) for entry in Entry.objects.all())
    # Once only.
    assert client.post(address, {"field-0": "0000888888", "field-1": "on"}).status_code == 422


def test_nothing_else_can_be_corrected_by_anybody(world: JudgingWorld) -> None:
    offer = world.offers[0]
    with tenant_scope(world.tenant):
        for path in (
            "budget.grant",
            "concept.organisation",
            "promises.0.value",
            "staff.0.name",
            "bidder.name",
        ):
            assert path not in correctable_paths(offer.opened.content)
            with pytest.raises(DomainError) as caught:
                ask_correction(
                    offer,
                    points={},
                    paths=[path],
                    until=timezone.now() + timedelta(days=1),
                    reason="x",
                    actor=world.actor(),
                )
            assert caught.value.code == "not_correctable"
    ask(world, "bidder.krs")
    with tenant_scope(world.tenant):
        actor = world.actor()
        for values in (
            {"bidder.krs": "1", "bidder.nip": "2"},
            {"bidder.nip": "2"},
            {"budget.grant": "9.00"},
            {},
        ):
            with pytest.raises(DomainError) as caught:
                correct_offer(offer, values, actor=actor)
            assert caught.value.code == "not_asked_for"
        for value, code in ((" ", "empty"), ("x" * 251, "too_long")):
            with pytest.raises(DomainError) as caught:
                correct_offer(offer, {"bidder.krs": value}, actor=actor)
            assert {problem.code for problem in caught.value.problems} == {code}
        assert FormalCheck.objects.get().corrections == {}


def test_after_the_moment_it_is_too_late(world: JudgingWorld) -> None:
    ask(world, "bidder.krs")
    with tenant_scope(world.tenant):
        FormalCheck.objects.update(correction_until=timezone.now() - timedelta(seconds=1))
    client = world.client(bidder_of(world))
    answer = client.post(world.url("correction", world.offers[0]), {"field-0": "0000777777"})
    assert answer.status_code == 422
    assert "za późno" in answer.content.decode()
    with tenant_scope(world.tenant):
        assert FormalCheck.objects.get().corrections == {}
        with pytest.raises(DomainError) as caught:
            ask_correction(
                world.offers[1],
                points={},
                paths=["bidder.krs"],
                until=timezone.now() - timedelta(hours=1),
                reason="x",
                actor=world.actor(),
            )
        assert caught.value.code == "until_past"


def test_the_offer_of_another_organisation_is_not_found(world: JudgingWorld) -> None:
    ask(world, "bidder.krs")
    client = world.client(bidder_of(world, 1))
    address = world.url("correction", world.offers[0])
    assert client.get(address).status_code == 404
    assert client.post(address, {"field-0": "1"}).status_code == 404


def test_an_offer_not_confirmed_after_an_amendment_says_so(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        world.offers[0].opened.unconfirmed_amendment = 2
        world.offers[0].opened.save(update_fields=["unconfirmed_amendment"])
        seen = {point.key: point.seen for point in points_of(world.offers[0])}
        assert seen["confirmed"] is False
    assert (
        "niepotwierdzona po zmianie nr 2"
        in world.client(world.director).get(world.url("form")).content.decode()
    )


def test_corrections_reach_rows_of_lists_and_leave_the_original_alone() -> None:
    content = written("A", partners=[{"organisation": "x", "name": "B", "does": "c", "represented_by": "d"}])
    corrected = with_corrections(content, {"partners.0.represented_by": ["d", "e"]})
    assert corrected["partners"][0]["represented_by"] == "e"
    assert content["partners"][0]["represented_by"] == "d"
    assert correctable_paths(content)[8] == "partners.0.represented_by"


def test_the_form_is_not_checked_before_the_opening_nor_after_the_scoring(world: JudgingWorld) -> None:
    offer = world.offers[0]
    with tenant_scope(world.tenant):
        Committee.objects.update(scoring_closed_at=timezone.now())
        with pytest.raises(DomainError) as caught:
            conclude_check(offer, points=all_met(offer), passed=True, actor=world.actor())
        assert caught.value.code == "scoring_closed"
        Committee.objects.update(scoring_closed_at=None)
        Call.objects.update(state=Call.State.PUBLISHED, opened_at=None)
        with pytest.raises(DomainError) as caught:
            conclude_check(offer, points={}, passed=True, actor=world.actor())
        assert caught.value.code == "not_opened"


def test_the_articles_of_the_points_are_rows_with_dates(world: JudgingWorld) -> None:
    """The page shows the article that held when the call was published."""
    published = timezone.localdate(world.call.published_at)
    later = Basis("scope", "art. 14 ust. 9", "Dz.U.", verified=True, valid_from=published + timedelta(days=1))
    now = Basis("scope", "art. 14 ust. 7", "Dz.U.", verified=True, valid_to=published)

    def article() -> str:
        with tenant_scope(world.tenant):
            return next(point.article for point in points_of(world.offers[0]) if point.key == "scope")

    assert article() == "art. 14 ust. 1 pkt 1"
    with mock.patch.object(lookup, "POINT_BASES", (now, later)):
        assert article() == "art. 14 ust. 7"
        page = world.client(world.people[0]).get(world.url("offers", world.offers[0], "form"))
        assert "art. 14 ust. 7" in page.content.decode()
    assert {basis.form for basis in POINT_BASES} < set(POINTS)


def test_errors_of_the_correction_stand_at_their_fields_and_name_them_once(world: JudgingWorld) -> None:
    offer, client = world.offers[0], world.client(world.people[0])
    declare_towards_all(world)
    with tenant_scope(world.tenant):
        form = {f"point-{point.key}": "yes" for point in points_of(offer)}
    past = {"paths": "bidder.krs", "until_on": "01.01.2020", "until_at": "12:00", "reason": "KRS"}
    answer = client.post(world.url("offers", offer, "form"), {**form, **past, "verb": "correct"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_until_on"' in page and 'id="id_until_on_error"' in page
    assert '<details class="section" open>' in page
    ask(world, "bidder.krs", "declarations.truth")
    bidder, address = world.client(bidder_of(world)), world.url("correction", offer)
    asked = bidder.get(address).content.decode()
    assert "(opcjonalnie)" not in asked
    answer = bidder.post(address, {"field-0": " ", "field-1": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_field-0_error"' in page and 'id="id_field-1_error"' in page
    (line,) = re.findall(r'<a href="#id_field-0">(.*?)</a>', page)
    label = line.split(":")[0]
    assert line.count(label) == 1, line

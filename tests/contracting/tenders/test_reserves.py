"""After the results: a bidder steps back, the reserve list gets the money, and everybody reads what changed and when."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from contracting.contracts import actions
from contracting.contracts.queries import awards_without_contract
from contracting.tenders import hooks
from contracting.tenders.actions.justifications import last_day_for
from contracting.tenders.actions.publications import record_publication
from contracting.tenders.actions.reserves import give_up_award, grant_from_reserve, results_stamp
from contracting.tenders.lawfulness import lawfulness_of
from contracting.tenders.models import Award, Call, Publication, ResultsChange
from contracting.tenders.queries.justifying import justification_text
from kernel.errors import Conflict, DomainError
from kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.contracting.tenders.judging_world import JudgingWorld, build_judging
from tests.contracting.tenders.test_ocds import SCHEMA, validator
from tests.factories.judging import close, pass_form, score_all
from tests.factories.reserves import decide
from tests.factories.tenders import declare_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(alfa: Tenant) -> JudgingWorld:
    """150 000 zł in one part: offer 1 has 100 000, offers 2 and 3 wait, offer 4 was refused."""
    made = build_judging(alfa, offers=4, lots=["150000.00"])
    with tenant_scope(alfa):
        decide(made.call, ["granted", "reserve", "reserve", "refused"])
        made.call.refresh_from_db()
    return made


def award(world: JudgingWorld, number: int) -> Award:
    found: Award = Award.objects.select_related("lot__call", "offer").get(
        offer__call=world.call, offer__number=number
    )
    return found


def step_back(world: JudgingWorld, number: int = 1, **given: Any) -> ResultsChange:
    values = {"happened_on": timezone.localdate(), "reason": "Brak kadry", "actor": world.director_actor}
    return give_up_award(award(world, number), **{**values, **given})


def grant(world: JudgingWorld, amounts: dict[int, str], **given: Any) -> ResultsChange:
    values = {
        "happened_on": timezone.localdate(),
        "reason": "Następny na liście",
        "actor": world.director_actor,
    }
    asked = {award(world, number).pk: Decimal(amount) for number, amount in amounts.items()}
    return grant_from_reserve(world.call, asked, **{**values, **given})


def codes(caught: Any) -> set[str]:
    return {caught.value.code, *(problem.code for problem in caught.value.problems)} - {"invalid"}


def board(world: JudgingWorld, name: str = "") -> str:
    answer = Client().get(f"/{world.tenant.slug}/board/{name or f'{world.call.pk}/'}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_what_one_bidder_gives_up_the_next_one_gets(world: JudgingWorld) -> None:
    told: list[Any] = []
    with (
        tenant_scope(world.tenant),
        mock.patch.object(hooks.awarded, "_subscribers", [lambda award: told.append(award.offer_id)]),
    ):
        first = step_back(world)
        change = grant(world, {2: "90000"})
        given_up, granted = award(world, 1), award(world, 2)
        assert (given_up.decision, given_up.amount, given_up.given_up_in) == (
            "given_up",
            Decimal("100000"),
            first,
        )
        assert (granted.decision, granted.amount, granted.granted_in) == ("granted", Decimal("90000"), change)
        assert told == [world.offers[1].pk]
        call = Call.objects.get(pk=world.call.pk)
        assert call.results_changed_at == change.published_at > first.published_at
        assert [(one.number, one.kind) for one in ResultsChange.objects.all()] == [
            (1, "given_up"),
            (2, "granted"),
        ]
        entry = Entry.objects.get(verb="grant_from_reserve")
        assert (entry.payload["change"], list(entry.payload["granted"])) == (2, [str(world.offers[1].pk)])
        assert Entry.objects.filter(verb="give_up_award", subject_id=call.pk).count() == 1


def test_the_changed_results_are_proven_in_every_place_like_the_first(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        for place in ("bip", "board", "www"):
            Publication.objects.create(
                call=world.call,
                subject="results",
                place=place,
                posted_on=timezone.localdate(),
                note="Dowód",
                recorded_by=world.director.pk,
            )
        assert lawfulness_of(world.call).is_lawful
        step_back(world)
        assert lawfulness_of(world.call).is_lawful
        change = grant(world, {2: "90000"})
        missing = lawfulness_of(world.call).missing
        assert {(one.place, one.results_change) for one in missing} == {("bip", 2), ("board", 2)}
        assert "zmiana 2 wyników" in str(missing[0].sentence)
        for place in ("bip", "board"):
            record_publication(
                world.call,
                subject="results",
                results_change=change,
                place=place,
                posted_on=timezone.localdate(),
                note="Dowód",
                actor=world.director_actor,
            )
        assert lawfulness_of(world.call).is_lawful
        assert Publication.objects.filter(call=world.call, subject="results").count() == 6


def test_the_proofs_of_a_change_are_recorded_through_the_page(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        step_back(world)
        grant(world, {2: "90000"})
    client = world.client(world.director)
    page = f"/{world.tenant.slug}/calls/{world.call.pk}/publications/"
    html = client.get(page).content.decode()
    assert "subject=results&amp;change=2" in html and "change=1" not in html
    form = {"place": "bip", "posted_on": timezone.localdate().strftime("%d.%m.%Y"), "note": "Sekretariat"}
    address = f"{page}record/?subject=results&change="
    assert client.post(f"{address}1", form).status_code == 404
    assert client.post(f"{address}x", form).status_code == 404
    assert client.post(f"{address}2", form).status_code == 302
    with tenant_scope(world.tenant):
        row = Publication.objects.get(call=world.call, subject="results", place="bip")
        assert row.results_change is not None and row.results_change.number == 2


def test_the_reserve_list_is_served_in_its_order(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        step_back(world)
        with pytest.raises(DomainError) as caught:
            grant(world, {3: "50000"})
        assert codes(caught) == {"out_of_turn"}
        grant(world, {2: "60000", 3: "50000"})
        assert [award(world, number).decision for number in (1, 2, 3, 4)] == [
            "given_up",
            "granted",
            "granted",
            "refused",
        ]


def test_who_leaves_the_reserve_list_lets_the_next_one_up_and_the_public_reads_nothing_of_it(
    world: JudgingWorld,
) -> None:
    with tenant_scope(world.tenant):
        step_back(world)
        step_back(world, 2, reason="Nie chcą czekać")
        grant(world, {3: "50000"})
        assert award(world, 2).amount is None
    html = board(world)
    assert "Nie chcą czekać" not in html and "Fundacja Jodła 2" not in html
    assert "Fundacja Jodła 3" in html


@pytest.mark.parametrize(
    ("amounts", "code"),
    [
        ({2: "0"}, "amount_wrong"),
        ({2: "100000.01"}, "amount_wrong"),
        ({2: "100000", 3: "50000.01"}, "over_funds"),
        ({4: "10"}, "not_in_reserve"),
        ({1: "10"}, "not_in_reserve"),
        ({}, "nothing_granted"),
    ],
)
def test_a_grant_that_cannot_be_is_refused_whole(world: JudgingWorld, amounts: Any, code: str) -> None:
    with tenant_scope(world.tenant):
        step_back(world)
        with pytest.raises(DomainError) as caught:
            grant(world, amounts)
        assert code in codes(caught)
        assert ResultsChange.objects.count() == 1
        assert not Award.objects.filter(granted_in__isnull=False).exists()


def test_nothing_is_granted_before_somebody_gave_up(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant), pytest.raises(DomainError) as caught:
        grant(world, {2: "50000"})
    assert codes(caught) == {"nothing_freed"}


def test_days_lie_between_the_results_and_today_and_the_task_is_not_over(world: JudgingWorld) -> None:
    today = timezone.localdate()
    with tenant_scope(world.tenant):
        for day, code in (
            (today + timedelta(days=1), "day_to_come"),
            (today - timedelta(days=9), "day_too_early"),
        ):
            with pytest.raises(DomainError) as caught:
                step_back(world, happened_on=day)
            assert codes(caught) == {code}
        step_back(world, happened_on=today - timedelta(days=1))
        with pytest.raises(DomainError) as caught:
            grant(world, {2: "50000"}, happened_on=today - timedelta(days=2))
        assert codes(caught) == {"day_too_early"}
        with pytest.raises(DomainError) as caught:
            grant(world, {2: "50000"}, reason=" ")
        Call.objects.filter(pk=world.call.pk).update(
            task_from=today - timedelta(days=30), task_to=today - timedelta(days=1)
        )
        with pytest.raises(DomainError) as caught:
            grant(world, {2: "50000"})
        assert codes(caught) == {"task_over"}


def test_only_grants_and_places_of_published_results_are_given_up(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        with pytest.raises(DomainError) as caught:
            step_back(world, 4)
        assert codes(caught) == {"nothing_to_give_up"}
        step_back(world)
        with pytest.raises(DomainError) as caught:
            step_back(world)
        assert codes(caught) == {"nothing_to_give_up"}
        Call.objects.update(state="opened", decided_at=None, results_changed_at=None)
        for verb in (lambda: step_back(world, 2), lambda: grant(world, {2: "1"})):
            with pytest.raises(DomainError) as caught:
                verb()
            assert codes(caught) == {"not_decided"}


def test_who_looked_at_older_results_is_told(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        seen = results_stamp(world.call)
        step_back(world, 2, seen=seen)
        with pytest.raises(Conflict):
            step_back(world, 1, seen=seen)
        with pytest.raises(Conflict):
            grant(world, {3: "1"}, seen=seen)


def test_the_director_does_it_on_the_pages(world: JudgingWorld) -> None:
    client = world.client(world.director)
    page = world.url("decision/results")
    html = client.get(page).content.decode()
    assert "Grant and publish" not in html and "Przyznaj i opublikuj" not in html
    with tenant_scope(world.tenant):
        first, second = award(world, 1), award(world, 2)
    leave = world.url("awards", first, "give-up")
    day = timezone.localdate().strftime("%d.%m.%Y")
    assert client.get(leave).status_code == 200
    assert client.post(leave, {"happened_on": day, "reason": ""}).status_code == 422
    assert client.post(leave, {"happened_on": day, "reason": "Brak kadry"}).url == page
    html = client.get(page).content.decode()
    assert 'value="100000,00"' in html or 'value="100 000,00"' in html or "100000" in html
    refused = client.post(page, {"happened_on": day, "reason": "x", f"amount-{second.pk}": "100000,01"})
    assert refused.status_code == 422
    done = client.post(page, {"happened_on": day, "reason": "Następny", f"amount-{second.pk}": "100 000"})
    assert done.url == f"/{world.tenant.slug}/calls/{world.call.pk}/publications/"
    assert "Brak kadry" in client.get(page).content.decode()
    assert client.get(leave).status_code == 200
    # The page of the decision shows what became of each offer.
    assert "oferent zrezygnował" in client.get(world.url("decision")).content.decode()
    assert world.client(world.people[0]).get(page).status_code == 403
    with tenant_scope(world.tenant):
        Call.objects.filter(pk=world.call.pk).update(state="opened", decided_at=None, results_changed_at=None)
    assert client.get(page).status_code == 404


def test_the_board_and_the_feeds_say_what_changed_and_when(world: JudgingWorld) -> None:
    before = json.loads(board(world, "feed.json"))["items"]
    with tenant_scope(world.tenant):
        step_back(world)
        grant(world, {2: "90000"})
    html = board(world)
    for words in ("Fundacja Jodła 1", "<s>100", "Brak kadry", "Fundacja Jodła 2", "Następny na liście"):
        assert words in html
    assert 'id="results-change-2"' in html
    after = json.loads(board(world, "feed.json"))["items"]
    assert len(after) == len(before) + 2
    # What was told of the first results stays told.
    (first,) = [item for item in after if item["id"].endswith("-results")]
    assert first in before and "Fundacja Jodła 1" in first["content_text"]
    assert "Fundacja Jodła 2" in after[0]["content_text"] and "90" in after[0]["content_text"]


def test_open_data_keeps_the_award_that_was_given_up(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        step_back(world)
        grant(world, {2: "90000"})
    (release,) = json.loads(board(world, "ocds.json"))["releases"]
    assert release["tag"] == ["tender", "awardUpdate"]
    told = [
        (one["status"], one["value"]["amount"], one["amendments"][0]["rationale"])
        for one in release["awards"]
    ]
    assert sorted(told) == [("active", 90000.0, "Następny na liście"), ("cancelled", 100000.0, "Brak kadry")]
    assert {party["name"] for party in release["parties"]} >= {"Fundacja Jodła 1", "Fundacja Jodła 2"}
    # Of the change, and no sooner: the call itself is saved a moment after it, maybe in the next second.
    assert release["date"] >= max(one["amendments"][0]["date"] for one in release["awards"])
    with tenant_scope(world.tenant):
        apart = datetime.fromisoformat(release["date"]) - Call.objects.get().changed_at
    assert abs(apart.total_seconds()) <= 1


def test_changed_results_are_valid_open_data(world: JudgingWorld) -> None:
    if not SCHEMA.is_file():
        pytest.skip("the schema of OCDS is not on this machine; name its file in OCDS_SCHEMA")
    with tenant_scope(world.tenant):
        step_back(world)
        grant(world, {2: "90000"})
    package = json.loads(board(world, "ocds.json"))
    assert [error.message for error in validator().iter_errors(package)] == []


def test_reasons_can_be_demanded_anew_after_a_grant_from_the_reserve_list(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        first = last_day_for(world.call)
        step_back(world)
        assert last_day_for(world.call) == first
        grant(world, {2: "90000"})
        assert first and last_day_for(world.call) == first + timedelta(days=1)


def test_the_justification_tells_what_became_of_an_offer(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        declare_all(world.committee)
        pass_form(world.call)
        score_all(world.committee)
        close(world.committee)
        step_back(world)
        grant(world, {2: "90000"})
        text = justification_text(world.call)
    assert "Brak kadry" in text and "Następny na liście" in text


def test_a_draft_of_the_contract_is_given_up_with_the_grant_and_a_new_award_waits_for_its_own(
    world: JudgingWorld,
) -> None:
    with tenant_scope(world.tenant):
        draft = actions.draft_contract(award(world, 1), actor=world.director_actor)
        step_back(world)
        draft.refresh_from_db()
        assert (draft.state, draft.abandoned_reason) == ("abandoned", "Brak kadry")
        with pytest.raises(DomainError) as caught:
            actions.draft_contract(award(world, 1), actor=world.director_actor)
        assert codes(caught) == {"not_granted"}
        assert list(awards_without_contract()) == []
        grant(world, {2: "90000"})
        assert list(awards_without_contract()) == [award(world, 2)]
        made = actions.draft_contract(award(world, 2), actor=world.director_actor)
        assert (made.amount, made.state) == (Decimal("90000.00"), "draft")


def test_a_signed_contract_keeps_the_grant(world: JudgingWorld) -> None:
    today = timezone.localdate()
    with tenant_scope(world.tenant):
        draft = actions.draft_contract(award(world, 1), actor=world.director_actor)
        draft.number = "U/1/2027"
        draft.save()
        actions.make_document(draft, template=None, actor=world.director_actor)
        actions.send_for_signature(draft, actor=world.director_actor)
        for side in ("unit", "organisation"):
            actions.sign_draft(
                draft, side=side, function="prezes", signed_on=today, form="paper", actor=world.director_actor
            )
        with pytest.raises(DomainError) as caught:
            step_back(world)
        assert codes(caught) == {"contract_signed"}
        assert award(world, 1).decision == "granted"
        assert not ResultsChange.objects.exists()


def test_a_draft_without_a_number_can_be_given_up(world: JudgingWorld) -> None:
    with tenant_scope(world.tenant):
        draft = actions.draft_contract(award(world, 1), actor=world.director_actor)
        actions.abandon_draft(draft, reason="Rezygnacja", actor=world.director_actor)
        draft.refresh_from_db()
        assert draft.state == "abandoned"


def test_the_start_page_leads_on_until_the_organ_has_granted(world: JudgingWorld) -> None:
    client = world.client(world.director)
    with tenant_scope(world.tenant):
        draft = actions.draft_contract(award(world, 1), actor=world.director_actor)
        actions.abandon_draft(draft, reason="Rezygnacja", actor=world.director_actor)
        leave = world.url("awards", award(world, 1), "give-up")
    today = f"/{world.tenant.slug}/"
    assert leave in client.get(today, follow=True).content.decode()
    assert leave in client.get(f"/{world.tenant.slug}/contracts/to-sign/{draft.pk}/").content.decode()
    with tenant_scope(world.tenant):
        step_back(world)
    html = client.get(today, follow=True).content.decode()
    assert leave not in html and "czeka lista rezerwowa" in html
    with tenant_scope(world.tenant):
        grant(world, {2: "90000"})
    assert "czeka lista rezerwowa" not in client.get(today, follow=True).content.decode()

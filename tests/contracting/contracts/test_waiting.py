"""The start page tells everybody what waits for them between the need and the contract."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from contracting.contracts import actions
from contracting.contracts.models import Contract
from contracting.tenders.models import Amendment, Call, Offer, Question
from kernel.ids import new_id
from kernel.tenancy import tenant_scope
from tests.factories.agreements import ACTOR, granted_award, sent_for_signature
from tests.factories.care import DecisionFactory, visit
from tests.factories.tenders import declare_all, make_call, make_committee, opened_offer, submit_offer


def _today(client: Any) -> str:
    return str(client.get("/alfa/").content.decode())


def test_the_unit_is_told_of_questions_awards_and_signatures(partners: Any, sign_in: Any) -> None:
    director = sign_in("director", partners.tenant)
    with tenant_scope(partners.tenant):
        call = make_call(number="K/5/2026", state=Call.State.PUBLISHED)
        Question.objects.create(
            call=call, asked_by=new_id(), organisation_id=partners.own.pk, text="Od której godziny?"
        )
        granted_award(partners.own, number="K/6/2026")
        draft = actions.draft_contract(granted_award(partners.own, number="K/7/2026"), actor=ACTOR)
        sent_for_signature(draft, "U/91/2027")
    page = _today(director)
    for said in (
        "1 pytanie czeka na odpowiedź",
        "K/5/2026",
        "nie ma jeszcze komisji",
        "K/6/2026",
        "U/91/2027",
    ):
        assert said in page, said


def test_the_unit_is_told_of_contracts_that_end_or_whose_money_runs_out(partners: Any, sign_in: Any) -> None:
    today = timezone.localdate()
    with tenant_scope(partners.tenant):
        contract, quiet = partners.contract, partners.other_contract
        for one in (contract, quiet):
            one.valid_from, one.valid_to = today - timedelta(days=60), today + timedelta(days=200)
            one.cap_minutes = 10_000
            one.save()
        contract.amount, contract.price_per_hour = Decimal(50), Decimal(50)
        contract.save()
        decision = DecisionFactory(contract=contract, valid_from=today - timedelta(days=60))
        visit(decision, partners.worker, today - timedelta(days=1), "08:00", 120)
    for role in ("director", "coordinator"):
        page = _today(sign_in(role, partners.tenant))
        assert "Środki z umowy są wyczerpane" in page and "U/1/2026 ·" in page, role
        assert "U/2/2026 ·" not in page
    assert "Środki z umowy są wyczerpane" not in _today(sign_in("inspector", partners.tenant))
    with tenant_scope(partners.tenant):
        quiet.valid_to = today + timedelta(days=20)
        quiet.save()
    assert "Umowa kończy się" in _today(sign_in("coordinator", partners.tenant))


def test_hours_that_are_used_up_are_told_once(partners: Any, sign_in: Any) -> None:
    today = timezone.localdate()
    with tenant_scope(partners.tenant):
        contract = partners.contract
        contract.valid_from, contract.valid_to = today - timedelta(days=60), today + timedelta(days=200)
        contract.cap_minutes = 100
        contract.save()
        decision = DecisionFactory(contract=contract, valid_from=today - timedelta(days=60))
        visit(decision, partners.worker, today - timedelta(days=1), "08:00", 120)
    page = _today(sign_in("director", partners.tenant))
    assert "Godziny z umowy U/1/2026 są wyczerpane" in page
    assert "Limit godzin umowy jest wyczerpany" not in page


def test_before_the_opening_the_unit_is_not_told_who_writes(partners: Any, sign_in: Any) -> None:
    director = sign_in("director", partners.tenant)
    with tenant_scope(partners.tenant):
        # Its contract does not end soon, or the page would name it for that.
        Contract.objects.update(valid_to=timezone.localdate() + timedelta(days=200))
        call = make_call(number="K/5/2026", state=Call.State.PUBLISHED)
        submit_offer(call, partners.own)
    assert "Fundacja Dom" not in _today(director).replace("U/1/2026", "").split("Ten miesiąc")[0]


def test_members_are_led_from_the_opening_to_their_points(partners: Any, sign_in: Any) -> None:
    member = sign_in("committee_member", partners.tenant)
    with tenant_scope(partners.tenant):
        user = User.objects.get(pk=member.session["_auth_user_id"])
        past = timezone.now() - timedelta(hours=1)
        call = make_call(
            number="K/8/2026", state=Call.State.PUBLISHED, published_at=past - timedelta(days=30)
        )
        Call.objects.filter(pk=call.pk).update(deadline=past)
        committee = make_committee(call, user)
    assert "oferty można otworzyć" in _today(member)
    with tenant_scope(partners.tenant):
        Call.objects.filter(pk=call.pk).update(state=Call.State.OPENED, opened_at=timezone.now())
        opened_offer(call, partners.own)
    assert "Złóż oświadczenie" in _today(member)
    with tenant_scope(partners.tenant):
        declare_all(committee)
    assert "czekają na Twoje punkty" in _today(member)


def test_bidders_are_told_of_drafts_amendments_and_open_calls(partners: Any, sign_in: Any) -> None:
    manager = sign_in("ngo_manager", partners.tenant, partners.own)
    with tenant_scope(partners.tenant):
        call = make_call(number="K/9/2026", state=Call.State.PUBLISHED)
    assert "przyjmuje oferty do" in _today(manager)
    with tenant_scope(partners.tenant):
        offer = submit_offer(call, partners.own)
    assert "K/9/2026" not in _today(manager), "nothing waits once the offer is handed in"
    with tenant_scope(partners.tenant):
        Amendment.objects.create(
            call=call,
            number=1,
            reason="Dłuższy termin",
            published_at=timezone.now(),
            published_by=new_id(),
        )
    assert "potwierdź ofertę" in _today(manager)
    with tenant_scope(partners.tenant):
        Offer.objects.filter(pk=offer.pk).update(state="draft", draft=b"x")
    assert "Zobacz zmianę" in _today(manager), "the draft was written before the amendment"
    with tenant_scope(partners.tenant):
        Offer.objects.filter(pk=offer.pk).update(draft_saved_at=timezone.now())
    assert "Dokończ ofertę" in _today(manager)


@pytest.mark.parametrize("role", ["director", "ngo_manager"])
def test_the_questions_to_the_database_do_not_grow(
    partners: Any, sign_in: Any, role: str, django_assert_max_num_queries: Any
) -> None:
    own = partners.own if role.startswith("ngo") else None
    client = sign_in(role, partners.tenant, own)
    counts = []
    for size in (2, 5):
        with tenant_scope(partners.tenant):
            for place in range(size):
                call = make_call(number=f"P/{size}/{place}", state=Call.State.PUBLISHED)
                submit_offer(call, partners.own)
                granted_award(partners.own, number=f"G/{size}/{place}")
        _today(client)
        with django_assert_max_num_queries(66) as asked:
            _today(client)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_bidders_are_told_of_results_and_of_a_contract_to_be_signed(partners: Any, sign_in: Any) -> None:
    manager = sign_in("ngo_manager", partners.tenant, partners.own)
    coordinator = sign_in("ngo_coordinator", partners.tenant, partners.own)
    other = sign_in("ngo_manager", partners.tenant, partners.other)
    with tenant_scope(partners.tenant):
        award = granted_award(partners.own, number="K/7/2026")
        Call.objects.filter(pk=award.offer.call_id).update(state=Call.State.OPENED)
    assert "Ogłoszono wyniki" not in _today(manager), "a decision that is not published is nobody's"
    with tenant_scope(partners.tenant):
        Call.objects.filter(pk=award.offer.call_id).update(state=Call.State.DECIDED)
        draft = actions.draft_contract(award, actor=ACTOR)
    page = _today(manager).replace("\xa0", " ")
    assert "Ogłoszono wyniki: przyznano, 90 000,00 zł" in page and f"/alfa/offers/{award.offer_id}/" in page
    assert "U/91/2027" not in page
    with tenant_scope(partners.tenant):
        draft = sent_for_signature(draft, "U/91/2027")
    for client, heading in ((manager, "1 sprawa czeka"), (coordinator, "Do wiadomości")):
        page = _today(client)
        assert "Umowa U/91/2027 czeka na podpis Twojej organizacji" in page and heading in page
        assert f"/alfa/contracts/to-sign/{draft.pk}/" in page
    assert "U/91/2027" not in _today(other) and "Ogłoszono wyniki" not in _today(other)
    with tenant_scope(partners.tenant):
        signed = {"function": "prezes", "signed_on": timezone.localdate(), "form": "paper"}
        actions.sign_draft(draft, side="organisation", actor=ACTOR, **signed)
        long_ago = timezone.now() - timedelta(days=31)
        Call.objects.filter(pk=award.offer.call_id).update(decided_at=long_ago)
    page = _today(manager)
    assert "czeka na podpis" not in page and "Ogłoszono wyniki" not in page

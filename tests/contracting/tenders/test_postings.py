"""Offers of small grants posted for comments: the three places, the comments, the board, and what a decision waits for."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from contracting.commissioning.models import LegalLimit
from contracting.tenders.actions.deciding import Decision, decide_offers, publish_results
from contracting.tenders.actions.postings import record_posting_place
from contracting.tenders.models import Award, Call, Offer, OfferPosting, PostingComment
from contracting.tenders.views import postings
from kernel.errors import DomainError
from kernel.tenancy import public_scope, tenant_scope
from tenants.models import Organisation, Tenant
from tests.contracting.tenders.calls_world import DIRECTOR
from tests.factories.people import partner
from tests.factories.postings import comment_on, post_for_comments
from tests.factories.tenders import make_call, make_committee, opened_offer, submit_offer
from tests.meanwhile import meanwhile

SignIn = Callable[..., Client]
WORDS = {
    "title": "Wsparcie sąsiedzkie",
    "summary": "Pomoc w zakupach dla dziesięciu osób",
    "comments_to": "uwagi@ops.test",
}


@pytest.fixture
def organisation(alfa: Tenant) -> Organisation:
    with public_scope():
        return partner(alfa, name="Fundacja Sąsiad")


@pytest.fixture
def offer(alfa: Tenant, organisation: Organisation) -> Offer:
    """An opened offer of a small grant, with the committee's opinion."""
    with tenant_scope(alfa):
        call = make_call(number="MG/1", kind=Call.Kind.SMALL_GRANT, lots=["9000.00"], contact="ops@alfa.test")
        made = opened_offer(call, organisation, grant="9000.00")
        Award.objects.create(
            offer=made, lot=made.lot, opinion="granted", opinion_amount=Decimal("9000.00"), rank=1
        )
    return made


def text_of(answer: Any) -> str:
    words = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(words.replace("\xa0", " ").split())


def url(offer: Offer, *parts: Any) -> str:
    words = "".join(f"{getattr(part, 'pk', part)}/" for part in parts)
    return f"/alfa/calls/{offer.call_id}/postings/{words}"


def day(ago: int) -> str:
    return f"{timezone.localdate() - timedelta(days=ago):%d.%m.%Y}"


def grant(offer: Offer) -> list[str]:
    """Grant the offer its money; gives the codes of what refuses it."""
    try:
        decide_offers(offer.call, {offer.pk: Decision("granted", Decimal("9000.00"))}, actor=DIRECTOR)
    except DomainError as error:
        return [problem.code for problem in error.problems]
    return []


def test_an_offer_is_posted_with_its_summary_and_the_public_reads_it(
    alfa: Tenant, sign_in: SignIn, offer: Offer
) -> None:
    director, public = sign_in("director", alfa), Client()
    board = f"/alfa/board/{offer.call_id}/"
    assert "Fundacja Sąsiad" not in text_of(public.get(board))
    page = director.get(url(offer, "offers", offer))
    assert page.context["form"]["comments_to"].value() == "ops@alfa.test"
    assert "Pomoc w domu Fundacja Sąsiad" in page.context["form"]["summary"].value()
    assert director.post(url(offer, "offers", offer), {**WORDS, "summary": " "}).status_code == 422
    assert director.post(url(offer, "offers", offer), WORDS).status_code == 302
    shown = text_of(public.get(board))
    assert "Pomoc w zakupach dla dziesięciu osób" in shown and "Fundacja Sąsiad" in shown
    assert "każdy może zgłosić przez 7 dni" in shown and "uwagi@ops.test" in shown
    assert "Wsparcie sąsiedzkie" in text_of(public.get("/alfa/board/"))
    with tenant_scope(alfa):
        assert OfferPosting.objects.get().www_on == timezone.localdate()
        assert Entry.objects.filter(verb="post_offer").count() == 1
    assert director.post(url(offer, "offers", offer), {**WORDS, "title": "Inny"}).status_code == 302
    with tenant_scope(alfa):
        assert OfferPosting.objects.get().title == "Wsparcie sąsiedzkie", "public words stay"


def test_the_three_places_are_recorded_with_proofs_and_the_term_runs_from_the_last(
    alfa: Tenant, sign_in: SignIn, offer: Offer
) -> None:
    director = sign_in("director", alfa)
    with tenant_scope(alfa):
        posting = post_for_comments(offer, days_ago=2, places=False)
    address = url(offer, posting, "place")
    for wrong, field in (
        ({"proof": " "}, "proof"),
        ({"posted_on": day(-1)}, "posted_on"),
        ({"posted_on": day(30)}, "posted_on"),
        ({"place": "www"}, "place"),
    ):
        answer = director.post(address, {"place": "bip", "posted_on": day(1), "proof": "widziano", **wrong})
        assert answer.status_code == 422 and field in answer.context["form"].errors
    with tenant_scope(alfa):
        assert not OfferPosting.objects.filter(bip_on__isnull=False).exists()
    assert "gdy oferta zostanie zamieszczona we wszystkich trzech miejscach" in text_of(
        director.get(url(offer))
    )
    for name, ago in (("bip", 1), ("board", 2)):
        given = {"place": name, "posted_on": day(ago), "proof": "https://bip.test/mg"}
        assert director.post(address, given).status_code == 302
    last = timezone.localdate() + timedelta(days=6)
    with tenant_scope(alfa):
        assert OfferPosting.objects.get().posted_on.count(timezone.localdate() - timedelta(days=1)) == 1
    public = text_of(Client().get(f"/alfa/board/{offer.call_id}/"))
    assert "każdy może zgłosić do" in public and str(last.year) in public and f" {last.day} " in public


def test_money_is_granted_only_after_seven_days_and_every_comment(
    alfa: Tenant, sign_in: SignIn, offer: Offer
) -> None:
    director = sign_in("director", alfa)
    with tenant_scope(alfa):
        assert grant(offer) == ["offer_not_posted"]
        posting = post_for_comments(offer, days_ago=7, board_on=None, board_proof="")
        assert grant(offer) == ["posting_places_missing"]
    address = url(offer, posting, "place")
    given = {"place": "board", "posted_on": day(7), "proof": "sekretariat"}
    # The offer was opened two days ago: the factory's days are older than that.
    with tenant_scope(alfa):
        Call.objects.update(
            opened_at=timezone.now() - timedelta(days=20), deadline=timezone.now() - timedelta(days=21)
        )
    saved = director.post(address, given)
    assert saved.status_code == 302, saved.context["form"].errors
    with tenant_scope(alfa):
        assert grant(offer) == ["posting_not_over"], "the seventh day is not over"
        OfferPosting.objects.update(
            **dict.fromkeys(("www_on", "bip_on", "board_on"), timezone.localdate() - timedelta(days=8))
        )
        comment = comment_on(OfferPosting.objects.get())
        assert grant(offer) == ["comments_not_considered"]
    refused = director.post(url(offer, "comments", comment), {"answer": "  "})
    assert refused.status_code == 422
    considered = director.post(
        url(offer, "comments", comment), {"answer": "Zakres jest inny, uwaga nieuwzględniona"}
    )
    assert considered.status_code == 302
    again = director.post(url(offer, "comments", comment), {"answer": "Inaczej"})
    assert again.status_code == 422
    with tenant_scope(alfa):
        assert PostingComment.objects.get().answer == "Zakres jest inny, uwaga nieuwzględniona"
        assert grant(offer) == []
        assert publish_results(offer.call, actor=DIRECTOR).state == Call.State.DECIDED
        with pytest.raises(DomainError) as refusal:
            record_posting_place(
                OfferPosting.objects.get(), "bip", posted_on=timezone.localdate(), proof="x", actor=DIRECTOR
            )
    assert refusal.value.code == "decided_already"


def test_a_comment_between_the_decision_and_its_publication_holds_the_publication_back(
    in_alfa: Tenant, offer: Offer
) -> None:
    posting = post_for_comments(offer)
    assert grant(offer) == []
    comment_on(posting)
    with pytest.raises(DomainError) as refusal:
        publish_results(offer.call, actor=DIRECTOR)
    assert [problem.code for problem in refusal.value.problems] == ["comments_not_considered"]
    assert Call.objects.get().state == Call.State.OPENED


def test_refusing_an_offer_needs_no_posting(in_alfa: Tenant, offer: Offer) -> None:
    decide_offers(offer.call, {offer.pk: Decision("refused", None, "Niecelowe")}, actor=DIRECTOR)
    assert Award.objects.get().decision == "refused"


def test_comments_are_taken_within_the_term_only(alfa: Tenant, sign_in: SignIn, offer: Offer) -> None:
    director = sign_in("coordinator", alfa)
    with tenant_scope(alfa):
        posting = post_for_comments(offer, days_ago=10)
    address = url(offer, posting, "comment")
    for ago, status in ((11, 422), (10, 302), (3, 302), (2, 422), (-1, 422)):
        answer = director.post(address, {"received_on": day(ago), "text": "Uwaga"})
        assert answer.status_code == status, ago
    with tenant_scope(alfa):
        assert PostingComment.objects.count() == 2
        entry = Entry.objects.filter(verb="record_comment").first()
        assert entry is not None and "Uwaga" not in str(entry.payload)


def test_the_law_of_the_tenant_counts(in_alfa: Tenant, offer: Offer) -> None:
    post_for_comments(offer, days_ago=8)
    LegalLimit.objects.create(
        code="small_grant_comment_days", value=14, unit="days", valid_from=timezone.localdate() - timedelta(days=1),
        article="art. 19a", source="zmiana", verified=True,
    )  # fmt: skip
    assert grant(offer) == ["posting_not_over"]


def test_an_offer_that_stays_unposted_too_long_is_marked(
    alfa: Tenant, sign_in: SignIn, organisation: Organisation, offer: Offer
) -> None:
    director = sign_in("director", alfa)
    assert "do zamieszczenia do" in text_of(director.get(url(offer)))
    with tenant_scope(alfa):
        offer.sealed.update(submitted_at=timezone.now() - timedelta(days=40))
    assert "▲ do zamieszczenia do" in text_of(director.get(url(offer)))


def test_nothing_is_posted_of_other_calls_or_before_the_opening(
    alfa: Tenant, sign_in: SignIn, organisation: Organisation
) -> None:
    director = sign_in("director", alfa)
    with tenant_scope(alfa):
        supported = opened_offer(make_call(number="K/1", kind=Call.Kind.SUPPORT), organisation)
        sealed = submit_offer(
            make_call(number="MG/9", kind=Call.Kind.SMALL_GRANT, state=Call.State.PUBLISHED), organisation
        )
    assert director.get(url(supported)).status_code == 404
    assert director.post(url(supported, "offers", supported), WORDS).status_code == 404
    assert director.post(url(sealed, "offers", sealed), WORDS).status_code == 404
    assert "Fundacja Sąsiad" not in text_of(director.get(url(sealed)))
    with tenant_scope(alfa):
        assert not OfferPosting.objects.exists()


def test_an_annulled_call_shows_no_posted_offer(alfa: Tenant, offer: Offer) -> None:
    with tenant_scope(alfa):
        post_for_comments(offer, days_ago=1)
        Call.objects.update(
            state="annulled",
            annulled_at=timezone.now(),
            annulment_reason="Brak środków",
            annulment_ground="other",
        )
    assert "Pomoc w zakupach" not in text_of(Client().get(f"/alfa/board/{offer.call_id}/"))
    assert "Wsparcie sąsiedzkie" not in text_of(Client().get("/alfa/board/"))


def test_a_reader_who_has_the_page_is_told_when_it_changed(
    alfa: Tenant, sign_in: SignIn, offer: Offer
) -> None:
    public, board = Client(), f"/alfa/board/{offer.call_id}/"
    etag = public.get(board)["ETag"]
    assert public.get(board, headers={"If-None-Match": etag}).status_code == 304
    sign_in("director", alfa).post(url(offer, "offers", offer), WORDS)
    changed = public.get(board, headers={"If-None-Match": etag})
    assert changed.status_code == 200 and changed["ETag"] != etag


def test_the_database_keeps_places_with_their_proofs(in_alfa: Tenant, offer: Offer) -> None:
    for half in ({"bip_proof": ""}, {"board_on": None}, {"summary": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            post_for_comments(offer, **half)
    posting = post_for_comments(offer)
    for half in (
        {"text": ""},
        {"text": "x", "answer": "x"},
        {"text": "x", "considered_on": timezone.localdate()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            PostingComment.objects.create(posting=posting, received_on=timezone.localdate(), **half)


def test_bidders_and_readers_do_not_post(
    alfa: Tenant, sign_in: SignIn, organisation: Organisation, offer: Offer
) -> None:
    for client in (sign_in("ngo_manager", alfa, organisation), sign_in("inspector", alfa)):
        assert client.post(url(offer, "offers", offer), WORDS).status_code == 403
        assert client.get(url(offer)).status_code == 403
    with tenant_scope(alfa):
        assert not OfferPosting.objects.exists()


def test_what_is_posted_already_or_annulled_takes_no_more(
    alfa: Tenant, sign_in: SignIn, offer: Offer
) -> None:
    director = sign_in("director", alfa)
    with meanwhile(postings, "post_offer", partial(post_for_comments, offer, days_ago=0, places=False)):
        answer = director.post(url(offer, "offers", offer), WORDS)
    assert answer.status_code == 422
    assert "Ta oferta jest już zamieszczona; jej treść jest publiczna" in text_of(answer)
    with tenant_scope(alfa):
        posting = OfferPosting.objects.get()
        annulled = {
            "annulled_at": timezone.now(),
            "annulment_ground": "other",
            "annulment_reason": "Brak środków",
        }
        Call.objects.filter(pk=offer.call_id).update(state=Call.State.ANNULLED, **annulled)
    given = {"place": "bip", "posted_on": day(0), "proof": "https://bip.test/mg"}
    answer = director.post(url(offer, posting, "place"), given)
    assert answer.status_code == 422 and "Konkurs unieważniono, więc ofert już się" in text_of(answer)
    with tenant_scope(alfa):
        assert OfferPosting.objects.get().bip_on is None


def test_who_has_not_declared_posts_no_offer(alfa: Tenant, sign_in: SignIn, offer: Offer) -> None:
    coordinator = sign_in("coordinator", alfa)
    with tenant_scope(alfa):
        make_committee(offer.call, coordinator.user)  # type: ignore[attr-defined]
    answer = coordinator.post(url(offer, "offers", offer), WORDS)
    assert answer.status_code == 403
    assert "Najpierw złóż oświadczenie o bezstronności wobec tej oferty." in text_of(answer)
    with tenant_scope(alfa):
        assert not OfferPosting.objects.exists()

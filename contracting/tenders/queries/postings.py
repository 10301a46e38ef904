"""Posted offers of small grants with their terms: for the office, for the decision and for the public."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from contracting.commissioning.law import limits_on
from contracting.tenders.models import Call, Offer, OfferPosting, SealedOffer
from contracting.tenders.rules.postings import (
    Obstacle,
    PostingFacts,
    PostingTerms,
    due_on,
    last_day_posted,
    last_day_to_comment,
    obstacle,
)
from kernel.periods import local_date


def posting_terms(day: date) -> PostingTerms:
    """The limits of art. 19a as they stand on the day; one query."""
    limits = limits_on(day)
    return PostingTerms(
        places=limits["publication_places"].whole,
        posted_days=limits["small_grant_posted_days"].whole,
        comment_days=limits["small_grant_comment_days"].whole,
        post_within=limits["small_grant_post_within_working_days"].whole,
    )


@dataclass(frozen=True)
class PostedOffer:
    """An opened offer of a small grant with its posting, where it has one, on a day."""

    offer: Offer
    posting: OfferPosting | None
    terms: PostingTerms
    today: date
    due_on: date | None = None
    comments_waiting: int = 0

    @property
    def obstacle(self) -> Obstacle | None:
        """Why it may not be granted money yet."""
        facts = PostingFacts(self.posting.posted_on, self.comments_waiting) if self.posting else None
        return obstacle(facts, self.terms, self.today)

    @property
    def last_day_to_comment(self) -> date | None:
        return last_day_to_comment(self.posting.posted_on, self.terms) if self.posting else None

    @property
    def last_day_posted(self) -> date | None:
        return last_day_posted(self.posting.posted_on, self.terms) if self.posting else None

    @property
    def is_public(self) -> bool:
        """Whether the public reads of it: it is posted, and its call was not annulled."""
        return self.posting is not None and self.offer.call.annulled_at is None

    @property
    def takes_comments(self) -> bool:
        """Whether anybody may comment today: while a place is missing the term has not begun to run out."""
        last = self.last_day_to_comment
        if not self.is_public:
            return False
        return self.offer.call.state == Call.State.OPENED if last is None else self.today <= last

    @property
    def facts(self) -> list[Any]:
        """What tells one state of its public words from another."""
        changed_at = self.posting.changed_at if self.posting else None
        return [self.offer.pk, changed_at, self.takes_comments, self.last_day_to_comment]

    @property
    def is_late(self) -> bool:
        """Whether the posting began, or would begin today, after the days that the law gives from the receipt."""
        begun = max(self.posting.posted_on) if self.posting else self.today
        return self.due_on is not None and begun > self.due_on


def posted_offers(call: Call, today: date) -> list[PostedOffer]:
    """The opened offers of the call by number; four queries. None of a call that is for no small grants."""
    if call.kind != Call.Kind.SMALL_GRANT:
        return []
    offers = list(
        Offer.objects.filter(call=call, opened__isnull=False)
        .select_related("organisation", "lot")
        .defer("draft")
        .order_by("number")
    )
    postings = postings_of([offer.pk for offer in offers])
    received = dict(
        SealedOffer.objects.filter(offer__in=offers, state=SealedOffer.State.CURRENT).values_list(
            "offer_id", "submitted_at"
        )
    )
    terms = posting_terms(today)
    found = []
    for offer in offers:
        offer.call = call
        posting, waiting = postings.get(offer.pk, (None, 0))
        due = due_on(local_date(received[offer.pk]), terms) if offer.pk in received else None
        found.append(PostedOffer(offer, posting, terms, today, due, waiting))
    return found


def postings_of(offers: Iterable[UUID]) -> dict[UUID, tuple[OfferPosting, int]]:
    """The postings of these offers by the offer's id, each with the number of its comments that are not considered
    yet; one query."""
    waiting = Count("comments", filter=Q(comments__considered_on__isnull=True))
    rows = OfferPosting.objects.filter(offer__in=list(offers)).annotate(waiting=waiting)
    return {row.offer_id: (row, row.waiting) for row in rows}


def open_for_comments(today: date) -> list[PostedOffer]:
    """Posted offers on which anybody may comment today, of calls that were not annulled; two queries."""
    terms = posting_terms(today)
    since = today - timedelta(days=terms.comment_days)
    rows = (
        OfferPosting.objects.filter(
            Q(offer__call__state=Call.State.OPENED) | Q(bip_on__gte=since) | Q(board_on__gte=since)
        )
        .select_related("offer__call", "offer__organisation")
        .defer("offer__draft")
        .order_by("www_on", "pk")
    )
    found = [PostedOffer(row.offer, row, terms, today) for row in rows]
    return [one for one in found if one.takes_comments]

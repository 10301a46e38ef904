"""Offers of small grants posted for comments, in the tenant at hand."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from contracting.tenders.models import Call, Offer, OfferPosting, PostingComment
from tenants.models import Organisation
from tests.factories.tenders import make_call, opened_offer


def post_for_comments(offer: Offer, *, days_ago: int = 8, places: bool = True, **fields: Any) -> OfferPosting:
    """The offer posted in all three places on one day, eight days ago unless said: comments are over."""
    day = timezone.localdate() - timedelta(days=days_ago)
    known = {"bip_on": day, "bip_proof": "https://bip.test/1", "board_on": day, "board_proof": "kadry"}
    values: dict[str, Any] = {
        "title": "Wsparcie sąsiedzkie",
        "summary": "Pomoc w zakupach dla dziesięciu osób",
        "comments_to": "uwagi@ops.test",
        "www_on": day,
        **(known if places else {}),
    }
    made: OfferPosting = OfferPosting.objects.create(offer=offer, **{**values, **fields})
    return made


def comment_on(posting: OfferPosting, day: date | None = None) -> PostingComment:
    """A comment that waits to be considered."""
    made: PostingComment = PostingComment.objects.create(
        posting=posting, received_on=day or posting.www_on, text="Zakres powiela zadanie innej organizacji"
    )
    return made


def small_grants(organisation: Organisation, rival: Organisation) -> dict[str, Any]:
    """A call for small grants with a posted offer on which a comment came, and one that is not posted."""
    call = make_call(
        number=f"MG/{Call.objects.count()}", kind=Call.Kind.SMALL_GRANT, lots=["9000.00", "9000.00"]
    )
    first, second = call.lots.all()
    posting = post_for_comments(opened_offer(call, organisation, lot=first, grant="9000.00"), days_ago=1)
    return {
        "small_call": call,
        "posting": posting,
        "posting_comment": comment_on(posting),
        "unposted_offer": opened_offer(call, rival, lot=second, grant="9000.00"),
    }

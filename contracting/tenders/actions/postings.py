"""Posting offers of small grants for comments: the places, the comments, and what the decision waits for."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit.actions import record
from contracting.tenders.clock import database_now
from contracting.tenders.locking import lock_call
from contracting.tenders.models import Award, Call, Offer, OfferPosting, PostingComment
from contracting.tenders.queries.postings import PostedOffer, posting_terms, postings_of
from contracting.tenders.rules.postings import Obstacle, last_day_to_comment
from kernel.access import Actor
from kernel.errors import DomainError, Problem
from kernel.periods import local_date
from kernel.validation import require_valid
from ui.formatting import format_date_text

_AFTER_OPENING = (Call.State.OPENED, Call.State.DECIDED)


def post_offer(offer: Offer, *, title: str, summary: str, comments_to: str, actor: Actor) -> OfferPosting:
    """Put the summary of an opened offer on the public board for comments; its words are final.

    Raises DomainError `annulled`, `posted_already`, `invalid`.
    """
    with transaction.atomic():
        call = _lock_opened(offer.call)
        if OfferPosting.objects.filter(offer=offer).exists():
            raise DomainError(
                "posted_already", _("This offer is posted already; its words are public and stay.")
            )
        posting = OfferPosting(
            offer=offer,
            title=title.strip(),
            summary=summary.strip(),
            comments_to=comments_to.strip(),
            www_on=_today(),
            posted_by=actor.user_id,
        )
        require_valid(posting, exclude=["offer"])
        posting.save()
        _touch(call)
        _note("post_offer", call, {"offer": offer.pk, "www_on": posting.www_on}, actor)
    return posting


def record_posting_place(
    posting: OfferPosting, place: str, *, posted_on: date, proof: str, actor: Actor
) -> OfferPosting:
    """Write down the day on which the offer was posted in “bip” or on the “board”, with its proof, or correct it.

    Raises DomainError `annulled`, `day_to_come`, `before_the_opening`, `invalid`, and `decided_already` once money was
    granted on the strength of the days.
    """
    with transaction.atomic():
        call = _lock_opened(posting.offer.call)
        locked: OfferPosting = OfferPosting.objects.select_for_update().get(pk=posting.pk)
        _require_past(posted_on, "posted_on")
        if call.opened_at is not None and posted_on < local_date(call.opened_at):
            raise DomainError(
                "before_the_opening",
                _("Posted on %(day)s: the offer was opened later, so it cannot have been posted then.")
                % {"day": format_date_text(posted_on)},
                field="posted_on",
                value=posted_on,
            )
        _require_undecided(locked)
        before = [getattr(locked, f"{place}_on"), getattr(locked, f"{place}_proof")]
        setattr(locked, f"{place}_on", posted_on)
        setattr(locked, f"{place}_proof", proof.strip())
        require_valid(locked, exclude=["offer"])
        locked.save()
        _touch(call)
        payload = {
            "offer": locked.offer_id,
            "place": place,
            "before": before,
            "after": [posted_on, proof.strip()],
        }
        _note("record_posting_place", call, payload, actor)
    return locked


def record_comment(posting: OfferPosting, *, received_on: date, text: str, actor: Actor) -> PostingComment:
    """Write down a comment that came in time; who sent it is not kept.

    Raises DomainError `annulled`, `day_to_come`, `comment_outside_term`, `invalid`.
    """
    with transaction.atomic():
        call = _lock_opened(posting.offer.call)
        _require_past(received_on, "received_on")
        first = min(posting.posted_on)
        last = last_day_to_comment(posting.posted_on, posting_terms(_today()))
        if received_on < first or (last is not None and received_on > last):
            raise DomainError(
                "comment_outside_term",
                _("Received on %(day)s: comments were taken from %(first)s to %(last)s.")
                % {
                    "day": format_date_text(received_on),
                    "first": format_date_text(first),
                    "last": format_date_text(last) if last else _("the end of the term"),
                },
                field="received_on",
                value=received_on,
            )
        row = PostingComment(
            posting=posting, received_on=received_on, text=text.strip(), recorded_by=actor.user_id
        )
        require_valid(row, exclude=["posting"])
        row.save()
        _note("record_comment", call, {"offer": posting.offer_id, "comment": row.pk}, actor)
    return row


def consider_comment(comment: PostingComment, *, answer: str, actor: Actor) -> PostingComment:
    """Keep how a comment was considered; it stays. Raises DomainError `annulled`, `considered_already`, `invalid`."""
    with transaction.atomic():
        call = _lock_opened(comment.posting.offer.call)
        locked: PostingComment = PostingComment.objects.select_for_update().get(pk=comment.pk)
        if locked.considered_on is not None:
            raise DomainError("considered_already", _("This comment is considered already."))
        locked.answer, locked.considered_on = answer.strip(), _today()
        require_valid(locked, exclude=["posting"])
        locked.save()
        _note("consider_comment", call, {"comment": locked.pk}, actor)
    return locked


def problems_of_postings(awards: Iterable[Award]) -> list[Problem]:
    """Why these grants cannot be decided yet: each offer is posted for its days and all comments are considered."""
    granted = [award for award in awards if award.decision == Award.Outcome.GRANTED]
    if not granted:
        return []
    today = _today()
    terms, postings = posting_terms(today), postings_of(award.offer_id for award in granted)
    found = []
    for award in granted:
        posting, waiting = postings.get(award.offer_id, (None, 0))
        one = PostedOffer(award.offer, posting, terms, today, comments_waiting=waiting)
        if one.obstacle is not None:
            found.append(_problem(one, one.obstacle))
    return found


_TEXTS: dict[Obstacle, Any] = {
    Obstacle.NOT_POSTED: _(
        "Offer {number}: it is not posted for comments. Post it on the page “Offers for comments” of the call."
    ),
    Obstacle.PLACES_MISSING: _(
        "Offer {number}: the day of its posting in BIP or at the seat is missing. Record it with its proof."
    ),
    Obstacle.STILL_POSTED: _("Offer {number}: it is posted for comments to {last}. Decide after that day."),
    Obstacle.COMMENTS_WAIT: _(
        "Offer {number}: comments are not considered yet ({count}). Write how each was considered."
    ),
}


def _problem(one: PostedOffer, found: Obstacle) -> Problem:
    message = format_lazy(
        _TEXTS[found],
        number=one.offer.number,
        last=format_date_text(one.last_day_posted) if one.last_day_posted else "",
        count=one.comments_waiting,
    )
    return Problem(str(found), message, f"offer-{one.offer.pk}", str(one.offer.number))


def _lock_opened(call: Call) -> Call:
    locked = lock_call(call)
    if locked.state not in _AFTER_OPENING:
        raise DomainError(
            "annulled", _("The call is annulled, so nothing more of its offers is posted or recorded.")
        )
    return locked


def _require_past(day: date, field: str) -> None:
    if day > _today():
        raise DomainError(
            "day_to_come",
            _("%(day)s has not come yet: enter the day on which it happened.")
            % {"day": format_date_text(day)},
            field=field,
            value=day,
        )


def _require_undecided(posting: OfferPosting) -> None:
    granted = Award.objects.filter(offer=posting.offer_id, decision=Award.Outcome.GRANTED)
    if granted.filter(lot__call__decided_at__isnull=False).exists():
        raise DomainError(
            "decided_already",
            _("Money was granted on the strength of these days, so they stay as they are recorded."),
        )


def _today() -> date:
    return local_date(database_now())


def _touch(call: Call) -> None:
    """The public page of the call has changed."""
    call.save(update_fields=["changed_at"])


def _note(verb: str, call: Call, payload: dict[str, Any], actor: Actor) -> None:
    record(verb, actor=actor, subject_type="call", subject_id=call.pk, payload=payload)

"""How long the offer of a small grant stays posted for comments (art. 19a(3)-(5)); without Django."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kernel.periods import working_day_after

_DAY = timedelta(days=1)


class Obstacle(StrEnum):
    """Why an offer may not be granted money yet."""

    NOT_POSTED = "offer_not_posted"
    PLACES_MISSING = "posting_places_missing"
    STILL_POSTED = "posting_not_over"
    COMMENTS_WAIT = "comments_not_considered"


@dataclass(frozen=True)
class PostingTerms:
    """The limits of the law in force: places, days of the posting and of comments, working days to post."""

    places: int
    posted_days: int
    comment_days: int
    post_within: int


@dataclass(frozen=True)
class PostingFacts:
    """The days on which the offer was posted, one for each place, and how many comments are not considered yet."""

    posted_on: Sequence[date]
    comments_waiting: int = 0


def is_complete(posted_on: Sequence[date], terms: PostingTerms) -> bool:
    """Whether the offer stands in all of the places."""
    return len(posted_on) >= terms.places


def last_day_to_comment(posted_on: Sequence[date], terms: PostingTerms) -> date | None:
    """The last day for comments, counted from the last of the places; that day itself does not count.

    None while a place is missing: until then anybody may comment.
    """
    if not is_complete(posted_on, terms):
        return None
    return max(posted_on) + _DAY * terms.comment_days


def last_day_posted(posted_on: Sequence[date], terms: PostingTerms) -> date | None:
    """The last day on which the offer must still be posted; None while a place is missing."""
    if not is_complete(posted_on, terms):
        return None
    return max(posted_on) + _DAY * max(terms.posted_days, terms.comment_days)


def obstacle(facts: PostingFacts | None, terms: PostingTerms, today: date) -> Obstacle | None:
    """What keeps the offer from being granted money today; None where nothing does. No facts: it is not posted."""
    if facts is None:
        return Obstacle.NOT_POSTED
    last = last_day_posted(facts.posted_on, terms)
    if last is None:
        return Obstacle.PLACES_MISSING
    if today <= last:
        return Obstacle.STILL_POSTED
    return Obstacle.COMMENTS_WAIT if facts.comments_waiting else None


def due_on(received_on: date, terms: PostingTerms) -> date:
    """The last day for posting an offer that was received on a day: so many working days after it."""
    return working_day_after(received_on, terms.post_within)

"""How long an offer of a small grant stays posted, as pure rules (art. 19a(3)-(5))."""

from datetime import date

import pytest

from contracting.tenders.rules.postings import (
    Obstacle,
    PostingFacts,
    PostingTerms,
    due_on,
    last_day_posted,
    last_day_to_comment,
    obstacle,
)

TERMS = PostingTerms(places=3, posted_days=7, comment_days=7, post_within=7)
DAYS = [date(2027, 3, 1), date(2027, 3, 3), date(2027, 3, 2)]


def test_seven_days_run_from_the_last_place_whose_day_does_not_count() -> None:
    assert last_day_to_comment(DAYS, TERMS) == last_day_posted(DAYS, TERMS) == date(2027, 3, 10)
    assert last_day_to_comment(DAYS[:2], TERMS) is None and last_day_posted([], TERMS) is None


def test_the_longer_of_posting_and_comments_counts() -> None:
    longer = PostingTerms(places=3, posted_days=14, comment_days=7, post_within=7)
    assert (last_day_to_comment(DAYS, longer), last_day_posted(DAYS, longer)) == (
        date(2027, 3, 10),
        date(2027, 3, 17),
    )


@pytest.mark.parametrize(
    ("facts", "today", "expected"),
    [
        (None, date(2027, 3, 30), Obstacle.NOT_POSTED),
        (PostingFacts(DAYS[:2]), date(2027, 3, 30), Obstacle.PLACES_MISSING),
        (PostingFacts(DAYS), date(2027, 3, 10), Obstacle.STILL_POSTED),
        (PostingFacts(DAYS), date(2027, 3, 11), None),
        (PostingFacts(DAYS, comments_waiting=1), date(2027, 3, 11), Obstacle.COMMENTS_WAIT),
        (PostingFacts(DAYS, comments_waiting=1), date(2027, 3, 10), Obstacle.STILL_POSTED),
    ],
)
def test_what_keeps_a_grant_from_being_decided(
    facts: PostingFacts | None, today: date, expected: Obstacle | None
) -> None:
    assert obstacle(facts, TERMS, today) == expected


def test_seven_working_days_to_post_leave_out_weekends_and_holidays() -> None:
    # Received on Thursday 29 April 2027: 30 April, 4-7 May, 10 and 11 May; 1 and 3 May are holidays.
    assert due_on(date(2027, 4, 29), TERMS) == date(2027, 5, 11)

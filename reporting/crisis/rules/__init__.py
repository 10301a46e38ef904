"""Pure rules of crisis intervention: the standard's numbers, sessions, chained versions, stays, duty."""

from reporting.crisis.rules.cards import FIELDS, MOST_LETTERS
from reporting.crisis.rules.chain import GENESIS, Link, canonical, content_hash, first_broken, link_hash
from reporting.crisis.rules.duty import (
    Demand,
    Gap,
    Opening,
    Shift,
    asked_minutes,
    coverage_gaps,
    demands_of,
    minutes_of,
    moved_week,
)
from reporting.crisis.rules.meetings import monday_of, weeks_short
from reporting.crisis.rules.sessions import crisis_limit, place_of, pushed_beyond
from reporting.crisis.rules.shelter import Nights, beds_by_day, last_leaving, unbroken_since, unbroken_until
from reporting.crisis.rules.standard import PRODUCT_TERMS, Terms, terms_on

__all__ = [
    "FIELDS",
    "GENESIS",
    "MOST_LETTERS",
    "PRODUCT_TERMS",
    "Demand",
    "Gap",
    "Link",
    "Nights",
    "Opening",
    "Shift",
    "Terms",
    "asked_minutes",
    "beds_by_day",
    "canonical",
    "content_hash",
    "coverage_gaps",
    "crisis_limit",
    "demands_of",
    "first_broken",
    "last_leaving",
    "link_hash",
    "minutes_of",
    "monday_of",
    "moved_week",
    "place_of",
    "pushed_beyond",
    "terms_on",
    "unbroken_since",
    "unbroken_until",
    "weeks_short",
]

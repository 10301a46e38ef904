"""What was performed under each decision: asked of one week first, which shows nearly every scope whole."""

from collections.abc import Collection, Mapping
from datetime import date
from functools import lru_cache

from django.db import connection

from kernel.periods import Month
from reporting.compliance.rules import DecisionFacts

# One text for a decision is read much faster than its arrays.
_PERFORMED = """
SELECT decision_id::text, string_agg(activities::text, '')
FROM delivery_visit
WHERE date BETWEEN %(first)s AND %(last)s AND state = 'done' {of_some}
GROUP BY decision_id"""
_OF_SOME = "AND decision_id = ANY (%(decisions)s::uuid[])"


def performed_in(month: Month, decisions: Mapping[str, DecisionFacts]) -> Mapping[str, frozenset[str]]:
    """Activities of visits done in the month, by decision: all of them, or enough to cover the decision's scope."""
    week = _performed(month.days()[7], month.days()[13])
    rest = [key for key, decision in decisions.items() if not decision.scope <= week.get(key, frozenset())]
    return week | _performed(month.first, month.last, rest) if rest else week


def _performed(
    first: date, last: date, decisions: Collection[str] | None = None
) -> dict[str, frozenset[str]]:
    sql = _PERFORMED.format(of_some="" if decisions is None else _OF_SOME)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"first": first, "last": last, "decisions": sorted(decisions or ())})
        return {decision: codes_in(text) for decision, text in cursor.fetchall()}


def codes_in(text: str) -> frozenset[str]:
    """The codes in arrays that PostgreSQL wrote one after another: `{a,b}{}{c}`."""
    return frozenset(text.replace("}{", ",").strip("{}").replace('"', "").split(",")) - {""}


@lru_cache(maxsize=8192)
def known_codes_in(text: str) -> frozenset[str]:
    """The same, for texts that come again and again: scopes, standards, what a carer does on every visit."""
    return codes_in(text)

"""What was performed under each decision: asked of one week first, which shows nearly every scope whole."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from kernel.periods import Month
from reporting.compliance.queries.batches import Rows, fetch
from reporting.compliance.rules import DecisionFacts

# One text for a decision is read much faster than its arrays.
_PERFORMED = """
SELECT decision_id::text, string_agg(activities::text, '')
FROM delivery_visit
WHERE date BETWEEN {first} AND {last} AND state = 'done' {of_some}
GROUP BY decision_id"""
_OF_SOME = "AND decision_id = ANY (%(decisions)s::uuid[])"


# To be sent together with other questions, with the parameters of `week_of`.
PERFORMED_IN_WEEK = _PERFORMED.format(first="%(week_first)s", last="%(week_last)s", of_some="")


def week_of(month: Month) -> dict[str, date]:
    """The week that is asked first, as parameters."""
    return {"week_first": month.days()[7], "week_last": month.days()[13]}


def performed_in(
    month: Month, decisions: Mapping[str, DecisionFacts], in_week: Rows
) -> Mapping[str, frozenset[str]]:
    """Activities of visits done in the month, by decision: all of them, or enough to cover the decision's scope.

    `in_week` are the rows of PERFORMED_IN_WEEK.
    """
    week = _by_decision(in_week)
    rest = [key for key, decision in decisions.items() if not decision.scope <= week.get(key, frozenset())]
    if not rest:
        return week
    sql = _PERFORMED.format(first="%(first)s", last="%(last)s", of_some=_OF_SOME)
    (rows,) = fetch(sql, first=month.first, last=month.last, decisions=sorted(rest))
    return week | _by_decision(rows)


def _by_decision(rows: Rows) -> dict[str, frozenset[str]]:
    return {decision: codes_in(text) for decision, text in rows}


def codes_in(text: str) -> frozenset[str]:
    """The codes in arrays that PostgreSQL wrote one after another: `{a,b}{}{c}`."""
    return frozenset(text.replace("}{", ",").strip("{}").replace('"', "").split(",")) - {""}


@lru_cache(maxsize=8192)
def known_codes_in(text: str) -> frozenset[str]:
    """The same, for texts that come again and again: scopes, standards, what a carer does on every visit."""
    return codes_in(text)

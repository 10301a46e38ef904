"""Visits of one person that overlap: looked for where plans do not keep them apart anyway."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import time, timedelta
from operator import attrgetter

from kernel.periods import Month
from reporting.compliance.queries.batches import fetch
from reporting.compliance.queries.sieve import Sifted
from reporting.compliance.rules import DecisionFacts

# Clocks change between 2 and 3: before this minute, and an hour before midnight, a day's minutes may mislead.
_AFTER_CLOCK_CHANGE = 180
_LONG_BEFORE_MIDNIGHT = 1380
_NOBODY = 2 * 24 * 60  # no visit lasts that long after the midnight it follows
_START = attrgetter("start")

_MET = """
SELECT decision_id::text, bit_or(1::bigint << day)
FROM (
  SELECT v.decision_id, v.date - %(first)s AS day,
         v.starts_at < max(v.ends_at) OVER earlier OR lead(v.starts_at) OVER earlier < v.ends_at AS met
  FROM delivery_visit v JOIN care_decision d ON d.id = v.decision_id
  WHERE v.date BETWEEN %(first)s AND %(after)s AND v.state = 'done' AND NOT d.two_workers
    AND v.decision_id = ANY (%(decisions)s::uuid[])
  WINDOW earlier AS (PARTITION BY d.person_id ORDER BY v.starts_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
) visits
WHERE met
GROUP BY decision_id"""


def mark_overlaps(
    month: Month, sifted: Mapping[str, Sifted], decisions: Mapping[str, DecisionFacts], tolerance_minutes: int
) -> None:
    """Add to `met` the days on which visits of one person overlap, also those under two decisions."""
    doubtful = _doubtful(sifted, decisions, tolerance_minutes)
    if not doubtful:
        return
    (rows,) = fetch(_MET, first=month.first, after=month.last + timedelta(days=1), decisions=sorted(doubtful))
    for decision, days in rows:
        sifted[decision].met |= days


def _doubtful(
    sifted: Mapping[str, Sifted], decisions: Mapping[str, DecisionFacts], tolerance_minutes: int
) -> Collection[str]:
    """Decisions whose visits might overlap visits of the same person."""
    of_person: dict[str, list[str]] = defaultdict(list)
    for key in sifted:
        of_person[decisions[key].person].append(key)
    return {
        key
        for keys in of_person.values()
        for key in keys
        if len(keys) > 1 or not are_kept_apart(decisions[key], sifted[key].until, tolerance_minutes)
    }


def are_kept_apart(decision: DecisionFacts, until: Mapping[time | None, int], tolerance_minutes: int) -> bool:
    """Whether the plan keeps the visits of a decision apart, those aside whose day is read visit by visit anyway.

    That is so where nobody stays over midnight, and whoever answers a slot leaves before anybody can come for the next.
    """
    if decision.two_workers:
        return True
    if not decision.plan or max(until.values()) > _LONG_BEFORE_MIDNIGHT:
        return False
    following: dict[int, int] = {}
    for slot in sorted(decision.plan, key=_START, reverse=True):
        earliest = slot.start.hour * 60 + slot.start.minute - tolerance_minutes
        if earliest < _AFTER_CLOCK_CHANGE or until.get(slot.start, 0) > following.get(slot.weekday, _NOBODY):
            return False
        following[slot.weekday] = earliest
    return True

"""Visits counted after their month was accepted: an app above this one keeps them, and says so at start.

Nobody compared them, and their own month stays as it was accepted. But who was there then cannot be elsewhere: visits
of other contracts and of months still open are held against them.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from kernel.periods import Month
from reporting.compliance.queries.batches import fetch
from reporting.compliance.queries.sieve import Sifted
from reporting.compliance.rules import VisitFacts

# Visits added to months that were accepted, which begin on these days (both inclusive).
FindAdded = Callable[[date, date], Sequence[VisitFacts]]

_source: list[FindAdded] = []

_MET = """
SELECT added.id, v.decision_id::text, bit_or(1::bigint << (v.date - %(first)s))
FROM unnest(%(ids)s::text[], %(persons)s::uuid[], %(workers)s::text[], %(starts)s::timestamptz[],
            %(ends)s::timestamptz[]) AS added (id, person, worker, starts_at, ends_at)
JOIN delivery_visit v ON v.date BETWEEN %(first)s AND %(last)s AND v.state = 'done'
  AND v.starts_at < added.ends_at AND v.ends_at > added.starts_at
JOIN care_decision d ON d.id = v.decision_id
JOIN contracts_worker w ON w.id = v.worker_id
WHERE d.person_id = added.person OR w.code = added.worker
GROUP BY added.id, v.decision_id"""


def ask_added_with(source: FindAdded) -> None:
    """Register, once at start, who keeps the visits added later."""
    _source[:] = [source]


def added_beside(month: Month, sifted: Mapping[str, Sifted]) -> list[VisitFacts]:
    """The added visits that share time with a visit of the month, of their person or their worker.

    The days of those visits are marked as `met`. One query where nothing was added, two otherwise.
    """
    near = (month.first - timedelta(days=1), month.last + timedelta(days=1))
    added = list(_source[0](*near)) if _source else []
    if not added:
        return []
    (rows,) = fetch(
        _MET,
        first=month.first,
        last=month.last,
        ids=[one.id for one in added],
        persons=[one.person for one in added],
        workers=[one.worker for one in added],
        starts=[one.starts_at for one in added],
        ends=[one.ends_at for one in added],
    )
    for _id, decision, days in rows:
        sifted[decision].met |= days
    meeting = {row[0] for row in rows}
    return [one for one in added if one.id in meeting]

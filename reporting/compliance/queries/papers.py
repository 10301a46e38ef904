"""Decisions, contracts, workers and single visits, read as the facts that the rules want to be told."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

from kernel.periods import Month
from reporting.compliance.queries.activities import PERFORMED_IN_WEEK, known_codes_in, week_of
from reporting.compliance.queries.batches import Rows, fetch
from reporting.compliance.rules import (
    Amount,
    AmountPer,
    ContractFacts,
    DecisionFacts,
    NamedWorker,
    Qualification,
    Slot,
    Suspension,
    VisitFacts,
    VisitState,
    WorkerFacts,
)

_STATES = {state.value: state for state in VisitState}
_PERS = {per.value: per for per in AmountPer}

# Whole numbers are read ten times faster than rows of slots or instants.
_DECISIONS = """
SELECT d.id::text, d.number, d.person_id::text, d.contract_id::text, d.valid_from, d.valid_to, d.revoked_from,
       d.superseded_from, d.amount_per, d.minutes, d.activities::text, d.two_workers,
       service.required_qualifications::text, plan.slots, rests.first_days, rests.last_days
FROM care_decision d
JOIN commissioning_service service ON service.id = d.service_id
LEFT JOIN (
  SELECT decision_id, array_agg(
           (weekday * 10000 + date_part('epoch', start)::bigint / 60) * 100000 + minutes * 10 + on_holidays::integer
           ORDER BY weekday, start, place
         ) AS slots
  FROM care_planslot GROUP BY decision_id
) plan ON plan.decision_id = d.id
LEFT JOIN (
  SELECT decision_id, array_agg(first_day ORDER BY first_day) AS first_days,
         array_agg(last_day ORDER BY first_day) AS last_days
  FROM care_suspension GROUP BY decision_id
) rests ON rests.decision_id = d.id
WHERE {condition}"""
_TOUCHING = "d.valid_from <= %(last)s AND d.ends_before > greatest(d.valid_from, %(first)s)"
_KNOWN_BY_ID = "d.id = ANY (%(ids)s::uuid[])"

_VISITS = """
SELECT v.id::text, v.decision_id::text, d.person_id::text, w.code, v.date, v.start,
       date_part('epoch', v.starts_at)::bigint, date_part('epoch', v.ends_at)::bigint, v.minutes,
       (v.entered_at AT TIME ZONE 'Europe/Warsaw')::date, v.state, v.activities::text
FROM unnest(%(decisions)s::uuid[], %(dates)s::date[]) AS wanted (decision_id, date)
JOIN delivery_visit v ON v.decision_id = wanted.decision_id AND v.date = wanted.date AND v.state IN ('done', 'no_show')
JOIN care_decision d ON d.id = v.decision_id
JOIN contracts_worker w ON w.id = v.worker_id"""

# Minutes of earlier months: what was accepted, where a month was, and what was delivered, where it was not. Advice and
# crisis sessions use up the same cap; no month accepts them, so theirs count to the end of this one.
_CONTRACTS = """
SELECT c.id::text, c.number, c.cap_minutes,
       coalesce((
         SELECT sum(m.accepted_minutes) FROM compliance_contractmonth m
         WHERE m.contract_id = c.id AND m.month < %(first)s AND m.state IN ('accepted', 'settled')
       ), 0) + coalesce(delivered.minutes, 0) + CASE WHEN c.cap_minutes IS NULL THEN 0 ELSE coalesce((
         SELECT sum(a.minutes) FROM advice_appointment a
         WHERE a.contract_id = c.id AND a.state = 'done' AND a.date <= %(last)s
       ), 0) + coalesce((
         SELECT sum(s.minutes) FROM crisis_session s JOIN crisis_crisiscase k ON k.id = s.case_id
         WHERE k.contract_id = c.id AND s.state = 'done'
           AND (s.starts_at AT TIME ZONE 'Europe/Warsaw')::date <= %(last)s
       ), 0) END,
       coalesce((
         SELECT m.refused_minutes FROM compliance_contractmonth m
         WHERE m.contract_id = c.id AND m.month = %(first)s
       ), 0)
FROM contracts_contract c
LEFT JOIN LATERAL (
  SELECT sum(done.minutes) AS minutes
  FROM unnest(datemultirange(daterange(NULL, %(first)s)) - coalesce((
         SELECT range_agg(daterange(m.month, (m.month + interval '1 month')::date)) FROM compliance_contractmonth m
         WHERE m.contract_id = c.id AND m.state IN ('accepted', 'settled')
       ), '{{}}')) AS open_days
  JOIN care_decision d ON d.contract_id = c.id
  CROSS JOIN LATERAL (
    SELECT sum(v.minutes) AS minutes FROM delivery_visit v
    WHERE v.decision_id = d.id AND v.state = 'done' AND v.date < upper(open_days)
      AND v.date >= coalesce(lower(open_days), date '0001-01-01')
  ) done
  WHERE c.cap_minutes IS NOT NULL
) delivered ON true
WHERE {condition}"""
_VALID_IN_MONTH = "c.valid_from <= %(last)s AND c.valid_to >= %(first)s"
_CONTRACT_BY_ID = "c.id = ANY (%(ids)s::uuid[])"

_NAMED_STAFF = """
SELECT n.contract_id::text, w.code, n.valid_from, n.valid_to
FROM contracts_namedstaff n
JOIN contracts_worker w ON w.id = n.worker_id
JOIN contracts_contract c ON c.id = n.contract_id
WHERE {condition} ORDER BY w.code"""

_QUALIFICATIONS = """
SELECT w.code, q.code, q.valid_from, q.valid_to
FROM contracts_worker w LEFT JOIN contracts_workerqualification q ON q.worker_id = w.id
WHERE w.code = ANY (%(workers)s) ORDER BY w.code, q.code, q.valid_from"""


def decisions_in(month: Month) -> dict[str, DecisionFacts]:
    """The decisions of the tenant that hold on some day of the month, by id as text."""
    (rows,) = fetch(_DECISIONS.format(condition=_TOUCHING), first=month.first, last=month.last)
    return {row[0]: _decision(row) for row in rows}


def decisions_by_id(ids: Collection[str]) -> dict[str, DecisionFacts]:
    """These decisions, whenever they hold."""
    if not ids:
        return {}
    (rows,) = fetch(_DECISIONS.format(condition=_KNOWN_BY_ID), ids=sorted(ids))
    return {row[0]: _decision(row) for row in rows}


def visits_on(month: Month, days: Iterable[tuple[str, date]]) -> tuple[list[VisitFacts], Rows]:
    """The visits, done or no_show, of decisions on dates; and, as one goes there anyway, PERFORMED_IN_WEEK."""
    decisions, dates = [], []
    for decision, day in days:
        decisions.append(decision)
        dates.append(day)
    visits, performed = fetch(_VISITS, PERFORMED_IN_WEEK, decisions=decisions, dates=dates, **week_of(month))
    return [_visit(row) for row in visits], performed


def contracts_and_workers(
    month: Month, ids: Collection[str], codes: Collection[str]
) -> tuple[list[ContractFacts], list[WorkerFacts]]:
    """The contracts that are valid in the month, and those with these ids; the workers with these codes."""
    condition = f"({_VALID_IN_MONTH} OR {_CONTRACT_BY_ID})"
    contracts, staff, qualifications = fetch(
        _CONTRACTS.format(condition=condition),
        _NAMED_STAFF.format(condition=condition),
        _QUALIFICATIONS,
        first=month.first,
        last=month.last,
        ids=sorted(ids),
        workers=sorted(codes),
    )
    named: dict[str, list[NamedWorker]] = defaultdict(list)
    for contract, code, first, last in staff:
        named[contract].append(NamedWorker(code, first, last))
    held: dict[str, list[Qualification]] = {code: [] for code in sorted(codes)}
    for worker, code, first, last in qualifications:
        if code is not None:
            held[worker].append(Qualification(code, first, last))
    return (
        [
            ContractFacts(key, number, cap, tuple(named[key]), int(before), refused)
            for key, number, cap, before, refused in contracts
        ],
        [WorkerFacts(code, tuple(found)) for code, found in held.items()],
    )


def contracts_in(month: Month, ids: Collection[str] = ()) -> dict[str, ContractFacts]:
    """The contracts that are valid in the month, and these, by id as text."""
    contracts, _workers = contracts_and_workers(month, ids, ())
    return {contract.key: contract for contract in contracts}


def _decision(row: tuple[Any, ...]) -> DecisionFacts:
    (key, number, person, contract, valid_from, valid_to, revoked_from, superseded_from) = row[:8]
    (per, minutes, activities, two_workers, required, slots, first_days, last_days) = row[8:]
    return DecisionFacts(
        key=key,
        number=number,
        person=person,
        contract=contract,
        valid_from=valid_from,
        valid_to=valid_to,
        amount=Amount(_PERS[per], minutes),
        plan=tuple(map(_slot, slots)) if slots else (),
        scope=known_codes_in(activities),
        required_qualifications=known_codes_in(required),
        two_workers=two_workers,
        suspensions=tuple(map(Suspension, first_days, last_days)) if first_days else (),
        revoked_from=revoked_from,
        superseded_from=superseded_from,
    )


def _visit(row: tuple[Any, ...]) -> VisitFacts:
    (key, decision, person, worker, day, start, starts_at, ends_at, minutes, entered, state, activities) = row
    return VisitFacts(
        id=key,
        decision=decision,
        person=person,
        worker=worker,
        date=day,
        start=start,
        starts_at=datetime.fromtimestamp(starts_at, UTC),
        ends_at=datetime.fromtimestamp(ends_at, UTC),
        minutes=minutes,
        entered_on=entered,
        state=_STATES[state],
        activities=known_codes_in(activities),
    )


@lru_cache(maxsize=8192)
def _slot(packed: int) -> Slot:
    rest, lasting = divmod(packed, 100_000)
    weekday, minute = divmod(rest, 10_000)
    return Slot(weekday, time(*divmod(minute, 60)), lasting // 10, bool(lasting % 10))

"""The sieve: SQL finds the visits of a month that cannot deviate and adds them up (decision 0004).

Its promises are those of `reporting.compliance.rules.compare`. It may name too many visits, never too few. So it is
strict where being exact would be slow: a worker counts as qualified or named only if that holds for the whole month,
a visit answers a slot only where no other slot is near, and visits of persons who were absent may overlap nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import lru_cache

from kernel.periods import Month
from reporting.compliance.queries.batches import Rows, fetch
from reporting.compliance.rules import DecisionFacts, Thresholds

# The planner cannot see through the windows and would loop over thousands of rows; the written order is the right one.
_SETTINGS = {"jit": "off", "work_mem": "'64MB'", "join_collapse_limit": "1", "enable_nestloop": "off"}
_PLANNING = [f"SET LOCAL {name} = {value}" for name, value in _SETTINGS.items()]
_PLANNING_AS_BEFORE = [f"RESET {name}" for name in _SETTINGS]

# Overlaps of a worker's visits are found by a sort. Each worker is shifted to a stretch of time of its own (visits last
# a day at most, a month 745 hours), which is cheaper to sort than the worker's key together with the time.
_SIFT = """
WITH d AS MATERIALIZED (
  SELECT d.id, row_number() OVER () AS place, d.valid_from, d.ends_before, d.activities AS scope, d.service_id,
         rests.days AS rests,
         CASE WHEN naming.contract_id IS NOT NULL THEN d.contract_id END AS naming_contract
  FROM care_decision d
  LEFT JOIN (
    SELECT decision_id, range_agg(daterange(first_day, last_day, '[]')) AS days
    FROM care_suspension WHERE first_day <= %(last)s AND last_day >= %(first)s
    GROUP BY decision_id
  ) rests ON rests.decision_id = d.id
  LEFT JOIN (SELECT DISTINCT contract_id FROM contracts_namedstaff) naming ON naming.contract_id = d.contract_id
), held AS (
  SELECT w.id AS worker_id, coalesce(array_agg(q.code) FILTER (WHERE q.code IS NOT NULL), '{}') AS codes
  FROM contracts_worker w
  LEFT JOIN contracts_workerqualification q ON q.worker_id = w.id
    AND q.valid_from <= %(first)s AND (q.valid_to IS NULL OR q.valid_to >= %(last)s)
  GROUP BY w.id
), w AS MATERIALIZED (
  SELECT w.id, row_number() OVER () * interval '1000 hours' AS shift,
         lacking.services AS lacking, named.contracts AS named
  FROM contracts_worker w
  LEFT JOIN (
    SELECT held.worker_id, array_agg(s.id) AS services
    FROM held JOIN commissioning_service s ON NOT s.required_qualifications <@ held.codes
    GROUP BY held.worker_id
  ) lacking ON lacking.worker_id = w.id
  LEFT JOIN (
    SELECT worker_id, array_agg(contract_id) AS contracts
    FROM contracts_namedstaff
    WHERE (valid_from IS NULL OR valid_from <= %(first)s) AND (valid_to IS NULL OR valid_to >= %(last)s)
    GROUP BY worker_id
  ) named ON named.worker_id = w.id
), s AS MATERIALIZED (
  SELECT decision_id, weekday::integer AS weekday, start,
         CASE WHEN start >= time '00:00' + reach THEN start - reach ELSE time '00:00' END AS earliest,
         CASE WHEN start <= time '23:59' - reach THEN start + reach ELSE time '24:00' END AS latest
  FROM (
    SELECT decision_id, weekday, start,
           least(
             make_interval(mins => %(slot_tolerance)s),
             (start - lag(start) OVER days - interval '1 minute') / 2,
             (lead(start) OVER days - start - interval '1 minute') / 2
           ) AS reach
    FROM care_planslot
    WINDOW days AS (PARTITION BY decision_id, weekday ORDER BY start)
  ) spaced
  WHERE reach >= interval '0'  -- not so where two begin together: the rules say who answers them
), v AS (
  SELECT d.place, s.start AS slot, v.date - %(first)s AS day,
         CASE WHEN v.state = 'done' AND v.date <= %(last)s THEN v.minutes END AS minutes,
         v.starts_at + w.shift AS worker_from, v.ends_at + w.shift AS worker_to,
         date_part('epoch', v.start)::integer / 60 + v.minutes AS until,
         v.date < d.valid_from OR v.date >= d.ends_before OR coalesce(v.date <@ d.rests, false)
           OR NOT v.activities COLLATE "C" <@ d.scope  -- codes are the same only byte by byte
           OR coalesce(d.service_id = ANY (w.lacking), false)
           OR d.naming_contract IS NOT NULL AND (d.naming_contract = ANY (w.named)) IS NOT TRUE
           OR v.minutes NOT BETWEEN %(shortest)s AND %(longest)s
           OR v.entered_at >= v.starts_at + make_interval(hours => 24 * %(late_days)s - 1)
           AND (v.entered_at AT TIME ZONE 'Europe/Warsaw')::date - v.date > %(late_days)s AS bad
  FROM delivery_visit v
  JOIN d ON d.id = v.decision_id
  JOIN w ON w.id = v.worker_id
  LEFT JOIN s ON s.decision_id = v.decision_id
    AND s.weekday = (v.date - date '2001-01-01') %% 7 + 1
    AND v.start BETWEEN s.earliest AND s.latest
  WHERE v.date BETWEEN %(first)s AND %(after)s AND v.state IN ('done', 'no_show')
    AND (v.date <= %(last)s OR v.starts_at < (
      SELECT max(ends_at) FROM delivery_visit WHERE date = %(last)s AND state = 'done'
    ))
  OFFSET 0  -- compute all of this before sorting, and sort narrow rows
), watched AS (
  SELECT place, slot, 1::bigint << day AS day, minutes, until, bad,
         worker_from < max(worker_to) OVER earlier OR lead(worker_from) OVER earlier < worker_to AS met
  FROM v
  WINDOW earlier AS (ORDER BY worker_from ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), sifted AS (
  SELECT place, slot, count(*) AS visits, sum(minutes) AS minutes, bit_or(day) AS days, max(until) AS until,
         bit_or(day) FILTER (WHERE bad) AS bad, bit_or(day) FILTER (WHERE met) AS met
  FROM watched
  GROUP BY place, slot
)
SELECT d.id::text, slot, visits, minutes, days, until, coalesce(bad, 0), coalesce(met, 0)
FROM sifted JOIN d USING (place)
"""


@dataclass(slots=True)
class Sifted:
    """The visits (done and no_show) of one decision, added up.

    Masks have a bit for each day, the lowest for the first of the month, the last for the day after it. `bad` are
    days with a visit that may deviate by itself, `met` days with a visit that overlaps another, `off_slot` days with
    a visit that answers no slot for certain; `at_slot` has, by start of a slot, the days on which a visit answers it;
    `until` the latest end of these visits, and under None of the others, in minutes after their day's midnight.
    """

    minutes: int = 0
    days: int = 0
    bad: int = 0
    met: int = 0
    off_slot: int = 0
    at_slot: dict[time, int] = field(default_factory=dict)
    until: dict[time | None, int] = field(default_factory=dict)

    def unanswered(self, decision: DecisionFacts, weekdays: Mapping[int, int]) -> int:
        """Days on which a slot of the plan was answered by no visit for certain."""
        found = 0
        for slot in decision.plan:
            found |= weekdays[slot.weekday] & ~self.at_slot.get(slot.start, 0)
        return found

    def days_to_name(self, decision: DecisionFacts, unanswered: int) -> int:
        """Days whose visits must go to the rules one by one."""
        if not decision.plan:
            return self.bad | self.met
        return self.bad | self.met | self.off_slot | (unanswered & self.days)


def sift(month: Month, thresholds: Thresholds) -> dict[str, Sifted]:
    """The visits of the tenant's month by decision (its id as text); decisions without any are missing."""
    (rows,) = fetch(
        *_PLANNING,
        _SIFT,
        *_PLANNING_AS_BEFORE,
        first=month.first,
        last=month.last,
        after=month.last + timedelta(days=1),
        slot_tolerance=thresholds.slot_tolerance_minutes,
        shortest=thresholds.short_visit_minutes,
        longest=thresholds.long_visit_minutes,
        late_days=thresholds.late_entry_days,
    )
    return _by_decision(rows)


def _by_decision(rows: Rows) -> dict[str, Sifted]:
    found: dict[str, Sifted] = {}
    for decision, slot, visits, minutes, days, until, bad, met in rows:
        sifted = found.get(decision)
        if sifted is None:
            sifted = found[decision] = Sifted()
        sifted.minutes += minutes or 0
        sifted.days |= days
        sifted.bad |= bad
        sifted.met |= met
        sifted.until[slot] = until
        if slot is None or visits != days.bit_count():
            # No slot, or two visits at one slot on some day: the rules will say which of them answers it.
            sifted.off_slot |= days
        else:
            sifted.at_slot[slot] = days
    return found


@lru_cache(maxsize=4096)
def dates_in(mask: int, first: date) -> frozenset[date]:
    """The dates of a mask whose lowest bit is `first`."""
    return frozenset(first + timedelta(days=bit) for bit in range(mask.bit_length()) if mask >> bit & 1)


def weekday_masks(month: Month) -> dict[int, int]:
    """For each weekday (1 is Monday) the days of the month that fall on it."""
    return {
        weekday: sum(1 << day.day - 1 for day in month.days() if day.isoweekday() == weekday)
        for weekday in range(1, 8)
    }

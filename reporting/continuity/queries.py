"""Persons whom nobody visits: found by one statement, however many decisions the tenant has."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from kernel.access import Access
from kernel.periods import is_public_holiday
from reporting.compliance.queries.batches import fetch
from reporting.continuity.models import RadarCheck, RadarSettings
from reporting.continuity.rules import Found, quietens

# Days are counted so far back: beyond, more of them would tell nothing new.
FARTHEST = 366

# A silence belongs to a person and a service: visits and planned days of earlier decisions count, so that an amendment
# does not end it. Days of a decision without a plan count all. `greatest` and `least` pass over what is null.
# Who was visited is not silent, however late the visit came to be known: visits added to accepted months count on their
# day, while they stand; a visit of which a correction says that it was not held ends no silence.
_SILENT = """
WITH now AS MATERIALIZED (
  SELECT d.id, d.number, d.person_id, d.service_id, d.contract_id
  FROM care_decision d JOIN contracts_contract c ON c.id = d.contract_id
  WHERE d.valid_from <= %(today)s AND d.ends_before > %(today)s
    AND (%(organisations)s::uuid[] IS NULL OR c.organisation_id = ANY (%(organisations)s::uuid[]))
    AND NOT EXISTS (
      SELECT FROM care_suspension r
      WHERE r.decision_id = d.id AND r.first_day <= %(today)s AND r.last_day >= %(today)s
    )
), plan AS MATERIALIZED (
  SELECT decision_id, bit_or(1 << weekday::integer) AS usual,
         bit_or(CASE WHEN on_holidays THEN 1 << weekday::integer ELSE 0 END) AS holidays
  FROM care_planslot GROUP BY decision_id
), heard AS MATERIALIZED (
  SELECT now.*, last.visit AS last_visit, greatest(last.visit + 1, %(today)s - %(farthest)s) AS counted_from
  FROM now CROSS JOIN LATERAL (
    SELECT max(greatest(newest.date, late.date)) AS visit
    FROM care_decision e LEFT JOIN LATERAL (
      SELECT v.date FROM delivery_visit v
      WHERE v.decision_id = e.id AND v.state = 'done' AND v.date <= %(today)s
        AND NOT EXISTS (
          SELECT FROM settlement_acceptedline l JOIN settlement_adjustment a ON a.line_id = l.id
          WHERE l.visit_id = v.id AND l.adjusted_minutes = -l.minutes
            AND a.reason = 'not_held' AND a.withdrawn_at IS NULL
        )
      ORDER BY v.date DESC LIMIT 1
    ) newest ON true LEFT JOIN LATERAL (
      SELECT max(l.date) AS date FROM settlement_acceptedline l
      WHERE l.decision_id = e.id AND l.is_late AND l.adjusted_minutes > 0 AND l.date <= %(today)s
    ) late ON true
    WHERE e.person_id = now.person_id AND e.service_id = now.service_id
  ) last
), days AS (
  SELECT h.id, begins.first + passed AS day
  FROM heard h
  JOIN care_decision e ON e.person_id = h.person_id AND e.service_id = h.service_id
    AND e.ends_before > greatest(e.valid_from, h.counted_from) AND e.valid_from < %(today)s
  LEFT JOIN plan ON plan.decision_id = e.id
  CROSS JOIN LATERAL (SELECT greatest(h.counted_from, e.valid_from) AS first) begins
  CROSS JOIN LATERAL generate_series(0, least(e.ends_before, %(today)s) - begins.first - 1) AS passed
  WHERE NOT EXISTS (
      SELECT FROM care_suspension r
      WHERE r.decision_id = e.id AND begins.first + passed BETWEEN r.first_day AND r.last_day
    )
    AND (plan.usual IS NULL OR
      CASE WHEN begins.first + passed = ANY (%(holidays)s::date[]) THEN plan.holidays ELSE plan.usual END
      & (1 << extract(isodow FROM begins.first + passed)::integer) <> 0)
)
SELECT h.id, h.number, h.person_id, h.service_id, h.contract_id, h.last_visit,
       min(days.day), count(*), plan.usual IS NOT NULL
FROM heard h JOIN days ON days.id = h.id LEFT JOIN plan ON plan.decision_id = h.id
GROUP BY h.id, h.number, h.person_id, h.service_id, h.contract_id, h.last_visit, plan.usual
HAVING count(*) >= CASE WHEN plan.usual IS NULL THEN %(calendar_days)s ELSE %(planned_days)s END
ORDER BY min(days.day), h.number"""


@dataclass(frozen=True)
class Silence:
    """A decision in force without a visit on `missed` days that were planned (or, without a plan, on any days).

    `last_visit` is that of the diary or a late one, added to a month that was accepted, whichever is newer; `since` is
    the first of these days; `check` is what somebody found out and what quietens the radar, if anything.
    """

    decision_id: UUID
    number: str
    person_id: UUID
    service_id: UUID
    contract_id: UUID
    last_visit: date | None
    since: date
    missed: int
    has_plan: bool
    check: RadarCheck | None = None


@dataclass(frozen=True)
class Radar:
    """Silences that nobody has looked into, the longest first, and those that somebody has."""

    open: tuple[Silence, ...]
    quiet: tuple[Silence, ...]


def settings_at_hand() -> RadarSettings:
    """The tenant's settings, or the defaults; one query."""
    return RadarSettings.objects.first() or RadarSettings()


def radar(access: Access, today: date) -> Radar:
    """The silent persons that the person may see; three queries, however many there are."""
    rows = _silent(access, today)
    checks = _checks(access, {row[2] for row in rows})
    found = [_silence(row, checks, today) for row in rows]
    return Radar(
        tuple(one for one in found if one.check is None),
        tuple(one for one in found if one.check is not None),
    )


def _silent(access: Access, today: date) -> list[tuple[Any, ...]]:
    settings = settings_at_hand()
    days = [today - timedelta(days=back) for back in range(1, FARTHEST + 1)]
    own = access.organisation_ids
    # The planner takes each series of days for a thousand, and would compile a statement that is done in no time.
    (rows,) = fetch(
        "SET LOCAL jit = off",
        _SILENT,
        "RESET jit",
        today=today,
        farthest=FARTHEST,
        organisations=None if own is None else list(own),
        holidays=[day for day in days if is_public_holiday(day)],
        planned_days=settings.planned_days,
        calendar_days=settings.calendar_days,
    )
    return list(rows)


def _checks(access: Access, persons: set[UUID]) -> dict[tuple[UUID, UUID], RadarCheck]:
    """The newest check of each person and service that quietens the radar for the one who looks."""
    heard = RadarCheck.objects.visible_to(access).heard_by(access).filter(person__in=persons)
    return {(one.person_id, one.service_id): one for one in heard.order_by("made_at")}


def _silence(row: tuple[Any, ...], checks: dict[tuple[UUID, UUID], RadarCheck], today: date) -> Silence:
    key, number, person, service, contract, last, since, missed, has_plan = row
    check = checks.get((person, service))
    if check is not None and not quietens(Found(check.made_on, check.quiet_until), last, today):
        check = None
    return Silence(key, number, person, service, contract, last, since, missed, has_plan, check)

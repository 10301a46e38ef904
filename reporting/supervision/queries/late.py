"""Reports of services without a month to close that nobody handed in, however long ago their months ended."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from contracting.contracts.models import Contract
from kernel.periods import Month
from reporting.compliance.queries.deadlines import due_and_grace_of
from reporting.compliance.queries.kinds import undecided
from reporting.compliance.queries.late import LateMonth

# Months that ended in which nobody's decision was in force, and of which there is neither a report nor a dossier
# concluded without one. A month that was accepted says it all, also where its decisions are gone since.
_UNREPORTED = """
SELECT c.id, begins::date
FROM contracts_contract c CROSS JOIN LATERAL generate_series(
  date_trunc('month', c.valid_from::timestamp), least(c.valid_to, %(ended)s)::timestamp, interval '1 month'
) AS begins
WHERE c.id = ANY (%(contracts)s::uuid[])
  AND NOT EXISTS (
    SELECT FROM care_decision d WHERE d.contract_id = c.id AND d.ends_before > d.valid_from
      AND d.valid_from < begins + interval '1 month' AND d.ends_before > begins
  )
  AND NOT EXISTS (
    SELECT FROM supervision_dossier s WHERE s.contract_id = c.id AND s.month = begins
      AND (s.reported_at IS NOT NULL OR s.state = 'concluded')
  )
  AND NOT EXISTS (
    SELECT FROM compliance_contractmonth m
    WHERE m.contract_id = c.id AND m.month = begins AND m.state IN ('accepted', 'settled')
  )
ORDER BY begins, c.number"""


def awaited_reports(contracts: Any, today: date) -> list[LateMonth]:
    """Reports of these contracts on all months that ended, the oldest first; three queries.

    Due on `deadline`, late from `since` on, which may lie ahead.
    """
    by_id = {one.pk: one for one in contracts.filter(undecided()).select_related("organisation")}
    with connection.cursor() as cursor:
        ended = Month.of(today).previous().last
        cursor.execute(_UNREPORTED, {"ended": ended, "contracts": list(by_id)})
        keys = [(contract, Month.of(month)) for contract, month in cursor.fetchall()]
    days = due_and_grace_of({month for _, month in keys})
    return [
        LateMonth(
            by_id[contract],
            month,
            days[month][0],
            days[month][1] + timedelta(days=1),
            is_report=True,
            page="supervision:dossier",
        )
        for contract, month in keys
    ]


def late_reports(today: date, organisation: UUID | None) -> Iterator[LateMonth]:
    """Those whose days of grace are over, of one organisation or of all."""
    every = Contract.objects.all()
    contracts = every.filter(organisation=organisation) if organisation else every
    return (one for one in awaited_reports(contracts, today) if today >= one.since)

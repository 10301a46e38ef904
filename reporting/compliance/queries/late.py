"""Months of contracts that are not closed, and what of them is late, however long ago they ended.

Reports of contracts without a month to close are told by the app that keeps them, which stands higher.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import connection

from contracting.contracts.models import Contract
from kernel.periods import Month, local_date
from reporting.compliance.models import ContractMonth
from reporting.compliance.queries.deadlines import due_and_grace_of
from reporting.compliance.queries.kinds import undecided_of

# A month that came back counts as late when so much time has passed since.
TIME_TO_CORRECT = timedelta(days=7)
_DAY = timedelta(days=1)

# Months that ended, back to the beginning of each contract, and months on their way; with the persons in care in each.
_UNCLOSED = """
WITH waiting AS (
  SELECT c.id AS contract_id, begins::date AS month
  FROM contracts_contract c CROSS JOIN LATERAL generate_series(
    date_trunc('month', c.valid_from::timestamp), least(c.valid_to, %(ended)s)::timestamp, interval '1 month'
  ) AS begins
  WHERE c.id = ANY (%(contracts)s::uuid[])
  UNION
  SELECT contract_id, month FROM compliance_contractmonth
  WHERE contract_id = ANY (%(contracts)s::uuid[]) AND state IN ('submitted', 'returned')
)
SELECT w.contract_id, w.month, count(DISTINCT d.person_id)
FROM waiting w
LEFT JOIN care_decision d ON d.contract_id = w.contract_id
  AND d.valid_from < w.month + interval '1 month' AND d.ends_before > greatest(d.valid_from, w.month)
WHERE NOT EXISTS (
  SELECT FROM compliance_contractmonth m
  WHERE m.contract_id = w.contract_id AND m.month = w.month AND m.state IN ('accepted', 'settled')
)
GROUP BY w.contract_id, w.month"""


@dataclass(frozen=True, slots=True)
class LateMonth:
    """A month that its provider holds: due on `deadline`, late from `since` on; `returned` is when it came back.

    Of a contract without a month to close it is the report of the month, shown on another `page` (its name).
    """

    contract: Contract
    month: Month
    deadline: date
    since: date
    returned: date | None = None
    is_report: bool = False
    page: str = "compliance:month"


Teller = Callable[[date, UUID | None], Iterable[LateMonth]]
_tellers: list[Teller] = []


def tell_late(teller: Teller) -> None:
    """Let an app tell on a day which of an organisation's reports, or of all, are late; called once at start."""
    if teller not in _tellers:
        _tellers.append(teller)


def all_late(today: date, *, organisation: UUID | None = None) -> list[LateMonth]:
    """Months and reports that are late, of one organisation or all, by organisation and contract, the oldest first."""
    told = (one for teller in _tellers for one in teller(today, organisation))
    return sorted(
        [*late_months(today, organisation=organisation), *told],
        key=lambda one: (str(one.contract.organisation), one.contract.number, one.is_report, one.month),
    )


def unclosed(contracts: Collection[UUID], until: Month) -> dict[tuple[UUID, Month], int]:
    """Months to close of these contracts that are not accepted, with the persons in care in each; two queries.

    Of months that nobody handed in those up to `until`.
    """
    undecided = undecided_of(contracts)
    with connection.cursor() as cursor:
        cursor.execute(_UNCLOSED, {"ended": until.last, "contracts": list(contracts)})
        return {
            (contract, Month.of(month)): count
            for contract, month, count in cursor.fetchall()
            if count or contract not in undecided
        }


def late_months(today: date, *, organisation: UUID | None = None) -> list[LateMonth]:
    """The months that are late, of one organisation or of all, in no order.

    Late is a month with persons in care that was not handed in by the end of grace, and one that came back a week ago.
    Five queries.
    """
    every = Contract.objects.select_related("organisation")
    by_id = {
        one.pk: one for one in (every.filter(organisation=organisation) if organisation else every.all())
    }
    persons = unclosed(by_id.keys(), Month.of(today).previous())
    handed_in = ContractMonth.objects.filter(
        contract__in=by_id, state__in=[ContractMonth.State.SUBMITTED, ContractMonth.State.RETURNED]
    ).only("contract_id", "month", "state", "returned_at")
    rows = {(row.contract_id, Month.of(row.month)): row for row in handed_in}
    days = due_and_grace_of({month for _, month in persons})
    found = []
    for (contract, month), count in persons.items():
        row, (deadline, grace) = rows.get((contract, month)), days[month]
        since, returned = grace + _DAY, None
        if row is not None and row.state == ContractMonth.State.RETURNED:
            returned = local_date(row.returned_at)
            since = max(since, returned + TIME_TO_CORRECT)
        if today >= since and (returned or (row is None and count)):
            found.append(LateMonth(by_id[contract], month, deadline, since, returned))
    return found

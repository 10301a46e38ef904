"""Months of contracts that somebody must do something about: hand in, correct, accept."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Q

from contracting.contracts.models import Contract
from kernel.periods import Month, working_day_after
from reporting.compliance.models import ComparisonSettings, ContractMonth

# How many ended months are looked at for one that was not handed in.
_MONTHS_BACK = 3

_PERSONS = """
SELECT d.contract_id, m.month, count(DISTINCT d.person_id)
FROM unnest(%s::date[]) AS m (month)
JOIN care_decision d ON d.valid_from < m.month + interval '1 month'
  AND d.ends_before > greatest(d.valid_from, m.month)
WHERE d.contract_id = ANY (%s::uuid[])
GROUP BY d.contract_id, m.month"""


@dataclass(frozen=True)
class MonthOfContract:
    """One month of a contract with the persons in care in it; `row` is None while nobody touched it."""

    contract: Contract
    month: Month
    persons: int
    deadline: date
    row: ContractMonth | None


@dataclass
class Waiting:
    """Months by what they wait for, the oldest first."""

    to_hand_in: list[MonthOfContract] = field(default_factory=list)
    returned: list[MonthOfContract] = field(default_factory=list)
    to_accept: list[MonthOfContract] = field(default_factory=list)


def months_waiting(contracts: Sequence[Contract], today: date) -> Waiting:
    """The months of these contracts that are not closed: handed in, returned, or ended and not handed in.

    Three queries, however many contracts and persons.
    """
    current = Month.of(today)
    ended = [current.previous()]
    while len(ended) < _MONTHS_BACK:
        ended.append(ended[-1].previous())
    by_id = {contract.pk: contract for contract in contracts}
    open_states = {ContractMonth.State.SUBMITTED, ContractMonth.State.RETURNED}
    rows = {
        (row.contract_id, Month.of(row.month)): row
        for row in ContractMonth.objects.filter(
            Q(state__in=open_states) | Q(month__gte=ended[-1].first), contract_id__in=by_id
        ).defer("snapshot")
    }
    keys = {key for key, row in rows.items() if row.state in open_states}
    for contract in contracts:
        for month in ended:
            row = rows.get((contract.pk, month))
            if row is None or row.state == ContractMonth.State.OPEN:
                keys.add((contract.pk, month))
    persons = _persons({month for _, month in keys}, by_id.keys())
    working_day = _close_working_day()
    waiting = Waiting()
    for contract_id, month in sorted(keys, key=lambda key: (key[1], by_id[key[0]].number)):
        row = rows.get((contract_id, month))
        count = persons.get((contract_id, month), 0)
        deadline = working_day_after(month.last, working_day)
        one = MonthOfContract(by_id[contract_id], month, count, deadline, row)
        if row is not None and row.state == ContractMonth.State.SUBMITTED:
            waiting.to_accept.append(one)
        elif row is not None and row.state == ContractMonth.State.RETURNED:
            waiting.returned.append(one)
        elif count:
            waiting.to_hand_in.append(one)
    return waiting


def _persons(months: Collection[Month], contracts: Collection[UUID]) -> dict[tuple[UUID, Month], int]:
    with connection.cursor() as cursor:
        cursor.execute(_PERSONS, [sorted(month.first for month in months), list(contracts)])
        return {(contract, Month.of(month)): count for contract, month, count in cursor.fetchall()}


def _close_working_day() -> int:
    settings = ComparisonSettings.objects.first() or ComparisonSettings()
    return max(1, settings.close_working_day)

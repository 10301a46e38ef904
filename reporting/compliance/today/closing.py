"""Months of contracts that somebody must do something about: hand in, correct, accept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from contracting.contracts.models import Contract
from kernel.periods import Month
from reporting.compliance.answers import answered_month
from reporting.compliance.models import ContractMonth
from reporting.compliance.queries import compare_month
from reporting.compliance.queries.deadlines import due_and_grace_of
from reporting.compliance.queries.late import unclosed

# Months that are compared for their open points: the oldest, where so many wait that comparing all would take long.
_MOST_COMPARED = 6

_Key = tuple[UUID, Month]


@dataclass(frozen=True)
class OpenPoints:
    """How many deviations of a month are not answered yet."""

    must: int = 0
    note: int = 0


@dataclass(frozen=True)
class MonthOfContract:
    """One month of a contract with the persons in care in it.

    It is due on `deadline` and late after `grace`. `row` is None while nobody touched it; `points` is None where they
    were not counted.
    """

    contract: Contract
    month: Month
    persons: int
    deadline: date
    grace: date
    row: ContractMonth | None
    points: OpenPoints | None = None


@dataclass
class Waiting:
    """Months by what they wait for, the oldest first."""

    to_hand_in: list[MonthOfContract] = field(default_factory=list)
    returned: list[MonthOfContract] = field(default_factory=list)
    to_accept: list[MonthOfContract] = field(default_factory=list)


def months_waiting(contracts: Sequence[Contract], today: date) -> Waiting:
    """The months of these contracts that are not closed: handed in, returned, or ended and not handed in.

    A month that nobody handed in waits as long as it takes. The queries do not grow with contracts and persons; each
    month handed in is compared, so that what is said to be open is open now.
    """
    by_id = {contract.pk: contract for contract in contracts}
    persons = unclosed(by_id.keys(), Month.of(today).previous())
    on_their_way = ContractMonth.objects.filter(
        contract__in=by_id, state__in=[ContractMonth.State.SUBMITTED, ContractMonth.State.RETURNED]
    ).defer("snapshot")
    rows = {(row.contract_id, Month.of(row.month)): row for row in on_their_way}
    points = _open_points(key for key, row in rows.items() if row.state == ContractMonth.State.SUBMITTED)
    deadlines = due_and_grace_of({month for _, month in persons})
    waiting = Waiting()
    for key in sorted(persons, key=lambda key: (key[1], by_id[key[0]].number)):
        contract_id, month = key
        row, count = rows.get(key), persons[key]
        one = MonthOfContract(by_id[contract_id], month, count, *deadlines[month], row, points.get(key))
        if row is not None and row.state == ContractMonth.State.SUBMITTED:
            waiting.to_accept.append(one)
        elif row is not None:
            waiting.returned.append(one)
        elif count:
            waiting.to_hand_in.append(one)
    return waiting


def _open_points(keys: Iterable[_Key]) -> Mapping[_Key, OpenPoints]:
    by_month: dict[Month, list[UUID]] = defaultdict(list)
    for contract_id, month in keys:
        by_month[month].append(contract_id)
    found: dict[_Key, OpenPoints] = {}
    for month in sorted(by_month)[:_MOST_COMPARED]:
        answered = answered_month(compare_month(month, contracts=by_month[month]))
        for contract_id in by_month[month]:
            waiting = [one.is_must for one in answered if one.contract_id == contract_id and one.is_open]
            found[contract_id, month] = OpenPoints(sum(waiting), len(waiting) - sum(waiting))
    return found

"""Contracts in one month: sums, open points and the state of the close."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from contracting.contracts.models import Contract
from reporting.compliance.answers import Answered
from reporting.compliance.models import ContractMonth
from reporting.compliance.rules import MonthComparison
from ui.formatting import percent_of


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract in the month."""

    contract: Contract
    close: ContractMonth
    persons: int
    granted: int
    delivered: int
    must: int
    note: int
    open_must: int
    open_note: int

    @property
    def percent(self) -> Decimal | None:
        return percent_of(self.delivered, self.granted)


@dataclass(frozen=True, slots=True)
class MonthsTable:
    """The contracts of the month and their sums."""

    rows: tuple[ContractRow, ...]
    persons: int
    granted: int
    delivered: int
    open_must: int
    open_note: int

    @property
    def percent(self) -> Decimal | None:
        return percent_of(self.delivered, self.granted)


def months_table(
    contracts: Sequence[Contract],
    comparison: MonthComparison,
    answered: Iterable[Answered],
    closes: Mapping[UUID, ContractMonth],
) -> MonthsTable:
    """A row for each contract; persons are counted once in the sum."""
    points: dict[UUID, list[Answered]] = {}
    for one in answered:
        points.setdefault(one.contract_id, []).append(one)
    of_contract: dict[str, list[tuple[str, int, int]]] = {}
    for decision in comparison.decisions:
        of_contract.setdefault(decision.contract, []).append(
            (decision.person, decision.granted_minutes, decision.delivered_minutes)
        )
    rows = []
    for contract in contracts:
        decisions = of_contract.get(str(contract.pk), [])
        found = points.get(contract.pk, [])
        must = [one for one in found if one.is_must]
        rows.append(
            ContractRow(
                contract=contract,
                close=closes.get(contract.pk)
                or ContractMonth(contract=contract, month=comparison.month.first),
                persons=len({person for person, _, _ in decisions}),
                granted=sum(granted for _, granted, _ in decisions),
                delivered=sum(delivered for _, _, delivered in decisions),
                must=len(must),
                note=len(found) - len(must),
                open_must=sum(one.is_open for one in must),
                open_note=sum(one.is_open for one in found if not one.is_must),
            )
        )
    return MonthsTable(
        rows=tuple(rows),
        persons=len({person for found in of_contract.values() for person, _, _ in found}),
        granted=sum(row.granted for row in rows),
        delivered=sum(row.delivered for row in rows),
        open_must=sum(row.open_must for row in rows),
        open_note=sum(row.open_note for row in rows),
    )

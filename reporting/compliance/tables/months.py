"""Contracts in one month: sums, open points and the state of the close."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracting.contracts.models import Contract
from reporting.compliance.answers import Answered
from reporting.compliance.models import ContractMonth
from reporting.compliance.rules import MonthComparison
from reporting.compliance.snapshots import figures_of, shows_the_same
from ui.formatting import percent_of


@dataclass(frozen=True, slots=True)
class ContractRow:
    """A contract in the month: as accepted where it is accepted, else as counted now.

    `persons` are ids as texts; `changed` says that counting anew would give something else than what was accepted.
    """

    contract: Contract
    close: ContractMonth
    persons: frozenset[str]
    granted: int
    delivered: int
    must: int
    note: int
    open_must: int
    open_note: int
    changed: bool = False

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
    rows = []
    for contract in contracts:
        close = closes.get(contract.pk) or ContractMonth(contract=contract, month=comparison.month.first)
        part = comparison.of_contract(str(contract.pk))
        if close.snapshot:
            rows.append(_frozen_row(contract, close, close.snapshot, part))
        else:
            rows.append(_row_of_now(contract, close, part, points.get(contract.pk, [])))
    return MonthsTable(
        rows=tuple(rows),
        persons=len(frozenset[str]().union(*(row.persons for row in rows))),
        granted=sum(row.granted for row in rows),
        delivered=sum(row.delivered for row in rows),
        open_must=sum(row.open_must for row in rows),
        open_note=sum(row.open_note for row in rows),
    )


def _row_of_now(
    contract: Contract, close: ContractMonth, part: MonthComparison, points: Sequence[Answered]
) -> ContractRow:
    must = [one.is_open for one in points if one.is_must]
    notes = [one.is_open for one in points if not one.is_must]
    return ContractRow(
        contract=contract,
        close=close,
        persons=frozenset(one.person for one in part.decisions),
        granted=sum(one.granted_minutes for one in part.decisions),
        delivered=sum(one.delivered_minutes for one in part.decisions),
        must=len(must),
        note=len(notes),
        open_must=sum(must),
        open_note=sum(notes),
    )


def _frozen_row(
    contract: Contract, close: ContractMonth, snapshot: dict[str, Any], part: MonthComparison
) -> ContractRow:
    figures = figures_of(snapshot)
    return ContractRow(
        contract=contract,
        close=close,
        persons=frozenset(str(person) for person in figures.persons),
        granted=figures.granted,
        delivered=figures.delivered,
        must=figures.must,
        note=figures.note,
        open_must=0,
        open_note=figures.open_note,
        changed=not shows_the_same(snapshot, part),
    )

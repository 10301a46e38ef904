"""Lines of the list of settlements and of an account."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracting.contracts.models import Contract
from kernel.periods import Month
from reporting.compliance.models import ContractMonth
from reporting.settlement.account import Account
from reporting.settlement.models import Settlement
from reporting.settlement.rules.billing import Charge


@dataclass(frozen=True)
class ListLine:
    """A contract in the list of a month; of one that ended before it there is only the settlement that closes it."""

    contract: Contract
    close: ContractMonth
    settlement: Settlement

    @property
    def is_closing(self) -> bool:
        """Whether the month comes after the contract's last one, and was not accepted before that was moved."""
        accepted = self.close.state in (ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED)
        return bool(self.settlement.month > self.contract.valid_to) and not accepted

    @property
    def waits(self) -> bool:
        """Whether the month may be settled and is not."""
        if self.is_closing:
            return bool(self.settlement.state != Settlement.State.SETTLED)
        return bool(self.close.state == ContractMonth.State.ACCEPTED)


def list_lines(
    contracts: Iterable[Contract], closes: Iterable[ContractMonth], made: Iterable[Settlement], month: Month
) -> list[ListLine]:
    """Every contract with the close and the settlement of the month; rows that are not saved where there are none."""
    close_of: dict[Any, ContractMonth] = {close.contract_id: close for close in closes}
    made_of: dict[Any, Settlement] = {one.contract_id: one for one in made}
    return [
        ListLine(
            contract,
            close_of.get(contract.pk) or ContractMonth(contract=contract, month=month.first),
            made_of.get(contract.pk) or Settlement(contract=contract, month=month.first),
        )
        for contract in contracts
    ]


@dataclass(frozen=True)
class AccountLine:
    """A charge with the number of its decision and, for whom that is meant, the name of the person."""

    charge: Charge
    number: str
    name: str


def lines_of(account: Account, names: Mapping[UUID, str], charges: Iterable[Charge]) -> list[AccountLine]:
    """Charges by number of the decision, then by their first day."""
    lines = [
        AccountLine(charge, account.numbers.get(charge.decision, "–"), names.get(charge.decision, ""))
        for charge in charges
    ]
    return sorted(lines, key=lambda line: (line.number, line.charge.first, line.charge.price))

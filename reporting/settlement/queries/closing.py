"""Which months may carry a correction: those of the contract that are not accepted, and the one after its last.

After the last month nothing is delivered any more: its settlement closes the contract, with corrections alone.
"""

from collections.abc import Iterator

from contracting.contracts.models import Contract
from kernel.periods import Month
from reporting.compliance.models import ContractMonth
from reporting.settlement.models import Settlement

_FINAL = [ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED]
_MOST = 12


def closing_month(contract: Contract) -> Month:
    """The month whose settlement closes the contract."""
    return Month.of(contract.valid_to).next()


def is_closing(contract: Contract, month: Month) -> bool:
    """Whether the settlement of the month closes the contract."""
    return month == closing_month(contract)


def open_months(contract: Contract, after: Month | None = None) -> list[Month]:
    """Months of the contract (after a month) that are not accepted, at most twelve; one query."""
    final = ContractMonth.objects.filter(contract=contract, state__in=_FINAL)
    taken = set(final.values_list("month", flat=True))
    found: list[Month] = []
    for month in _months_of(contract):
        if month.first not in taken and (after is None or month > after) and len(found) < _MOST:
            found.append(month)
    return found


def carriers_of(contract: Contract, month: Month) -> list[Month]:
    """The months that may carry a correction of the month: open ones, else the closing one while it is a draft."""
    months = open_months(contract, month)
    if months or not closing_is_draft(contract):
        return months
    return [closing_month(contract)]


def closing_is_draft(contract: Contract) -> bool:
    """Whether corrections may still be put into the settlement that closes the contract, or taken out of it."""
    made = Settlement.objects.filter(contract=contract, month=closing_month(contract).first)
    return not made.exclude(state=Settlement.State.DRAFT).exists()


def _months_of(contract: Contract) -> Iterator[Month]:
    month = Month.of(contract.valid_from)
    while month.first <= contract.valid_to:
        yield month
        month = month.next()

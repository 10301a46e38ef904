"""Which months may carry a correction: those of the contract that are not accepted, and the one after its last.

After the last month nothing is delivered any more: its settlement closes the contract, with corrections alone. An
amendment moves the contract's last day: a month that was accepted, or has visits, is never closing, wherever it lies.
"""

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import TruncMonth

from contracting.contracts.models import Contract
from kernel.access import Access
from kernel.periods import Month
from reporting.compliance.models import ContractMonth
from reporting.delivery.models import Visit
from reporting.settlement.models import Adjustment, Settlement

_FINAL = [ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED]
_MOST = 12


def closing_month(contract: Contract) -> Month:
    """The month whose settlement closes the contract: the first after its last one that has no care; two queries."""
    with_care, month = _with_care(contract), Month.of(contract.valid_to).next()
    while month.first in with_care:
        month = month.next()
    return month


def is_closing(contract: Contract, month: Month) -> bool:
    """Whether the settlement of the month closes the contract: after its last day, without any care of its own.

    An amendment that shortens the contract anew leaves months that carry corrections already; they close it, too.
    """
    if month.first <= contract.valid_to:
        return False
    carried = Adjustment.objects.standing().filter(line__contract=contract, carried_in=month.first)
    return month == closing_month(contract) or (month.first not in _with_care(contract) and carried.exists())


def closing_corrections(access: Access) -> QuerySet[Adjustment]:
    """Standing corrections carried by months that close contracts, of the contracts that somebody may see."""
    accepted = ContractMonth.objects.filter(
        contract=OuterRef("line__contract"), month=OuterRef("carried_in"), state__in=_FINAL
    )
    standing: QuerySet[Adjustment] = Adjustment.objects.visible_to(access).standing().order_by()
    return standing.filter(~Exists(accepted), carried_in__gt=F("line__contract__valid_to"))


def _with_care(contract: Contract) -> set[date]:
    """Months after the contract's last day that were accepted, or in which visits were made."""
    final = ContractMonth.objects.filter(
        contract=contract, state__in=_FINAL, month__gt=contract.valid_to
    ).values_list("month", flat=True)
    done = Visit.objects.filter(
        decision__contract=contract, state=Visit.State.DONE, date__gt=Month.of(contract.valid_to).last
    )
    visited = done.order_by().annotate(first=TruncMonth("date")).values_list("first", flat=True).distinct()
    return {*final, *visited}


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
    if months:
        begun = begun_settlements(contract)
        return [one for one in months if one.first not in begun]
    closing = closing_month(contract)
    return [closing] if closing > month and closing.first not in begun_settlements(contract) else []


def deductible_months(contract: Contract) -> list[Month]:
    """Months whose settlement may still deduct a penalty: not begun or drafts, and the closing one; four queries."""
    begun, closing = begun_settlements(contract), closing_month(contract)
    return [month for month in (*_months_of(contract), closing) if month.first not in begun]


def begun_settlements(contract: Contract) -> set[date]:
    """First days of the months whose settlement is offered, confirmed or settled: it takes nothing more; one query."""
    begun = Settlement.objects.filter(contract=contract).exclude(state=Settlement.State.DRAFT)
    return set(begun.values_list("month", flat=True))


def _months_of(contract: Contract) -> Iterator[Month]:
    month = Month.of(contract.valid_from)
    while month.first <= contract.valid_to:
        yield month
        month = month.next()

"""Months of a contract that were handed in."""

from datetime import date
from uuid import UUID

from kernel.periods import Month
from reporting.compliance.models import ContractMonth

_CLOSED = (ContractMonth.State.SUBMITTED, ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED)


def closed_between(contract_id: UUID, first: date, last: date) -> list[tuple[Month, str]]:
    """The months that touch these days and are handed in, accepted or settled, in order, with their state in words."""
    rows = ContractMonth.objects.filter(
        contract_id=contract_id, month__gte=Month.of(first).first, month__lte=last, state__in=_CLOSED
    ).order_by("month")
    return [(Month.of(row.month), str(row.get_state_display())) for row in rows]

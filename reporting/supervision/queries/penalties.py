"""Penalties that decisions on breaches propose, for whoever settles a contract's month."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from contracting.contracts.models import Contract
from kernel.periods import Month
from reporting.supervision.models import Breach


@dataclass(frozen=True, slots=True)
class PenaltyProposed:
    """A penalty of a decided breach: `number` as people know it, the term of the contract it stands on, PLN."""

    breach_id: UUID
    number: str
    basis: str
    reasons: str
    amount: Decimal


def penalties_of(contract: Contract, month: Month) -> list[PenaltyProposed]:
    """Penalties proposed for the settlement of the contract's month, by number; one query, nothing is written."""
    rows = Breach.objects.filter(
        contract=contract, month=month.first, state=Breach.State.DECIDED, outcome=Breach.Outcome.PENALTY
    )
    return [
        PenaltyProposed(row.pk, str(row), row.basis, row.reasons, row.amount)
        for row in rows.order_by("year", "number")
    ]

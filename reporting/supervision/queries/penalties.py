"""Penalties that decisions on breaches propose to whoever settles a contract's month."""

from contracting.contracts.models import Contract
from kernel.periods import Month
from reporting.settlement.proposals import ProposedPenalty
from reporting.supervision.models import Breach


def penalties_of(contract: Contract, month: Month) -> list[ProposedPenalty]:
    """Penalties proposed for the settlement of the contract's month, by number; one query, nothing is written."""
    rows = Breach.objects.filter(
        contract=contract, month=month.first, state=Breach.State.DECIDED, outcome=Breach.Outcome.PENALTY
    )
    return [
        ProposedPenalty(row.pk, str(row), row.reasons, row.basis, row.amount)
        for row in rows.order_by("year", "number")
    ]

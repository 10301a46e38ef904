"""What the settlement, which stands higher, does to a month: accepted → settled, and back with a reason."""

from audit.actions import record
from contracting.contracts.models import Contract
from kernel.access import Actor
from kernel.periods import Month
from reporting.compliance.actions.workflow import CLOSE
from reporting.compliance.locking import lock_month
from reporting.compliance.models import ContractMonth


def settle_month(contract: Contract, month: Month, *, actor: Actor) -> ContractMonth:
    """The accepted month is settled. Raises DomainError from a wrong state."""
    return _move(contract, month, "settle", actor)


def unsettle_month(contract: Contract, month: Month, *, reason: str, actor: Actor) -> ContractMonth:
    """The settlement was taken back: the month is accepted, as it was. Raises DomainError from a wrong state."""
    return _move(contract, month, "unsettle", actor, reason=reason)


def _move(contract: Contract, month: Month, verb: str, actor: Actor, **facts: str) -> ContractMonth:
    row = lock_month(contract, month)
    before, row.state = row.state, CLOSE.take(verb, row.state).target
    row.save(update_fields=["state"])
    record(
        f"{verb}_month",
        actor=actor,
        subject_type="contract_month",
        subject_id=row.pk,
        payload={
            "contract": row.contract_id,
            "month": row.month,
            "state": {"old": str(before), "new": str(row.state)},
            **facts,
        },
    )
    return row

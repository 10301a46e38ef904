"""The close of a contract's month waits in line: every verb on it locks its row first."""

from collections.abc import Collection
from uuid import UUID

from django.db.transaction import TransactionManagementError

from contracting.contracts.models import Contract
from kernel.periods import Month
from kernel.tenancy import connection
from reporting.compliance.models import ContractMonth


def lock_month(contract: Contract, month: Month) -> ContractMonth:
    """The row of the contract's month, made where there is none, held until the transaction ends.

    Taken before the diary's lock, never after it. Raises TransactionManagementError outside a transaction.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("a month is locked for a transaction, and none has begun")
    ContractMonth.objects.get_or_create(contract=contract, month=month.first)
    locked: ContractMonth = ContractMonth.objects.select_for_update().get(
        contract=contract, month=month.first
    )
    return locked


def hold_contracts(ids: Collection[UUID]) -> None:
    """Hold the contracts until the transaction ends, against verbs on what they promise.

    Taken before their months' locks, in one order whoever asks. Raises TransactionManagementError outside a
    transaction.
    """
    list(Contract.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))

"""One writer of a contract's diary at a time: entries, imports and the freeze of a month take the same lock."""

from uuid import UUID

from kernel.locks import hold


def lock_diary(contract_id: UUID) -> None:
    """Hold the diary of the contract until the transaction ends; a month cannot freeze under an entry.

    Call it before anything else is read for a write. Raises TransactionManagementError outside a transaction.
    """
    hold("diary", contract_id)

"""One writer at a time: of a contract's settlements, and of what is added to a worker's and a person's time."""

from uuid import UUID

from kernel.locks import hold


def lock_settlements(contract_id: UUID) -> None:
    """Hold the settlements of the contract until the transaction ends. Taken before the months' locks.

    Raises TransactionManagementError outside a transaction.
    """
    hold("settlements", contract_id)


def lock_time(worker: str, person_id: UUID) -> None:
    """Hold what is added to the time of the worker (a code) and the person, under whichever contracts.

    Taken after the months' locks, the worker before the person. Raises TransactionManagementError outside a
    transaction.
    """
    hold("added time of a worker", worker)
    hold("added time of a person", person_id)

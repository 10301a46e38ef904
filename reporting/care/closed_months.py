"""Which months of a contract were handed in already: asked before one says that a decision changed.

Months are kept by an app above this one, so it tells at start where they stand (`ask_months_with`).
"""

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from kernel.periods import Month

# The months of the contract that touch these days (both inclusive) and are handed in, accepted or settled, in order,
# each with its state in words.
FindClosed = Callable[[UUID, date, date], Sequence[tuple[Month, str]]]

_source: list[FindClosed] = []


def ask_months_with(source: FindClosed) -> None:
    """Register, once at start, who keeps the months."""
    _source[:] = [source]


def closed_months(contract_id: UUID, first: date, last: date) -> Sequence[tuple[Month, str]]:
    """Months handed in that a change of these days reaches into; none where nobody keeps months."""
    return _source[0](contract_id, first, last) if _source else ()

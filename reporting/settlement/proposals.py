"""Penalties that a higher app proposes for a contract's month: settlement asks, whoever decided on them answers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from contracting.contracts.models import Contract
from kernel.periods import Month


@dataclass(frozen=True, slots=True)
class ProposedPenalty:
    """A penalty decided on elsewhere: its id and number there, why, on which term of the contract, how much (PLN)."""

    pk: UUID
    number: str
    reason: str
    basis: str
    amount: Decimal


Source = Callable[[Contract, Month], Iterable[ProposedPenalty]]
_SOURCES: list[Source] = []


def propose_penalties_with(source: Source) -> None:
    """Let an app propose penalties; called once at start. The same source twice counts once."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def proposed_penalties(contract: Contract, month: Month) -> list[ProposedPenalty]:
    """What is proposed for the month, in the order of the apps."""
    return [one for source in _SOURCES for one in source(contract, month)]

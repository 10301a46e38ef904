"""How much of a contract is delivered: asked here, told by the app that counts visits, which stands higher."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Delivered:
    """Minutes delivered under a contract up to and including a day; `daily` those of late, by day."""

    minutes: int
    until: date
    daily: Mapping[date, int] = field(default_factory=dict)


Provider = Callable[[Collection[UUID]], dict[UUID, Delivered]]
_providers: list[Provider] = []


def provide(provider: Provider) -> None:
    """Let an app tell what it gave; called once at start. Two queries for all contracts asked for."""
    if provider not in _providers:
        _providers.append(provider)


def delivered_under(contract_ids: Collection[UUID]) -> dict[UUID, Delivered]:
    """What all services together gave under each contract; contracts that nobody knows of are missing."""
    found: dict[UUID, Delivered] = {}
    for provider in _providers:
        for contract, told in provider(contract_ids).items():
            found[contract] = together(found[contract], told) if contract in found else told
    return found


def together(one: Delivered, other: Delivered) -> Delivered:
    """What two services gave under the same contract."""
    daily = Counter(one.daily)
    daily.update(other.daily)
    return Delivered(one.minutes + other.minutes, max(one.until, other.until), dict(daily))

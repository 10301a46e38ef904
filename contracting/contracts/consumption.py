"""How much of a contract is delivered: asked here, told by the app that counts visits, which stands higher."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, Sum
from django.utils import timezone

from contracting.contracts.rules.lasting import RATE_DAYS


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


def told_by(given: Any, contract: str, day: Any) -> dict[UUID, Delivered]:
    """Minutes, newest day and those of late by day, for each contract under which something was given; two queries.

    `given` are rows with `minutes`, `contract` the path to their contract's id, `day` an expression for their date:
    what lies ahead does not count.
    """
    today = timezone.localdate()
    dated = given.order_by().annotate(told_day=day).filter(told_day__lte=today)
    sums = dated.values_list(contract).annotate(sum=Sum("minutes"), until=Max("told_day"))
    late = dated.filter(told_day__gte=today - timedelta(days=2 * RATE_DAYS))
    daily: dict[UUID, dict[date, int]] = defaultdict(dict)
    for pk, on, minutes in late.values_list(contract, "told_day").annotate(sum=Sum("minutes")):
        daily[pk][on] = minutes
    return {pk: Delivered(minutes, until, daily[pk]) for pk, minutes, until in sums}


def together(one: Delivered, other: Delivered) -> Delivered:
    """What two services gave under the same contract."""
    daily = Counter(one.daily)
    daily.update(other.daily)
    return Delivered(one.minutes + other.minutes, max(one.until, other.until), dict(daily))

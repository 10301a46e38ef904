"""Breaches of contracts in a period, counted for the apps above."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q

from reporting.supervision.models import Breach


@dataclass(frozen=True, slots=True)
class BreachCounts:
    """Breaches reported and not withdrawn; of them decided on, and decided on as founded."""

    reported: int
    decided: int
    founded: int


def breach_counts(contracts: Collection[UUID], first: date, last: date) -> BreachCounts:
    """Counts of breaches of these contracts reported on first..last (both inclusive, Warsaw days); one query."""
    decided = Q(state=Breach.State.DECIDED)
    found = (
        Breach.objects.filter(
            contract_id__in=list(contracts), reported_at__date__gte=first, reported_at__date__lte=last
        )
        .exclude(state=Breach.State.WITHDRAWN)
        .aggregate(
            reported=Count("pk"),
            decided=Count("pk", filter=decided),
            founded=Count("pk", filter=decided & ~Q(outcome=Breach.Outcome.NONE)),
        )
    )
    return BreachCounts(**found)

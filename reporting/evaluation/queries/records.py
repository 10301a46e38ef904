"""What accepted months say of the commitments of contracts and organisations, counted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Max, OuterRef, Q, Subquery

from contracting.tenders.hooks import TrackRecord
from reporting.evaluation.models import Measurement

# What an organisation says of itself stands apart until the unit confirms it.
_SHOWN = Q(side__in=[Measurement.Side.MEASURED, Measurement.Side.CONFIRMED])
_OWN = Q(side=Measurement.Side.STATED)
_IS_MET = Q(outcome=Measurement.Outcome.MET)
COUNTS = {
    "met": Count("pk", filter=_SHOWN & _IS_MET),
    "judged": Count("pk", filter=_SHOWN & ~Q(outcome=Measurement.Outcome.UNMEASURED)),
    "stated_met": Count("pk", filter=_OWN & _IS_MET),
    "stated": Count("pk", filter=_OWN),
}


@dataclass(frozen=True)
class Counted:
    """Commitments met of those that were measured or confirmed, in an accepted month of a contract.

    `stated_met` of `stated` are what the organisation alone says.
    """

    month: date
    met: int
    judged: int
    stated_met: int
    stated: int


def newest_months(contracts: Collection[UUID]) -> dict[UUID, Counted]:
    """The newest accepted month of each of these contracts that has one; one query."""
    newest = (
        Measurement.objects.filter(contract=OuterRef("contract_id"))
        .order_by()
        .values("contract")
        .annotate(newest=Max("month"))
        .values("newest")
    )
    rows = (
        Measurement.objects.filter(contract__in=contracts, month=Subquery(newest))
        .order_by()
        .values("contract_id", "month")
        .annotate(**COUNTS)
    )
    return {row.pop("contract_id"): Counted(**row) for row in rows}


def of_month(contracts: Collection[UUID], month: date) -> dict[UUID, Counted]:
    """The commitments of these contracts in a month (its first day), where it is accepted; one query."""
    rows = (
        Measurement.objects.filter(contract__in=contracts, month=month)
        .order_by()
        .values("contract_id", "month")
        .annotate(**COUNTS)
    )
    return {row.pop("contract_id"): Counted(**row) for row in rows}


def track_records(organisations: Collection[UUID]) -> dict[UUID, TrackRecord]:
    """What became of the promises of these organisations in accepted months of all their contracts here; one query."""
    rows = (
        Measurement.objects.filter(contract__organisation_id__in=organisations)
        .order_by()
        .values("contract__organisation_id")
        .annotate(
            **COUNTS,
            months=Count("month", distinct=True),
            contracts=Count("contract", distinct=True),
        )
        .filter(Q(judged__gt=0) | Q(stated__gt=0))
    )
    return {row.pop("contract__organisation_id"): TrackRecord(**row) for row in rows}

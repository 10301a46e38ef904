"""What accepted months say of the commitments of contracts and organisations, counted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Max, OuterRef, Q, Subquery

from contracting.tenders.hooks import TrackRecord
from reporting.evaluation.models import Measurement

_MET = Count("pk", filter=Q(outcome=Measurement.Outcome.MET))
_JUDGED = Count("pk", filter=~Q(outcome=Measurement.Outcome.UNMEASURED))


@dataclass(frozen=True)
class Counted:
    """Commitments met of those that could be measured, in the newest accepted month of a contract."""

    month: date
    met: int
    judged: int


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
        .annotate(met=_MET, judged=_JUDGED)
    )
    return {row["contract_id"]: Counted(row["month"], row["met"], row["judged"]) for row in rows}


def track_records(organisations: Collection[UUID]) -> dict[UUID, TrackRecord]:
    """What became of the promises of these organisations in accepted months of all their contracts here; one query."""
    rows = (
        Measurement.objects.filter(contract__organisation_id__in=organisations)
        .order_by()
        .values("contract__organisation_id")
        .annotate(
            met=_MET,
            judged=_JUDGED,
            months=Count("month", distinct=True),
            contracts=Count("contract", distinct=True),
        )
        .filter(judged__gt=0)
    )
    return {
        row["contract__organisation_id"]: TrackRecord(
            row["met"], row["judged"], row["months"], row["contracts"]
        )
        for row in rows
    }

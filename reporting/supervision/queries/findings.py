"""Findings and recommendations of contracts in a period, for this app's pages and for the apps above."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone

from reporting.supervision.models import Finding, Inspection, Recommendation

_SETTLED = frozenset({Recommendation.State.DONE, Recommendation.State.NOT_DONE})


@dataclass(frozen=True, slots=True)
class FindingTold:
    """A finding of a protocol that was sent.

    `is_open` until every recommendation was confirmed as done or not done, or the inspection is closed; without any
    recommendation, until it is closed. `not_done` counts recommendations that were not carried out, `late` those open
    past their day.
    """

    inspection_id: UUID
    inspection: str
    contract_id: UUID
    held_on: date
    number: int
    severity: str
    text: str
    recommendations: int
    not_done: int
    late: int
    is_open: bool


def findings_told(contracts: Collection[UUID] | None, first: date, last: date) -> list[FindingTold]:
    """Findings of protocols sent, of inspections held in first..last (both inclusive), by day, inspection and number.

    `contracts` None means all of the tenant. Two queries, whatever their number.
    """
    rows = Finding.objects.filter(
        inspection__sent_at__isnull=False, inspection__held_on__gte=first, inspection__held_on__lte=last
    )
    if contracts is not None:
        rows = rows.filter(inspection__contract_id__in=list(contracts))
    told = rows.select_related("inspection").prefetch_related("recommendations")
    return [_told(one) for one in told.order_by("inspection__held_on", "inspection__number", "number")]


@dataclass(frozen=True, slots=True)
class FindingCounts:
    """How many inspections were held with their protocols sent, and findings of them: open, closed, critical."""

    inspections: int
    open: int
    closed: int
    critical: int


def finding_counts(contracts: Collection[UUID] | None, first: date, last: date) -> FindingCounts:
    """Counts of the same findings; three queries."""
    inspections = Inspection.objects.filter(sent_at__isnull=False, held_on__gte=first, held_on__lte=last)
    if contracts is not None:
        inspections = inspections.filter(contract_id__in=list(contracts))
    found = findings_told(contracts, first, last)
    return FindingCounts(
        inspections=inspections.count(),
        open=sum(one.is_open for one in found),
        closed=sum(not one.is_open for one in found),
        critical=sum(one.severity == Finding.Severity.CRITICAL for one in found),
    )


def _told(finding: Finding) -> FindingTold:
    inspection, today = finding.inspection, timezone.localdate()
    recommended = list(finding.recommendations.all())
    waiting = [one for one in recommended if one.state not in _SETTLED]
    if inspection.held_on is None:
        raise ValueError("a protocol that was sent is of an inspection that was held")
    closed = inspection.state == Inspection.State.CLOSED or (bool(recommended) and not waiting)
    return FindingTold(
        inspection_id=inspection.pk,
        inspection=str(inspection),
        contract_id=inspection.contract_id,
        held_on=inspection.held_on,
        number=finding.number,
        severity=finding.severity,
        text=finding.text,
        recommendations=len(recommended),
        not_done=sum(one.state == Recommendation.State.NOT_DONE for one in recommended),
        late=sum(one.state == Recommendation.State.OPEN and one.due_on < today for one in recommended),
        is_open=not closed,
    )

"""Which months of contracts were handed in, and which nobody handed in."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from contracting.contracts.models import Contract
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.compliance.models import ContractMonth, ReturnedLine
from reporting.delivery.models import Visit

_HANDED_IN = (ContractMonth.State.SUBMITTED, ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED)


def closed_between(contract_id: UUID, first: date, last: date) -> list[tuple[Month, str]]:
    """The months that touch these days and are handed in, accepted or settled, in order, with their state in words."""
    rows = ContractMonth.objects.filter(
        contract_id=contract_id, month__gte=Month.of(first).first, month__lte=last, state__in=_HANDED_IN
    ).order_by("month")
    return [(Month.of(row.month), str(row.get_state_display())) for row in rows]


def lines_to_correct(row: ContractMonth) -> list[ReturnedLine]:
    """The lines of a month that came back and are to be corrected now, by the number of their decision."""
    return lines_returned_in([row])[row.pk] if row.state == ContractMonth.State.RETURNED else []


@dataclass(frozen=True)
class LineChecked:
    """A line that came back, and whether its visits are other now than they were then."""

    line: ReturnedLine
    is_changed: bool


def lines_checked(row: ContractMonth) -> list[LineChecked]:
    """The lines to correct now, each compared with its visits as they came back; two queries."""
    lines = lines_to_correct(row)
    now = visits_digests([line.decision_id for line in lines], Month.of(row.month))
    return [LineChecked(line, now[line.decision_id] != line.visits_sha256) for line in lines]


def lines_handed_in(row: ContractMonth) -> list[ReturnedLine]:
    """What became of the lines that the present handing in answers, by the number of their decision."""
    if row.state != ContractMonth.State.SUBMITTED:
        return []
    answered = ReturnedLine.objects.filter(contract_month=row, handed_in_at=row.submitted_at)
    return list(answered.select_related("decision").order_by("decision__number"))


def visits_digests(decisions: Collection[UUID], month: Month) -> dict[UUID, str]:
    """SHA-256 over the visits of each decision in a month: whatever is said of one changes it."""
    found = {pk: hashlib.sha256() for pk in decisions}
    visits = Visit.objects.beginning_in(month.first, month.last).filter(decision_id__in=found).order_by("pk")
    for decision, *said in visits.values_list(
        "decision_id", "pk", "worker_id", "starts_at", "ends_at", "state", "activities", "note"
    ):
        found[decision].update(repr([str(one) for one in said]).encode())
    return {pk: digest.hexdigest() for pk, digest in found.items()}


def lines_returned_in(rows: Iterable[ContractMonth]) -> dict[UUID, list[ReturnedLine]]:
    """The same of several months that came back, by month; one query."""
    found: dict[UUID, list[ReturnedLine]] = defaultdict(list)
    lines = ReturnedLine.objects.filter(
        contract_month__in=[row.pk for row in rows], handed_in_at__isnull=True
    )
    for line in lines.select_related("decision").order_by("decision__number"):
        found[line.contract_month_id].append(line)
    return found


def unhanded(month: Month) -> "QuerySet[Contract, Any]":
    """Contracts with a person in care in the month that was not handed in, or came back."""
    handed_in = ContractMonth.objects.filter(contract=OuterRef("pk"), month=month.first, state__in=_HANDED_IN)
    in_care = Decision.objects.filter(
        contract=OuterRef("pk"), valid_from__lte=month.last, ends_before__gt=month.first
    )
    found: QuerySet[Contract, Any] = Contract.objects.filter(
        ~Exists(handed_in), Exists(in_care), valid_from__lte=month.last, valid_to__gte=month.first
    )
    return found


def is_unhanded(contract: Contract, month: date) -> bool:
    """Whether the month of one contract (its first day) still waits to be handed in."""
    closed = ContractMonth.objects.filter(contract=contract, month=month, state__in=_HANDED_IN)
    return not closed.exists()

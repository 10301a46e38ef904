"""What a sample can be drawn from: decisions in force in a month, or visits made in it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from contracting.contracts.models import Contract
from kernel.periods import Month
from reporting.compliance.queries import compare_month
from reporting.delivery.models import Visit
from reporting.supervision.rules.sampling import Candidate, variance_of


@dataclass(frozen=True)
class Drawable:
    """A candidate with what it stands for: a decision, where it is a visit the visit, an appointment or a case."""

    candidate: Candidate
    decision_id: UUID | None = None
    appointment_id: UUID | None = None
    case_id: UUID | None = None
    visit_on: date | None = None
    visit_start: time | None = None
    visit_worker: str = ""

    @property
    def subject(self) -> dict[str, UUID | None]:
        """The keys as a drawn row keeps them."""
        return {
            "decision_id": self.decision_id,
            "appointment_id": self.appointment_id,
            "case_id": self.case_id,
        }


def decisions_to_draw(contract: Contract, month: Month) -> dict[str, Drawable]:
    """Decisions of the contract that the comparison of the month knows, by key.

    Value: minutes granted; variance: how far the minutes delivered lie from them.
    """
    compared = compare_month(month, contracts=[contract.pk])
    return {
        one.key: Drawable(
            Candidate(one.key, one.granted_minutes, variance_of(one.granted_minutes, one.delivered_minutes)),
            UUID(one.key),
        )
        for one in compared.decisions
    }


def decisions_of_period(contract: Contract, first: Month, last: Month) -> dict[str, Drawable]:
    """Decisions of the contract in any month of first..last (both inclusive), by key; minutes are of all its months."""
    granted: dict[str, int] = defaultdict(int)
    delivered: dict[str, int] = defaultdict(int)
    month = first
    while month <= last:
        for one in compare_month(month, contracts=[contract.pk]).decisions:
            granted[one.key] += one.granted_minutes
            delivered[one.key] += one.delivered_minutes
        month = month.next()
    return {
        key: Drawable(Candidate(key, due, variance_of(due, delivered[key])), UUID(key))
        for key, due in granted.items()
    }


def visits_to_draw(contract: Contract, month: Month) -> dict[str, Drawable]:
    """Visits of the contract done in the month, by key; one query.

    Value: minutes; variance: how far a visit's minutes lie from the mean of its decision's visits in the month.
    """
    rows = list(
        Visit.objects.filter(decision__contract=contract, state=Visit.State.DONE)
        .beginning_in(month.first, month.last)
        .values_list("pk", "decision_id", "date", "minutes", "start", "worker__code")
    )
    of_decision: dict[UUID, list[int]] = defaultdict(list)
    for _pk, decision_id, _day, minutes, _start, _worker in rows:
        of_decision[decision_id].append(minutes)
    means = {pk: sum(minutes) // len(minutes) for pk, minutes in of_decision.items()}
    return {
        str(pk): Drawable(
            Candidate(str(pk), minutes, variance_of(means[decision_id], minutes)),
            decision_id,
            visit_on=day,
            visit_start=start,
            visit_worker=worker,
        )
        for pk, decision_id, day, minutes, start, worker in rows
    }

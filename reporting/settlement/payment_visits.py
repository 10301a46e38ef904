"""The visits behind what persons pay: each with what it adds to the payment, and corrections of visits beside them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from uuid import UUID

from contracting.commissioning.rules.payments import fee
from kernel.periods import Month
from reporting.compliance.models import ContractMonth
from reporting.settlement.models import Adjustment
from reporting.settlement.payment_shapes import PaymentPart, PersonPayment
from reporting.settlement.queries.accepted import accepted_lines_in
from reporting.settlement.rules.billing import ZERO, shares_of


@dataclass(frozen=True)
class PaidVisit:
    """A visit with its accepted minutes, or a correction of one with what it adds or takes off; `amount` is PLN.

    `is_late` is a visit that nobody had entered: it stands among the corrections of its month alone.
    """

    visit: UUID
    date: date
    start: time
    worker: str
    minutes: int
    amount: Decimal = ZERO
    is_correction: bool = False
    is_late: bool = False


# Visits of a decision in a month of delivery, in time.
_Visits = Mapping[tuple[UUID, Month], list[PaidVisit]]


def visits_behind(month: Month, payments: Sequence[PersonPayment]) -> list[list[list[PaidVisit]]]:
    """For each payment of the month the visits of each of its parts, which add up to the part; three queries."""
    visits = _visits(month, payments)
    return [
        [_of_part(part, visits.get((part.decision, one.delivered), [])) for part in one.parts]
        for one in payments
    ]


def _of_part(part: PaymentPart, visits: Sequence[PaidVisit]) -> list[PaidVisit]:
    found, rate = [one for one in visits if part.first <= one.date <= part.last], part.rate
    if rate is None:
        return found

    def worth(minutes: int) -> Decimal:
        return fee(price_per_hour=rate.price, percent=rate.percent, minutes=minutes, rounding=rate.rounding)

    shares = shares_of([one.minutes for one in found], worth)
    return [replace(one, amount=amount) for one, amount in zip(found, shares, strict=True)]


def _visits(month: Month, payments: Sequence[PersonPayment]) -> _Visits:
    """What was accepted in the months of delivery, and what corrections carried up to the month changed of it."""
    decisions = {decision.pk: decision.contract_id for one in payments for decision in one.decisions}
    delivered = {one.delivered.first for one in payments}
    rows = ContractMonth.objects.filter(
        contract__in=set(decisions.values()),
        month__in=delivered,
        state__in=[ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED],
    )
    found: dict[tuple[UUID, Month], list[PaidVisit]] = defaultdict(list)
    for lines in accepted_lines_in(list(rows)).values():
        for line in lines:
            visit = PaidVisit(line.visit, line.date, line.start, line.worker, line.accepted)
            found[line.decision, Month.of(line.date)].append(visit)
    changed = Adjustment.objects.standing().filter(
        line__decision__in=decisions, line__month__in=delivered, carried_in__lte=month.first
    )
    for one in changed.select_related("line"):
        of, terms = one.line, {"is_correction": True, "is_late": one.line.is_late}
        visit = PaidVisit(of.visit_id, of.date, of.start, of.worker, one.minutes, **terms)
        found[of.decision_id, Month.of(of.month)].append(visit)
    for visits in found.values():
        visits.sort(key=lambda one: (one.date, one.start, one.is_correction, one.worker))
    return found

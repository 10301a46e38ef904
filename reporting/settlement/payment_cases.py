"""What persons pay for a month: accepted minutes × the price and the percent of the commune's table, by income.

A table, an income criterion or an income that changes inside the month splits it by day; every part is rounded as its
table says. Corrections that the month carries count as on the day they correct.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q

from contracting.commissioning.law import rows_by_code
from contracting.commissioning.models import PaymentTable
from contracting.commissioning.payment_cases import Case, case_of, criterion_code
from contracting.commissioning.rules.limits import Limit, in_force
from kernel.access import Access
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.compliance.models import ContractMonth
from reporting.settlement.models import Adjustment, PaymentBasis
from reporting.settlement.queries.accepted import accepted_lines_in
from reporting.settlement.queries.closing import closing_corrections
from reporting.settlement.rules.billing import ZERO

_PAY_DAY, _LEAST = "person_payment_day", "person_payment_least_pln"


@dataclass(frozen=True)
class PaymentPart:
    """Minutes of a part of the month with one table, basis and criterion; `case` is None where nothing is due."""

    first: date
    last: date
    minutes: int
    basis: PaymentBasis
    case: Case | None

    @property
    def fee(self) -> Decimal:
        """What is paid for it (PLN)."""
        return ZERO if self.case is None else self.case.fee


@dataclass(frozen=True)
class PersonPayment:
    """What the person of a decision pays for a month: parts, or what is `missing` (table, basis, limit).

    `least` is the limit below which the tables of the month collect nothing, None where they collect all.
    """

    decision: Decision
    minutes: int
    parts: tuple[PaymentPart, ...]
    missing: str = ""
    least: Limit | None = None

    @property
    def computed(self) -> Decimal:
        """The payment as the parts say (PLN)."""
        return sum((part.fee for part in self.parts), ZERO)

    @property
    def uncollected(self) -> bool:
        """Whether the payment is too small to be collected; what is given back is never too small."""
        return self.least is not None and ZERO < self.computed < self.least.value

    @property
    def fee(self) -> Decimal:
        """The payment (PLN)."""
        return ZERO if self.uncollected else self.computed


class _Missing(Exception):
    """Something without which no payment can be said."""


def payments_of(month: Month, access: Access) -> list[PersonPayment]:
    """What persons pay for a month, by number of the decision, of months of contracts that are accepted or settled.

    Of a contract that ended before the month it is what the settlement that closes it corrects: a negative payment is
    given back. Nine queries, however many contracts and persons.
    """
    contracts = ContractMonth.objects.visible_to(access).filter(
        month=month.first, state__in=[ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED]
    )
    by_day: dict[UUID, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    rows = list(contracts)
    for lines in accepted_lines_in(rows).values():
        for line in lines:
            by_day[line.decision][line.date] += line.accepted
    closing = closing_corrections(access).filter(carried_in=month.first)
    carried = Adjustment.objects.standing().filter(
        Q(line__contract__in=[row.contract_id for row in rows]) | Q(pk__in=closing.values("pk")),
        carried_in=month.first,
    )
    for decision, day, minutes in carried.values_list("line__decision_id", "line__date", "minutes"):
        by_day[decision][day] += minutes
    return list(_paid(by_day, month))


def _paid(by_day: Mapping[UUID, Mapping[date, int]], month: Month) -> Iterator[PersonPayment]:
    decisions = (
        Decision.objects.filter(pk__in=list(by_day)).select_related("service", "contract").order_by("number")
    )
    told = list(decisions)
    tables = _tables({one.service_id for one in told})
    bases = _bases(list(by_day))
    limits = rows_by_code()
    least = in_force(limits[_LEAST], month.last)
    for decision in told:
        days = by_day[decision.pk]
        minutes = sum(days.values())
        try:
            parts = _parts(days, tables[decision.service_id], bases[decision.pk], limits)
        except _Missing as missing:
            yield PersonPayment(decision, minutes, (), str(missing))
        else:
            spares = all(part.case.table.small_uncollected for part in parts if part.case)
            yield PersonPayment(decision, minutes, tuple(parts), least=least if spares else None)


def _tables(services: Collection[Any]) -> dict[Any, list[PaymentTable]]:
    found: dict[Any, list[PaymentTable]] = defaultdict(list)
    for table in PaymentTable.objects.filter(service__in=services).order_by("valid_from"):
        found[table.service_id].append(table)
    return found


def _bases(decisions: Collection[UUID]) -> dict[UUID, list[PaymentBasis]]:
    found: dict[UUID, list[PaymentBasis]] = defaultdict(list)
    for basis in PaymentBasis.objects.filter(decision__in=decisions).order_by("valid_from"):
        found[basis.decision_id].append(basis)
    return found


def _parts(
    days: Mapping[date, int],
    tables: Collection[PaymentTable],
    bases: Collection[PaymentBasis],
    limits: Mapping[str, list[Limit]],
) -> list[PaymentPart]:
    groups: dict[tuple[Any, ...], list[date]] = defaultdict(list)
    for day in sorted(days):
        table, basis = _on(day, tables, "table"), _on(day, bases, "basis")
        criterion = in_force(limits[criterion_code(basis.household)], day)
        if criterion is None:
            raise _Missing("limit")
        groups[table.pk, basis.pk, criterion.value].append(day)
    made = []
    for group in groups.values():
        first, last, minutes = group[0], group[-1], sum(days[day] for day in group)
        table, basis = _on(first, tables, "table"), _on(first, bases, "basis")
        case = None
        if not basis.exempt:
            case = case_of(
                table,
                on=first,
                income=basis.income,
                persons=basis.household,
                minutes=minutes,
                criterion=in_force(limits[criterion_code(basis.household)], first),
            )
        made.append(PaymentPart(first, last, minutes, basis, case))
    return made


def _on(day: date, rows: Collection[Any], missing: str) -> Any:
    """The last of the rows that holds on the day; they are in the order of their days."""
    holding = [row for row in rows if row.valid_from <= day]
    if not holding:
        raise _Missing(missing)
    return holding[-1]


def pay_by(month: Month) -> tuple[date, Limit] | None:
    """The last day to pay for a month, with the rule it follows; None where no rule is known. One query."""
    rule = in_force(rows_by_code()[_PAY_DAY], month.last)
    if rule is None:
        return None
    following = month.next()
    return following.days()[min(rule.whole, len(following.days())) - 1], rule

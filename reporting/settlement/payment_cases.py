"""What persons pay for a month: accepted minutes × the price and the percent of the commune's table, by income.

A table, an income criterion or an income that changes inside the month splits it by day; every part is rounded as its
table says. Corrections that the month carries count as on the day they correct, in the month of that day.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

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
_FINAL = [ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED]


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

    @property
    def rounding(self) -> str:
        """PaymentTable.Rounding of its table, empty where nothing is due."""
        return "" if self.case is None else str(self.case.table.rounding)


@dataclass(frozen=True)
class Owed:
    """What a person owes in all for a service in a month of delivery: parts, and what is below the `least`.

    `least` is the limit below which the tables of the month collect nothing, None where they collect all.
    """

    parts: tuple[PaymentPart, ...]
    least: Limit | None = None

    @property
    def computed(self) -> Decimal:
        """The sum of the parts (PLN)."""
        return sum((part.fee for part in self.parts), ZERO)

    @property
    def uncollected(self) -> bool:
        """Whether it is too small to be collected."""
        return self.least is not None and ZERO < self.computed < self.least.value

    @property
    def fee(self) -> Decimal:
        """What is collected (PLN)."""
        return ZERO if self.uncollected else self.computed


@dataclass(frozen=True)
class PersonPayment:
    """What a person pays for a service in a month, or what is `missing` for it (table, basis, limit).

    `delivered` is the month of delivery: the month itself, or an earlier one that a correction of the month changes.
    Of an earlier one `before` is what was owed without the correction, and the payment the difference.
    """

    decisions: tuple[Decision, ...]
    delivered: Month
    minutes: int
    owed: Owed
    missing: str = ""
    before: Owed | None = None

    @property
    def decision(self) -> Decision:
        """The first of the decisions, by number."""
        return self.decisions[0]

    @property
    def parts(self) -> tuple[PaymentPart, ...]:
        """What it is counted from; of a correction, with it."""
        return self.owed.parts

    @property
    def uncollected(self) -> bool:
        """Whether what is owed in all for the month of delivery is too small to be collected."""
        return self.owed.uncollected

    @property
    def least(self) -> Limit | None:
        """The smallest sum that is collected, None where all are."""
        return self.owed.least

    @property
    def computed(self) -> Decimal:
        """The payment as the parts say, before the smallest sum that is collected (PLN)."""
        return self.owed.computed - (self.before.computed if self.before else ZERO)

    @property
    def fee(self) -> Decimal:
        """The payment (PLN); below zero it is given back."""
        return self.owed.fee - (self.before.fee if self.before else ZERO)


class _Missing(Exception):
    """Something without which no payment can be said."""


# Minutes of decisions by day; a group is a person, a service and the first day of the month of delivery.
_Days = dict[UUID, dict[date, int]]
_Group = tuple[UUID, UUID, date]


def payments_of(month: Month, access: Access) -> list[PersonPayment]:
    """What persons pay for a month, by number of the decision, of months of contracts that are accepted or settled.

    One payment for each person, service and month of delivery. A correction that the month carries pays the difference
    of what is owed for the month it corrects, with it and without it, each rounded and measured against the smallest
    sum that is collected: a negative payment is given back. At most eleven queries, however many contracts and persons.
    """
    final = ContractMonth.objects.visible_to(access).filter(state__in=_FINAL)
    rows = list(final.filter(month=month.first))
    closing = closing_corrections(access).filter(carried_in=month.first)
    carried = Adjustment.objects.standing().filter(
        Q(line__contract__in=[row.contract_id for row in rows]) | Q(pk__in=closing.values("pk")),
        carried_in=month.first,
    )
    changed = [*carried.values_list("line__decision_id", "line__month", "line__date", "minutes")]
    own = _days_of(rows)
    told = _decisions({*own, *(decision for decision, _origin, _day, _minutes in changed)})
    groups: dict[_Group, tuple[_Days, _Days | None]] = {}
    for decision, days in own.items():
        one = told[decision]
        groups.setdefault((one.person_id, one.service_id, month.first), ({}, None))[0][decision] = days
    if changed:
        groups.update(_corrected(changed, told, final, month))
    return _paid(groups, told)


def _days_of(rows: Collection[ContractMonth]) -> _Days:
    """Accepted minutes of months, by decision and day."""
    found: _Days = defaultdict(lambda: defaultdict(int))
    for lines in accepted_lines_in(rows).values():
        for line in lines:
            found[line.decision][line.date] += line.accepted
    return found


def _corrected(
    changed: Collection[tuple[UUID, date, date, int]],
    told: dict[UUID, Decision],
    final: QuerySet[ContractMonth],
    month: Month,
) -> dict[_Group, tuple[_Days, _Days]]:
    """Days of the months that corrections change, with them and without them; `told` learns of their other decisions.

    Corrections that earlier months carry count on both sides.
    """
    groups: dict[_Group, tuple[_Days, _Days]] = {}
    for decision, origin, _day, _minutes in changed:
        one = told[decision]
        groups[one.person_id, one.service_id, origin] = ({}, {})
    origins = {origin for _person, _service, origin in groups}
    persons, services = {key[0] for key in groups}, {key[1] for key in groups}
    told |= _decisions(Decision.objects.filter(person__in=persons, service__in=services))
    contracts = {one.contract_id for one in told.values()}
    earlier = [
        *Adjustment.objects.standing()
        .filter(line__decision__in=list(told), line__month__in=origins, carried_in__lt=month.first)
        .values_list("line__decision_id", "line__month", "line__date", "minutes")
    ]
    accepted = [
        (decision, day.replace(day=1), day, minutes)
        for decision, days in _days_of(list(final.filter(month__in=origins, contract__in=contracts))).items()
        for day, minutes in days.items()
    ]
    for rows, both in (((*accepted, *earlier), True), (changed, False)):
        for decision, origin, day, minutes in rows:
            if (
                decision in told
                and (key := (told[decision].person_id, told[decision].service_id, origin)) in groups
            ):
                after, before = groups[key]
                _add(after, decision, day, minutes)
                if both:
                    _add(before, decision, day, minutes)
    return groups


def _add(days: _Days, decision: UUID, day: date, minutes: int) -> None:
    found = days.setdefault(decision, {})
    found[day] = found.get(day, 0) + minutes


def _decisions(which: Any) -> dict[UUID, Decision]:
    decisions = Decision.objects.filter(pk__in=which).select_related("service", "contract")
    return {one.pk: one for one in decisions}


def _paid(
    groups: Mapping[_Group, tuple[_Days, _Days | None]], told: Mapping[UUID, Decision]
) -> list[PersonPayment]:
    books = _Books(
        _tables({service for _person, service, _month in groups}),
        _bases({decision for after, _before in groups.values() for decision in after}),
        rows_by_code(),
    )
    made = []
    for (_person, service, first), (after, before) in groups.items():
        decisions = sorted((told[pk] for pk in after), key=lambda one: one.number)
        delivered = Month.of(first)
        minutes = _sum(after) - _sum(before or {})
        try:
            owed = books.owed(after, service, delivered)
            earlier = None if before is None else books.owed(before, service, delivered)
        except _Missing as missing:
            made.append(PersonPayment(tuple(decisions), delivered, minutes, Owed(()), str(missing)))
        else:
            made.append(PersonPayment(tuple(decisions), delivered, minutes, owed, before=earlier))
    return sorted(made, key=lambda one: (one.decision.number, one.delivered))


def _sum(days: _Days) -> int:
    return sum(minutes for found in days.values() for minutes in found.values())


@dataclass(frozen=True)
class _Books:
    """Tables by service, bases by decision, limits by code, all in the order of their days."""

    tables: Mapping[Any, list[PaymentTable]]
    bases: Mapping[UUID, list[PaymentBasis]]
    limits: Mapping[str, list[Limit]]

    def owed(self, days: _Days, service: UUID, delivered: Month) -> Owed:
        """What is owed for the days of all decisions on a service. Raises _Missing."""
        parts = [
            part
            for decision, found in days.items()
            for part in _parts(found, self.tables[service], self.bases[decision], self.limits)
        ]
        parts.sort(key=lambda part: part.first)
        spares = all(part.case.table.small_uncollected for part in parts if part.case)
        return Owed(tuple(parts), in_force(self.limits[_LEAST], delivered.last) if spares else None)


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

"""What persons pay for a month: accepted minutes × the price and the percent of the commune's table, by income.

A table, an income criterion or an income that changes inside the month splits it by day; every part is rounded as its
table says. Corrections that the month carries count as on the day they correct, in the month of that day. What a
confirmed settlement holds is read as it was frozen, whatever was entered since.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracting.commissioning.law import rows_by_code
from contracting.commissioning.models import PaymentTable
from contracting.commissioning.payment_cases import case_of, criterion_code
from contracting.commissioning.rules.limits import Limit, in_force
from kernel.access import Access
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.compliance.models import ContractMonth
from reporting.settlement.models import Adjustment, ConfirmedPayment, PaymentBasis, Settlement
from reporting.settlement.payment_shapes import Owed, PaymentPart, PersonPayment, Rate, read_way
from reporting.settlement.queries.accepted import accepted_lines_in
from reporting.settlement.queries.closing import closing_corrections
from reporting.settlement.rules.billing import ZERO

_PAY_DAY, _LEAST = "person_payment_day", "person_payment_least_pln"
_FINAL = [ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED]


class _Missing(Exception):
    """Something without which no payment can be said."""


# Minutes of decisions by day; a group is a person, a service and the first day of the month of delivery.
_Days = dict[UUID, dict[date, int]]
_Group = tuple[UUID, UUID, date]
# A contract and the month whose settlement counts something of it.
_Source = tuple[UUID, date]


def payments_of(month: Month, access: Access) -> list[PersonPayment]:
    """What persons pay for a month, by number of the decision, of months of contracts that are accepted or settled.

    One payment for each person, service and month of delivery; where a person has care under several contracts, one
    for each settlement confirmed by itself. At most fourteen queries, however many contracts and persons.
    """
    final = ContractMonth.objects.visible_to(access).filter(state__in=_FINAL, month=month.first)
    contracts = set(final.values_list("contract", flat=True))
    closing = closing_corrections(access).filter(carried_in=month.first)
    contracts |= set(closing.values_list("line__contract", flat=True))
    made = [*_frozen_payments(month, access), *open_payments(month, contracts)]
    return sorted(made, key=lambda one: (one.decision.number, one.delivered))


def _frozen_payments(month: Month, access: Access) -> list[PersonPayment]:
    settlements = Settlement.objects.visible_to(access).filter(month=month.first)
    rows = list(ConfirmedPayment.objects.filter(settlement__in=settlements.values("pk")))
    told = _decisions({pk for row in rows for pk in row.decisions}) if rows else {}
    return [
        read_way(
            row.way,
            sorted((told[pk] for pk in row.decisions), key=lambda one: one.number),
            Month.of(row.delivered),
            row.minutes,
        )
        for row in rows
    ]


def open_payments(month: Month, contracts: Collection[UUID]) -> list[PersonPayment]:
    """Payments of these contracts' month that no confirmed settlement holds; at most eleven queries.

    A correction that the month carries pays the difference of what is owed for the month it corrects, with it and
    without it, each rounded and measured against the smallest sum that is collected: a negative payment is given back.
    """
    rows = ContractMonth.objects.filter(contract__in=contracts, month=month.first, state__in=_FINAL)
    carried = Adjustment.objects.standing().filter(line__contract__in=contracts, carried_in=month.first)
    changed = [*carried.values_list("line__decision_id", "line__month", "line__date", "minutes")]
    own = _days_of(list(rows))
    told = _decisions({*own, *(decision for decision, _origin, _day, _minutes in changed)})
    frozen = _Frozen.of(
        {one.person_id for one in told.values()},
        {month.first, *(origin for _decision, origin, _day, _minutes in changed)},
        month,
    )
    groups: dict[_Group, _Counted] = {}
    for decision, days in own.items():
        key = _group(told[decision], month.first)
        if not frozen.holds(told[decision], key, month.first):
            groups.setdefault(key, _Counted({}, None)).after[decision] = days
    _add_confirmed_beside(groups, frozen, told, month)
    changed = [
        (decision, origin, day, minutes)
        for decision, origin, day, minutes in changed
        if not frozen.holds(told[decision], _group(told[decision], origin), month.first)
    ]
    if changed:
        groups.update(_corrected(changed, told, frozen, month))
    return _paid(groups, told, frozen)


def _group(decision: Decision, delivered: date) -> _Group:
    return decision.person_id, decision.service_id, delivered


@dataclass(frozen=True)
class _Counted:
    """Days of a group with what is counted now, and without; `sources` is what the latter was counted by."""

    after: _Days
    before: _Days | None
    sources: frozenset[_Source] = frozenset()


@dataclass(frozen=True)
class _Frozen:
    """What confirmed settlements hold, by group."""

    rows: Mapping[_Group, list[ConfirmedPayment]]

    @classmethod
    def of(cls, persons: Collection[UUID], delivered: Collection[date], until: Month) -> "_Frozen":
        """Of these persons and months of delivery, by settlements up to a month; one query."""
        found: dict[_Group, list[ConfirmedPayment]] = defaultdict(list)
        rows = ConfirmedPayment.objects.filter(
            person__in=persons, delivered__in=delivered, settlement__month__lte=until.first
        )
        told = rows.select_related("settlement").defer("way_encrypted", "settlement__figures")
        for row in told.order_by("settlement__month", "made_at"):
            found[row.person_id, row.service_id, row.delivered].append(row)
        return cls(found)

    def holds(self, decision: Decision, group: _Group, carrier: date) -> bool:
        """Whether the contract's settlement of the month holds the group."""
        return (decision.contract_id, carrier) in self.sources(group)

    def sources(self, group: _Group) -> set[_Source]:
        """The settlements that hold something of the group."""
        return {(row.settlement.contract_id, row.settlement.month) for row in self.rows.get(group, ())}

    def fee(self, group: _Group) -> Decimal:
        """What they ask of the person in all (PLN)."""
        return sum((row.fee for row in self.rows.get(group, ())), ZERO)

    def known(self, group: _Group, decision: UUID) -> frozenset[UUID] | None:
        """The bases that were known when the decision's month was frozen; None where it was not."""
        for row in self.rows.get(group, ()):
            if decision in row.decisions:
                return frozenset(row.known_bases)
        return None


def _add_confirmed_beside(
    groups: dict[_Group, _Counted], frozen: _Frozen, told: dict[UUID, Decision], month: Month
) -> None:
    """A person's care under another contract, confirmed by itself: what is counted now comes on top of that."""
    beside = {key: rows for key in groups if (rows := frozen.rows.get(key))}
    if not beside:
        return
    decisions = {pk for rows in beside.values() for row in rows for pk in row.decisions}
    told |= _decisions(decisions - told.keys())
    contracts = {told[pk].contract_id for pk in decisions}
    days = _days_of(
        list(ContractMonth.objects.filter(contract__in=contracts, month=month.first, state__in=_FINAL))
    )
    for key, rows in beside.items():
        before = {pk: days[pk] for row in rows for pk in row.decisions if pk in days}
        groups[key] = _Counted(before | groups[key].after, before, frozenset(frozen.sources(key)))


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
    frozen: _Frozen,
    month: Month,
) -> dict[_Group, _Counted]:
    """Days of the months that corrections change, with them and without them; `told` learns of their other decisions.

    Corrections that earlier months carry, or confirmed settlements of this one, count on both sides.
    """
    days: dict[_Group, tuple[_Days, _Days]] = {
        _group(told[decision], origin): ({}, {}) for decision, origin, _day, _minutes in changed
    }
    sources: dict[_Group, set[_Source]] = defaultdict(set)
    origins = {origin for _person, _service, origin in days}
    persons, services = {key[0] for key in days}, {key[1] for key in days}
    told |= _decisions(Decision.objects.filter(person__in=persons, service__in=services))
    contracts = {one.contract_id for one in told.values()}
    standing = Adjustment.objects.standing().filter(line__decision__in=list(told), line__month__in=origins)
    earlier = [
        (decision, origin, day, minutes, carrier)
        for decision, origin, day, minutes, carrier in standing.filter(
            carried_in__lte=month.first
        ).values_list("line__decision_id", "line__month", "line__date", "minutes", "carried_in")
        if carrier < month.first or frozen.holds(told[decision], _group(told[decision], origin), carrier)
    ]
    final = ContractMonth.objects.filter(month__in=origins, contract__in=contracts, state__in=_FINAL)
    accepted = [
        (decision, day.replace(day=1), day, minutes, day.replace(day=1))
        for decision, of_days in _days_of(list(final)).items()
        for day, minutes in of_days.items()
    ]
    for decision, origin, day, minutes, carrier in (*accepted, *earlier):
        if decision in told and (key := _group(told[decision], origin)) in days:
            sources[key].add((told[decision].contract_id, carrier))
            for side in days[key]:
                _add(side, decision, day, minutes)
    for decision, origin, day, minutes in changed:
        _add(days[_group(told[decision], origin)][0], decision, day, minutes)
    return {key: _Counted(after, before, frozenset(sources[key])) for key, (after, before) in days.items()}


def _add(days: _Days, decision: UUID, day: date, minutes: int) -> None:
    found = days.setdefault(decision, {})
    found[day] = found.get(day, 0) + minutes


def _decisions(which: Any) -> dict[UUID, Decision]:
    decisions = Decision.objects.filter(pk__in=which).select_related("service", "contract")
    return {one.pk: one for one in decisions}


def _paid(
    groups: Mapping[_Group, _Counted], told: Mapping[UUID, Decision], frozen: _Frozen
) -> list[PersonPayment]:
    books = _Books(
        _tables({service for _person, service, _month in groups}),
        _bases({decision for one in groups.values() for decision in one.after}),
        rows_by_code(),
        frozen,
    )
    made = []
    for group, counted in groups.items():
        decisions = tuple(sorted((told[pk] for pk in counted.after), key=lambda one: one.number))
        delivered = Month.of(group[2])
        minutes = _sum(counted.after) - _sum(counted.before or {})
        try:
            owed = books.owed(counted.after, group)
            before = None if counted.before is None else _asked(counted, group, books, frozen)
        except _Missing as missing:
            made.append(PersonPayment(decisions, delivered, minutes, Owed(()), str(missing)))
        else:
            made.append(PersonPayment(decisions, delivered, minutes, owed, before=before))
    return made


def _asked(counted: _Counted, group: _Group, books: "_Books", frozen: _Frozen) -> Decimal:
    """What is asked of the person without what is counted now: as it was confirmed, where all of it was."""
    if counted.sources <= frozen.sources(group):
        return frozen.fee(group)
    return books.owed(counted.before or {}, group).fee


def _sum(days: _Days) -> int:
    return sum(minutes for found in days.values() for minutes in found.values())


@dataclass(frozen=True)
class _Books:
    """Tables by service, bases by decision, limits by code, all in the order of their days."""

    tables: Mapping[Any, list[PaymentTable]]
    bases: Mapping[UUID, list[PaymentBasis]]
    limits: Mapping[str, list[Limit]]
    frozen: _Frozen

    def owed(self, days: _Days, group: _Group) -> Owed:
        """What is owed for the days of all decisions of a group. Raises _Missing."""
        _person, service, first = group
        parts, tables = [], self.tables[service]
        for decision, found in days.items():
            parts += _parts(decision, found, tables, self._bases(group, decision), self.limits)
        parts.sort(key=lambda part: part.first)
        held = [_on(part.first, tables, "table") for part in parts if part.rate]
        spares = all(table.small_uncollected for table in held)
        least = in_force(self.limits[_LEAST], Month.of(first).last) if spares else None
        return Owed(tuple(parts), None if least is None else least.value)

    def _bases(self, group: _Group, decision: UUID) -> list[PaymentBasis]:
        """The bases of the decision; of a month that was confirmed those known then."""
        known = self.frozen.known(group, decision)
        bases = self.bases[decision]
        return bases if known is None else [one for one in bases if one.pk in known]


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
    decision: UUID,
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
    return [_part(decision, group, days, tables, bases, limits) for group in groups.values()]


def _part(
    decision: UUID,
    group: list[date],
    days: Mapping[date, int],
    tables: Iterable[PaymentTable],
    bases: Iterable[PaymentBasis],
    limits: Mapping[str, list[Limit]],
) -> PaymentPart:
    first, last, minutes = group[0], group[-1], sum(days[day] for day in group)
    table, basis = _on(first, tables, "table"), _on(first, bases, "basis")
    if basis.exempt:
        return PaymentPart(decision, first, last, minutes, basis.household, basis.source, None, ZERO)
    case = case_of(
        table,
        on=first,
        income=basis.income,
        persons=basis.household,
        minutes=minutes,
        criterion=in_force(limits[criterion_code(basis.household)], first),
    )
    rate = Rate(table.price_per_hour, case.percent, case.income_percent, table.rounding)
    return PaymentPart(decision, first, last, minutes, basis.household, basis.source, rate, case.fee)


def _on(day: date, rows: Iterable[Any], missing: str) -> Any:
    """The last of the rows that holds on the day; they are in the order of their days."""
    holding = [row for row in rows if row.valid_from <= day]
    if not holding:
        raise _Missing(missing)
    return holding[-1]


def confirmed_without(decision: Decision, first: date) -> list[Month]:
    """Months of delivery that a basis from a day would change, had they not been confirmed before; two queries."""
    bases = [one for one in _bases([decision.pk])[decision.pk] if one.valid_from >= first]
    rows = ConfirmedPayment.objects.filter(
        decisions__contains=[decision.pk], delivered__gte=Month.of(first).first
    ).exclude(known_bases__contains=[bases[0].pk])
    if len(bases) > 1:
        rows = rows.filter(delivered__lt=bases[1].valid_from)
    return [Month.of(day) for day in sorted(set(rows.values_list("delivered", flat=True)))]


def pay_by(month: Month) -> tuple[date, Limit] | None:
    """The last day to pay for a month, with the rule it follows; None where no rule is known. One query."""
    rule = in_force(rows_by_code()[_PAY_DAY], month.last)
    if rule is None:
        return None
    following = month.next()
    return following.days()[min(rule.whole, len(following.days())) - 1], rule

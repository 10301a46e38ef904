"""What the scope plans, which form was chosen and what the money covers, each in a constant number of questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from uuid import UUID

from contracting.commissioning.models import (
    CostLine,
    Cycle,
    FormOption,
    FundingSource,
    PaymentTable,
    ScopeItem,
)
from contracting.commissioning.rules.financing import ZERO, MonthCover, Sums, YearCover, cover, total
from contracting.commissioning.rules.scope import Share, Work, planned_minutes, share_of
from kernel.money import price_of_minutes


@dataclass(frozen=True)
class ScopeLine:
    """An item of the scope with its numbers and whose minutes they are."""

    item: ScopeItem
    work: Work
    share: Share

    @property
    def without_need(self) -> bool:
        """Whether no diagnosed need stands behind the item (S-011)."""
        return self.item.need_id is None


@dataclass(frozen=True)
class ScopeTable:
    """The scope of a cycle: its items in the order in which they were entered, and minutes a month by share."""

    lines: list[ScopeLine]
    minutes: dict[Share, int]

    @property
    def service_minutes(self) -> int:
        """Minutes a month that the service delivers, and that the money has to cover."""
        return self.minutes["service"]


def chosen_form(cycle: Cycle) -> str | None:
    """The form of realisation that was chosen, None while none is; one query."""
    return _chosen_forms([cycle]).get(cycle.pk)


def _chosen_forms(cycles: Sequence[Cycle]) -> dict[UUID, str]:
    chosen = FormOption.objects.filter(cycle__in=cycles, chosen=True).values_list("cycle_id", "form")
    return dict(chosen)


def scope_table(cycle: Cycle) -> ScopeTable:
    """The scope as numbers; two queries."""
    return scope_tables([cycle])[cycle.pk]


def scope_tables(cycles: Sequence[Cycle]) -> dict[UUID, ScopeTable]:
    """The scopes of several cycles as numbers, by the cycle's id; two queries for all."""
    forms = _chosen_forms(cycles)
    items: dict[UUID, list[ScopeItem]] = {cycle.pk: [] for cycle in cycles}
    stored = ScopeItem.objects.filter(cycle__in=cycles).select_related("activity", "need").order_by("id")
    for item in stored:
        items[item.cycle_id].append(item)
    return {cycle.pk: _scope(items[cycle.pk], forms.get(cycle.pk)) for cycle in cycles}


def _scope(items: Sequence[ScopeItem], form: str | None) -> ScopeTable:
    lines = [ScopeLine(item, _work(item), share_of(item.performer, form)) for item in items]
    return ScopeTable(lines, planned_minutes((line.work for line in lines), form))


def _work(item: ScopeItem) -> Work:
    return Work(item.performer, item.times_week, item.minutes_each, item.persons)


@dataclass(frozen=True)
class FinancingTable:
    """Sources and costs of a cycle by year, and what they cover of the minutes that the scope plans a month."""

    sources: list[FundingSource]
    costs: list[CostLine]
    planned_a_month: int
    years: list[YearCover]
    whole: Sums

    @property
    def planned(self) -> int:
        """Minutes planned in the whole period."""
        return sum(year.planned for year in self.years)

    @property
    def funded(self) -> int:
        """Minutes of them that the money reaches."""
        return sum(year.funded for year in self.years)

    @property
    def costed(self) -> int:
        """Minutes for which the costs of all years provide hours."""
        return sum(year.costed for year in self.years)

    @property
    def funded_a_month(self) -> int:
        """What the money reaches in an average month of the period, never more than what is planned."""
        return self.planned_a_month * self.funded // self.planned if self.planned else 0

    @property
    def unfunded_months(self) -> list[MonthCover]:
        """The months that the money does not reach in full, in order."""
        return [month for year in self.years for month in year.unfunded_months]


def financing_table(cycle: Cycle) -> FinancingTable:
    """The financing as numbers; four queries."""
    return financing_tables([cycle])[cycle.pk]


def financing_tables(cycles: Sequence[Cycle]) -> dict[UUID, FinancingTable]:
    """The financing of several cycles as numbers, by the cycle's id; four queries for all."""
    scopes = scope_tables(cycles)
    sources: dict[UUID, list[FundingSource]] = {cycle.pk: [] for cycle in cycles}
    costs: dict[UUID, list[CostLine]] = {cycle.pk: [] for cycle in cycles}
    for source in FundingSource.objects.filter(cycle__in=cycles).order_by("year", "id"):
        sources[source.cycle_id].append(source)
    for cost in CostLine.objects.filter(cycle__in=cycles).order_by("year", "id"):
        costs[cost.cycle_id].append(cost)
    return {
        cycle.pk: _financing(cycle, sources[cycle.pk], costs[cycle.pk], scopes[cycle.pk].service_minutes)
        for cycle in cycles
    }


def _financing(
    cycle: Cycle, sources: list[FundingSource], costs: list[CostLine], planned: int
) -> FinancingTable:
    years = {row.year for row in sources} | {row.year for row in costs}
    sums = {year: _sums_of(year, sources, costs) for year in years}
    return FinancingTable(
        sources=sources,
        costs=costs,
        planned_a_month=planned,
        years=cover(cycle.period_from, cycle.period_to, planned, sums),
        whole=total(sums.values()),
    )


def _sums_of(year: int, sources: list[FundingSource], costs: list[CostLine]) -> Sums:
    own = [cost for cost in costs if cost.year == year]
    hours = [cost for cost in own if cost.kind == CostLine.Kind.CARE_HOURS]
    return Sums(
        sources=sum((row.amount for row in sources if row.year == year), ZERO),
        hours=sum((cost.quantity for cost in hours), ZERO),
        hours_cost=sum((cost.amount for cost in hours), ZERO),
        other_costs=sum((cost.amount for cost in own if cost.kind != CostLine.Kind.CARE_HOURS), ZERO),
    )


@dataclass(frozen=True)
class Estimate:
    """What a cycle is thought to cost (PLN), the whole and its dearest year.

    `basis` says from what: the entered costs, or the price of an hour in the table of payments times the planned
    hours; None, and no amounts, where neither is known.
    """

    basis: Literal["costs", "table"] | None = None
    whole: Decimal | None = None
    dearest_year: Decimal | None = None
    price: Decimal | None = None


def cost_estimate(cycle: Cycle) -> Estimate:
    """What the cycle is thought to cost; at most five queries."""
    table = financing_table(cycle)
    if table.costs:
        return Estimate("costs", table.whole.costs, max(year.sums.costs for year in table.years))
    price: Decimal | None = (
        PaymentTable.objects.filter(service=cycle.service_id, valid_from__lte=cycle.period_from)
        .order_by("-valid_from")
        .values_list("price_per_hour", flat=True)
        .first()
    )
    if price is None or not table.planned:
        return Estimate()
    years = [price_of_minutes(year.planned, price) for year in table.years]
    return Estimate("table", sum(years, ZERO), max(years), price)

"""The outcomes of a cycle with their shares and costs, and what its contracts promised and kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from contracting.commissioning.models import Cycle, QualityIndicator
from contracting.contracts.arranged import contracts_of
from contracting.contracts.models import Contract
from kernel.periods import Month
from kernel.polish import in_order
from reporting.compliance.models import ContractMonth
from reporting.compliance.queries.kinds import undecided
from reporting.evaluation.models import Measurement, OutcomeIndicator, OutcomeKind
from reporting.evaluation.queries.months import ACCEPTED
from reporting.evaluation.queries.records import COUNTS
from reporting.evaluation.rules.outcomes import change_percent, cost_of_one, percent, reaches
from reporting.settlement.models import Settlement
from reporting.settlement.queries.paid import Cost, costs_of, invoiced_outside_months


@dataclass(frozen=True)
class OutcomeLine:
    """An outcome as it is shown: shares in percent with one decimal, the cost of one in PLN."""

    outcome: OutcomeIndicator
    baseline: Decimal | None
    result: Decimal | None
    reached: bool | None
    change: Decimal | None
    spent: Decimal | None
    cost: Decimal | None

    @property
    def in_money(self) -> bool:
        return self.outcome.kind is not None and self.outcome.kind.in_money


def outcome_lines(cycle: Cycle, spent: Decimal) -> list[OutcomeLine]:
    """The outcomes of the cycle; where one names no money of its own, it cost what the settlements come to (PLN)."""
    return [
        _line(one, spent)
        for one in OutcomeIndicator.objects.filter(cycle=cycle).select_related("indicator", "kind")
    ]


def _line(one: OutcomeIndicator, spent: Decimal) -> OutcomeLine:
    money = one.kind is not None and one.kind.in_money
    cost = spent if one.spent is None else one.spent
    return OutcomeLine(
        outcome=one,
        baseline=percent(one.baseline_part, one.baseline_whole),
        result=percent(one.result_part, one.result_whole),
        reached=reaches(one.direction, one.target, one.result_part, one.result_whole),
        change=change_percent(one.result_part, one.result_whole) if money else None,
        spent=None if money else cost or None,
        cost=None if money else cost_of_one(cost, one.result_part),
    )


@dataclass(frozen=True)
class Spent:
    """What a cycle's contracts cost (PLN): confirmed settlements of so many of so many accepted months, and payments.

    `paid` is what was paid beside settlements under contracts for advice or crisis intervention, and held for it;
    `unpaid` are those of them with neither: what they cost is not known and not in `money`.
    """

    settled_money: Decimal
    settled: int
    accepted: int
    paid: Cost | None = None
    unpaid: tuple[Contract, ...] = ()

    @property
    def money(self) -> Decimal:
        """All of it."""
        return self.settled_money + (self.paid.paid or Decimal(0) if self.paid else Decimal(0))


def spent_on(cycle: Cycle) -> Spent:
    """What the settlements of the cycle's contracts in its period come to, at the prices that held then; 20 queries.

    Settlements count from their confirmation on, when their figures are frozen; a month without one costs nothing yet.
    Those that close contracts which ended in the period count too, also after it: they correct its months.
    Of contracts for advice or crisis intervention what was paid counts too (decision 0029), so far as no settlement
    tells it: of those with a month closed in the period only invoices that settle none, not money paid beforehand.
    """
    mine = contracts_of(cycle)
    contracts = mine.values("pk")
    months = {"month__gte": Month.of(cycle.period_from).first, "month__lte": cycle.period_to}
    close = ContractMonth.objects.filter(
        contract=OuterRef("contract"), month=OuterRef("month"), state__in=ACCEPTED
    )
    closing = Q(
        has_care=False, month__gt=F("contract__valid_to"), contract__valid_to__gte=cycle.period_from
    ) & Q(contract__valid_to__lte=cycle.period_to)
    settlements = (
        Settlement.objects.confirmed()
        .filter(contract__in=contracts)
        .annotate(has_care=Exists(close))
        .filter(Q(**months) | closing)
    )
    told = settlements.aggregate(money=Sum("due"), settled=Count("pk", filter=Q(has_care=True)))
    accepted = ContractMonth.objects.filter(contract__in=contracts, state__in=ACCEPTED, **months)
    by_months = {
        *accepted.values_list("contract", flat=True),
        *settlements.values_list("contract", flat=True),
    }
    serving = list(mine.filter(undecided()).order_by("number"))
    costs = _beside_settlements([one.pk for one in serving], by_months, cycle) if serving else {}
    return Spent(
        told["money"] or Decimal(0),
        told["settled"],
        accepted.count(),
        # An hour of those whose payments nobody recorded would make the others' cheaper.
        paid=sum((one for one in costs.values() if one.paid is not None), Cost()) if serving else None,
        unpaid=tuple(
            one for one in serving if one.pk not in by_months and costs.get(one.pk, Cost()).paid is None
        ),
    )


def _beside_settlements(serving: list[UUID], by_months: set[UUID], cycle: Cycle) -> dict[UUID, Cost]:
    first, last = cycle.period_from, cycle.period_to
    invoiced = invoiced_outside_months([pk for pk in serving if pk in by_months], first, last)
    return invoiced | costs_of([pk for pk in serving if pk not in by_months], first, last)


@dataclass(frozen=True)
class KeptPromises:
    """Results of commitments in accepted months: how many met of how many measured or confirmed, in how many months.

    `stated_met` of `stated` are what organisations alone say.
    """

    met: int
    judged: int
    stated_met: int
    stated: int
    months: int


def promises_kept(cycle: Cycle) -> KeptPromises:
    """What the accepted months say of the commitments of the cycle's contracts, in its period."""
    counted = Measurement.objects.filter(
        contract__in=contracts_of(cycle).values("pk"),
        month__gte=Month.of(cycle.period_from).first,
        month__lte=cycle.period_to,
    ).aggregate(
        **COUNTS,
        months=Count("month", distinct=True),
    )
    return KeptPromises(**counted)


def kinds_in_dictionary() -> list[OutcomeKind]:
    """The tenant's dictionary, those in use first, each with the number of its outcomes (`used`); one query."""
    kinds = OutcomeKind.objects.annotate(used=Count("outcomes"))
    return list(kinds.order_by(F("retired_at").asc(nulls_first=True), in_order("name")))


def kinds_to_choose(held: OutcomeIndicator | None) -> Any:
    """Kinds that an outcome can be of: those in use, and the one that it has."""
    kept = Q(retired_at__isnull=True) | Q(pk=held.kind_id if held else None)
    return OutcomeKind.objects.filter(kept).order_by(in_order("name"))


def indicators_without_outcome(cycle: Cycle) -> Sequence[QualityIndicator]:
    """Indicators of the scope in percent that no outcome measures yet."""
    measured = OutcomeIndicator.objects.filter(cycle=cycle, indicator__isnull=False).values("indicator_id")
    return list(QualityIndicator.objects.filter(cycle=cycle, unit="%").exclude(pk__in=measured))

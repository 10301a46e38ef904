"""The outcomes of a cycle with their shares and costs, and what its contracts promised and kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Q

from contracting.commissioning.models import Cycle, QualityIndicator
from contracting.contracts.arranged import contracts_of
from kernel.periods import Month
from reporting.compliance.models import ContractMonth
from reporting.evaluation.models import Measurement, OutcomeIndicator
from reporting.evaluation.queries.months import ACCEPTED
from reporting.evaluation.rules.outcomes import change_percent, cost_of_one, percent, reaches

_GROSZ = Decimal("0.01")
IN_MONEY = frozenset({OutcomeIndicator.Kind.BENEFITS})


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
        return self.outcome.kind in IN_MONEY


def outcome_lines(cycle: Cycle, spent: Decimal) -> list[OutcomeLine]:
    """The outcomes of the cycle; where one names no money of its own, it cost what the accepted hours did (PLN)."""
    return [
        _line(one, spent) for one in OutcomeIndicator.objects.filter(cycle=cycle).select_related("indicator")
    ]


def _line(one: OutcomeIndicator, spent: Decimal) -> OutcomeLine:
    money = one.kind in IN_MONEY
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


def spent_on(cycle: Cycle) -> Decimal:
    """What the accepted hours of the cycle's contracts in its period cost (PLN), each month rounded to the grosz."""
    rows = ContractMonth.objects.filter(
        contract__in=contracts_of(cycle).values("pk"),
        month__gte=Month.of(cycle.period_from).first,
        month__lte=cycle.period_to,
        state__in=ACCEPTED,
    ).values_list("accepted_minutes", "contract__price_per_hour")
    return sum(
        ((minutes * price / 60).quantize(_GROSZ, rounding=ROUND_HALF_UP) for minutes, price in rows),
        Decimal(0),
    )


@dataclass(frozen=True)
class KeptPromises:
    """Results of commitments in accepted months: how many met, of how many that could be measured, in which months."""

    met: int
    judged: int
    months: int


def promises_kept(cycle: Cycle) -> KeptPromises:
    """What the accepted months say of the commitments of the cycle's contracts, in its period."""
    counted = Measurement.objects.filter(
        contract__in=contracts_of(cycle).values("pk"),
        month__gte=Month.of(cycle.period_from).first,
        month__lte=cycle.period_to,
    ).aggregate(
        met=Count("pk", filter=Q(outcome=Measurement.Outcome.MET)),
        judged=Count("pk", filter=~Q(outcome=Measurement.Outcome.UNMEASURED)),
        months=Count("month", distinct=True),
    )
    return KeptPromises(**counted)


def indicators_without_outcome(cycle: Cycle) -> Sequence[QualityIndicator]:
    """Indicators of the scope in percent that no outcome measures yet."""
    measured = OutcomeIndicator.objects.filter(cycle=cycle, indicator__isnull=False).values("indicator_id")
    return list(QualityIndicator.objects.filter(cycle=cycle, unit="%").exclude(pk__in=measured))

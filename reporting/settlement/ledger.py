"""The ledger: what each decision granted and what became of it, in minutes; and until when a contract lasts."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from contracting.contracts.models import Contract
from contracting.contracts.queries import terms_by_day
from kernel.periods import Month
from reporting.care.models import Decision
from reporting.compliance.models import ContractMonth
from reporting.compliance.queries.papers import decisions_by_id
from reporting.compliance.rules.lasting import RATE_DAYS, Rate, rate_of, runs_out_on
from reporting.delivery.models import Visit
from reporting.settlement.queries.adjustments import adjusted_between
from reporting.settlement.rules.ledger import (
    Booked,
    Minutes,
    ledger_of,
    total_of,
)

_GROSZ = Decimal("0.01")
_FIRST, _LAST = Month(1900, 1), Month(2199, 12)
_CLOSED = [ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED]


@dataclass(frozen=True)
class DecisionLedger:
    """One decision: its months in order, their sum, and the day on which its minutes run out at the present rate."""

    decision: Decision
    months: Mapping[Month, Minutes]
    total: Minutes
    rate: Rate | None
    runs_out: date | None


def ledgers_of(decisions: Sequence[Decision], today: date) -> list[DecisionLedger]:
    """The ledgers of these decisions, in their order; five queries, however many."""
    keys = [one.pk for one in decisions]
    facts = decisions_by_id({str(key) for key in keys})
    booked = _booked(keys, {one.contract_id for one in decisions})
    daily = _daily(keys, today)
    found = []
    for one in decisions:
        months = ledger_of(facts[str(one.pk)], booked[one.pk])
        total = total_of(months)
        rate = rate_of(daily.get(one.pk, {}), one.valid_from) if one.ends_before > today else None
        found.append(DecisionLedger(one, months, total, rate, runs_out_on(total.left, rate)))
    return found


def _booked(keys: Collection[UUID], contracts: Collection[UUID]) -> Mapping[UUID, Booked]:
    """What is on record for each decision, by month."""
    delivered: dict[UUID, dict[Month, int]] = defaultdict(dict)
    done = Visit.objects.filter(decision__in=keys, state=Visit.State.DONE).order_by()
    by_month = done.annotate(month=TruncMonth("date")).values_list("decision_id", "month")
    for key, month, minutes in by_month.annotate(total=Sum("minutes")):
        delivered[key][Month.of(month)] = minutes
    adjusted: dict[UUID, dict[Month, int]] = defaultdict(dict)
    for (key, month), minutes in adjusted_between(keys, _FIRST, _LAST).items():
        adjusted[key][month] = minutes
    refused = _refused(contracts)
    return {key: Booked(delivered[key], refused[key], adjusted[key]) for key in keys}


def _refused(contracts: Collection[UUID]) -> defaultdict[UUID, dict[Month, int]]:
    """Minutes refused in months that were accepted; of others nothing is final. A number may be used anew since."""
    found: defaultdict[UUID, dict[Month, int]] = defaultdict(dict)
    rows = ContractMonth.objects.filter(contract__in=contracts, state__in=_CLOSED, refused_minutes__gt=0)
    for day, refused, identities in rows.values_list(
        "month", "snapshot__refused__decisions", "snapshot__identities"
    ):
        meant = {one["number"]: UUID(one["decision"]) for one in identities}
        for number, minutes in refused.items():
            found[meant[number]][Month.of(day)] = minutes
    return found


def _daily(keys: Collection[UUID], today: date) -> Mapping[UUID, dict[date, int]]:
    """Minutes by day of late: what a forecast is made from."""
    late = today - timedelta(days=2 * RATE_DAYS)
    done = Visit.objects.filter(
        decision__in=keys, state=Visit.State.DONE, date__gte=late, date__lte=today
    ).order_by()
    found: dict[UUID, dict[date, int]] = defaultdict(dict)
    for key, day, minutes in done.values_list("decision_id", "date").annotate(total=Sum("minutes")):
        found[key][day] = minutes
    return found


@dataclass(frozen=True)
class Limit:
    """What a contract may use, what it used, and when it runs out: minutes, or money in grosze."""

    whole: int
    used: int
    rate: Rate | None
    ends: date

    @property
    def left(self) -> int:
        return self.whole - self.used

    @property
    def runs_out(self) -> date | None:
        return runs_out_on(self.left, self.rate)

    @property
    def too_early(self) -> bool:
        """Whether it runs out before the contract ends."""
        return self.left <= 0 or (self.runs_out is not None and self.runs_out < self.ends)


@dataclass(frozen=True)
class ContractLedger:
    """A contract: the ledgers of its decisions, their sum by month, and its limits where it has any."""

    contract: Contract
    ledgers: tuple[DecisionLedger, ...]
    months: Mapping[Month, Minutes]
    total: Minutes
    rate: Rate | None
    minutes: Limit | None
    money: Limit | None


def contract_ledger(contract: Contract, today: date) -> ContractLedger:
    """The ledger of a whole contract; the number of queries does not grow with its decisions.

    Money (PLN) is what the counted minutes cost at the price of an hour that held on their day, in grosze; minutes
    refused or corrected are taken at the price of the first day of the month that carries them.
    """
    decisions = Decision.objects.filter(contract=contract).select_related("person").order_by("number")
    ledgers = tuple(ledgers_of(list(decisions), today))
    months: dict[Month, Minutes] = {}
    for ledger in ledgers:
        for month, minutes in ledger.months.items():
            months[month] = months.get(month, Minutes()) + minutes
    months = dict(sorted(months.items()))
    total = total_of(months)
    daily = _daily_of(contract)
    rate = rate_of({day: minutes for day, minutes in daily.items() if day <= today}, contract.valid_from)
    return ContractLedger(
        contract,
        ledgers,
        months,
        total,
        rate,
        None
        if contract.cap_minutes is None
        else Limit(contract.cap_minutes, total.counted, rate, contract.valid_to),
        _money(contract, daily, months, rate),
    )


def _daily_of(contract: Contract) -> dict[date, int]:
    done = Visit.objects.filter(decision__contract=contract, state=Visit.State.DONE).order_by()
    return dict(done.values_list("date").annotate(total=Sum("minutes")))


def _money(
    contract: Contract, daily: Mapping[date, int], months: Mapping[Month, Minutes], rate: Rate | None
) -> Limit | None:
    if contract.amount is None:
        return None
    terms = terms_by_day(contract)

    def cost(minutes: int, day: date) -> Any:
        return terms.price_on(day) * minutes / 60

    spent = sum((cost(minutes, day) for day, minutes in daily.items()), Decimal(0))
    spent += sum(
        (cost(minutes.adjusted - minutes.refused, month.first) for month, minutes in months.items()),
        Decimal(0),
    )
    costs = contract.amount + contract.outside_grant
    if rate is not None:
        rate = Rate(rate.first, rate.last, _grosze(cost(rate.used, rate.last)))
    return Limit(_grosze(costs), _grosze(spent), rate, contract.valid_to)


def _grosze(amount: Decimal) -> int:
    return int((amount.quantize(_GROSZ) / _GROSZ).to_integral_value())

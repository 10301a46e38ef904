"""The ledger: what each decision granted and what became of it, in minutes; and until when a contract lasts."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Func, JSONField, Sum, Value
from django.db.models.functions import TruncDate, TruncMonth

from contracting.contracts.models import Contract
from contracting.contracts.queries import TermsByDay, terms_by_day
from contracting.contracts.rules.drafting import minutes_paid
from contracting.contracts.rules.lasting import RATE_DAYS, Rate, rate_of, runs_out_on
from kernel.periods import WARSAW, Month
from reporting.advice.models import Appointment
from reporting.care.models import Decision
from reporting.compliance.models import ContractMonth
from reporting.compliance.queries.kinds import undecided_of
from reporting.compliance.queries.papers import decisions_by_id
from reporting.crisis.models import Session
from reporting.delivery.models import Visit
from reporting.settlement.models import Adjustment
from reporting.settlement.queries.accepted import accepted_lines_in
from reporting.settlement.queries.adjustments import adjusted_between
from reporting.settlement.queries.paid import Cost, costs_of, paid_outside_months
from reporting.settlement.rules.ledger import (
    Booked,
    Minutes,
    ahead_of,
    lapsed_of,
    lasts_until,
    ledger_of,
    money_runs_out_on,
    total_of,
)

_GROSZ = Decimal("0.01")
_FIRST, _LAST = Month(1900, 1), Month(2199, 12)
_CLOSED = [ContractMonth.State.ACCEPTED, ContractMonth.State.SETTLED]


@dataclass(frozen=True)
class DecisionLedger:
    """One decision: its months in order, their sum, and the day on which its minutes run out at the present rate.

    Minutes are granted for their month: `lapsed` is what months that are over left unused, by month, and `ahead` what
    is left of the month at hand and those to come, of which alone `runs_out` tells.
    """

    decision: Decision
    months: Mapping[Month, Minutes]
    total: Minutes
    lapsed: Mapping[Month, int]
    ahead: int
    rate: Rate | None
    runs_out: date | None

    @property
    def lapsed_total(self) -> int:
        """What all months that are over left unused."""
        return sum(self.lapsed.values())

    @property
    def limit(self) -> int:
        """What can be used in all by the end: what was used in months that are over, and what the others grant."""
        return self.total.counted + self.ahead


def ledgers_of(
    decisions: Sequence[Decision], today: date, *, with_rates: bool = True
) -> list[DecisionLedger]:
    """The ledgers of these decisions, in their order; five queries, however many. Rates are made day by day."""
    keys = [one.pk for one in decisions]
    facts = decisions_by_id({str(key) for key in keys})
    booked = _booked(keys, {one.contract_id for one in decisions})
    daily = _daily(keys, today) if with_rates else {}
    found = []
    for one in decisions:
        months = ledger_of(facts[str(one.pk)], booked[one.pk])
        rate = rate_of(daily.get(one.pk, {}), one.valid_from) if one.ends_before > today else None
        ahead = ahead_of(months, today)
        found.append(
            DecisionLedger(
                decision=one,
                months=months,
                total=total_of(months),
                lapsed=lapsed_of(months, today),
                ahead=ahead,
                rate=rate,
                runs_out=lasts_until(ahead, rate, today),
            )
        )
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
    frozen = _frozen(contracts)
    return {
        key: Booked(
            granted=frozen[key].granted,
            planned=frozen[key].planned,
            suspended=frozen[key].suspended,
            delivered=delivered[key],
            refused=frozen[key].refused,
            adjusted=adjusted[key],
        )
        for key in keys
    }


@dataclass(frozen=True)
class _Frozen:
    """What accepted months were frozen with for one decision, minutes by month."""

    granted: dict[Month, int] = field(default_factory=dict)
    planned: dict[Month, int] = field(default_factory=dict)
    suspended: dict[Month, int] = field(default_factory=dict)
    refused: dict[Month, int] = field(default_factory=dict)


def _frozen(contracts: Collection[UUID]) -> defaultdict[UUID, _Frozen]:
    """Minutes granted, planned, suspended and refused of months that were accepted; of others nothing is final.

    A number in what was frozen means the decision that had it then: it may be used anew since.
    """
    found: defaultdict[UUID, _Frozen] = defaultdict(_Frozen)
    rows = ContractMonth.objects.filter(contract__in=contracts, state__in=_CLOSED)
    told = rows.annotate(
        numbers=_each("$.decisions[*].number"), granted=_each("$.decisions[*].granted_minutes")
    )
    for day, refused, identities, terms, numbers, granted in told.values_list(
        "month",
        "snapshot__refused__decisions",
        "snapshot__identities",
        "snapshot__terms",
        "numbers",
        "granted",
    ):
        month, meant = Month.of(day), {one["number"]: UUID(one["decision"]) for one in identities}
        for number, minutes in zip(numbers, granted, strict=True):
            found[meant[number]].granted[month] = minutes
        # A month that was accepted before these were kept has none: the terms as they are now tell of it.
        for one in terms or ():
            found[meant[one["number"]]].planned[month] = one["planned_minutes"]
            found[meant[one["number"]]].suspended[month] = one["suspended_minutes"]
        for number, minutes in refused.items():
            found[meant[number]].refused[month] = minutes
    return found


def _each(path: str) -> Func:
    """What the path finds in the snapshot, without the rest of it."""
    return Func("snapshot", Value(path), function="jsonb_path_query_array", output_field=JSONField())


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
    runs_out: date | None
    ends: date

    @property
    def left(self) -> int:
        return self.whole - self.used

    @property
    def too_early(self) -> bool:
        """Whether it runs out before the contract ends."""
        return self.left <= 0 or (self.runs_out is not None and self.runs_out < self.ends)


@dataclass(frozen=True)
class ContractUse:
    """How much of a contract is used: by month from its first to its last, and against its limits where it has any."""

    contract: Contract
    months: Mapping[Month, Minutes]
    rate: Rate | None
    minutes: Limit | None
    money: Limit | None
    # What was paid (grosze) of the amount of a contract of which no month need be settled.
    paid: Limit | None
    # Hours that limit it: its cap, or what its money pays where that is less; None where nothing does.
    most_minutes: int | None


def contract_use(contract: Contract, today: date) -> ContractUse:
    """How much of the contract is used, whatever its decisions; sixteen queries at most.

    Advice and crisis sessions use its minutes as visits do and have no price of their own (decision 0029): money tells
    of visits, and of nothing where only the others took place; `paid` is what was paid of the amount. Invoices that
    settle no month have used the money of both.

    Money (PLN) is what the counted minutes cost at the price of an hour that held on their day, in grosze, and so are
    minutes refused or corrected. Days to come are counted at the price that holds on them by signed amendments.
    """
    visits, talks = _visits_of(contract), _talks_of(contract)
    daily = {day: visits.get(day, 0) + talks.get(day, 0) for day in visits.keys() | talks.keys()}
    months = _months_of(contract, daily)
    used = total_of(months).counted
    rate = _rate(contract, daily, today)
    cap = contract.cap_minutes
    minutes = None if cap is None else Limit(cap, used, runs_out_on(cap - used, rate), contract.valid_to)
    most = [] if cap is None else [cap]
    is_settled = bool(visits) or not talks
    money = _money(contract, visits, months, _rate(contract, visits, today)) if is_settled else None
    if money is not None and contract.price_per_hour:
        below_cap = None if cap is None else max(0, cap - used)
        left = max(0, money.left) * _GROSZ
        most.append(used + minutes_paid(left, contract.price_per_hour, below_cap))
    return ContractUse(contract, months, rate, minutes, money, _paid(contract), min(most, default=None))


def _paid(contract: Contract) -> Limit | None:
    if contract.amount is None or not undecided_of([contract.pk]):
        return None
    cost = costs_of([contract.pk], _FIRST.first, _LAST.last).get(contract.pk, Cost())
    return Limit(_grosze(contract.amount), _grosze(cost.paid or Decimal(0)), None, contract.valid_to)


def _rate(contract: Contract, daily: Mapping[date, int], today: date) -> Rate | None:
    return rate_of({day: minutes for day, minutes in daily.items() if day <= today}, contract.valid_from)


def _visits_of(contract: Contract) -> dict[date, int]:
    done = Visit.objects.filter(decision__contract=contract, state=Visit.State.DONE).order_by()
    return dict(done.values_list("date").annotate(total=Sum("minutes")))


def _talks_of(contract: Contract) -> Counter[date]:
    """Minutes of advice and of crisis sessions by day."""
    advice = Appointment.objects.filter(contract=contract, state=Appointment.State.DONE).order_by()
    held = Session.objects.filter(case__contract=contract, state=Session.State.DONE).order_by()
    sessions = held.annotate(day=TruncDate("starts_at", tzinfo=WARSAW)).values_list("day")
    found = Counter(dict(advice.values_list("date").annotate(total=Sum("minutes"))))
    found.update(dict(sessions.annotate(total=Sum("minutes"))))
    return found


def _months_of(contract: Contract, daily: Mapping[date, int]) -> dict[Month, Minutes]:
    """Delivered, refused and adjusted by month; also what was refused of the contract beyond its cap."""
    delivered: dict[Month, int] = defaultdict(int)
    for day, minutes in daily.items():
        delivered[Month.of(day)] += minutes
    closed = ContractMonth.objects.filter(contract=contract, state__in=_CLOSED)
    refused = {Month.of(day): minutes for day, minutes in closed.values_list("month", "refused_minutes")}
    corrections = Adjustment.objects.standing().filter(line__contract=contract).order_by()
    by_month = corrections.values_list("carried_in").annotate(total=Sum("minutes"))
    adjusted = {Month.of(day): minutes for day, minutes in by_month}
    told = [*delivered, *refused, *adjusted, Month.of(contract.valid_from), Month.of(contract.valid_to)]
    found, month = {}, min(told)
    while month <= max(told):
        found[month] = Minutes(
            delivered=delivered.get(month, 0),
            refused=refused.get(month, 0),
            adjusted=adjusted.get(month, 0),
        )
        month = month.next()
    return found


def _money(
    contract: Contract, daily: Mapping[date, int], months: Mapping[Month, Minutes], rate: Rate | None
) -> Limit | None:
    if contract.amount is None:
        return None
    terms = terms_by_day(contract)
    corrections = Adjustment.objects.standing().filter(line__contract=contract).order_by()
    by_day = corrections.values_list("line__date").annotate(total=Sum("minutes"))
    counted = [
        *daily.items(),
        *by_day,
        *((day, -minutes) for day, minutes in _refused(contract, months, terms)),
    ]
    priced = sum((terms.price_on(day) * minutes / 60 for day, minutes in counted), Decimal(0))
    spent = _grosze(priced + paid_outside_months(contract))
    whole = _grosze(contract.amount + contract.outside_grant)
    return Limit(whole, spent, money_runs_out_on(whole - spent, rate, terms.price_on), contract.valid_to)


def _refused(
    contract: Contract, months: Mapping[Month, Minutes], terms: TermsByDay
) -> Iterator[tuple[date, int]]:
    """Refused minutes on days of their price: only where it changes inside a month do the visits have to be read."""
    changing = []
    for month, minutes in months.items():
        if minutes.refused and len({terms.price_on(day) for day in month.days()}) > 1:
            changing.append(month.first)
        elif minutes.refused:
            yield month.first, minutes.refused
    rows = ContractMonth.objects.filter(contract=contract, month__in=changing, state__in=_CLOSED)
    for lines in accepted_lines_in(list(rows)).values() if changing else ():
        for line in lines:
            yield line.date, line.refused


def _grosze(amount: Decimal) -> int:
    return int((amount.quantize(_GROSZ) / _GROSZ).to_integral_value())


@dataclass(frozen=True)
class ContractLedger:
    """A contract: the ledgers of its decisions, without forecasts, and their sum by month."""

    contract: Contract
    ledgers: tuple[DecisionLedger, ...]
    months: Mapping[Month, Minutes]
    total: Minutes


def contract_ledger(contract: Contract, today: date) -> ContractLedger:
    """The ledger of a whole contract; the number of queries does not grow with its decisions."""
    decisions = Decision.objects.filter(contract=contract).select_related("person").order_by("number")
    ledgers = tuple(ledgers_of(list(decisions), today, with_rates=False))
    months: dict[Month, Minutes] = {}
    for ledger in ledgers:
        for month, minutes in ledger.months.items():
            months[month] = months.get(month, Minutes()) + minutes
    return ContractLedger(contract, ledgers, dict(sorted(months.items())), total_of(months))

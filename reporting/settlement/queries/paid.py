"""What was paid under contracts of which no month need be settled, and what was held for it: advice, crisis (0029)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum
from django.db.models.functions import ExtractYear, TruncDate, TruncMonth

from contracting.contracts.models import Contract
from kernel.money import to_grosz
from kernel.periods import WARSAW, Month, resolve_wall_time
from reporting.advice.models import Appointment
from reporting.care.models import Decision
from reporting.crisis.models import Session
from reporting.delivery.models import Visit
from reporting.settlement.models import Invoice, Settlement, TranchePayment

_HOUR = 60
# A contract and a calendar year.
_Year = tuple[UUID, int]


@dataclass(frozen=True, slots=True)
class Held:
    """Advice and crisis sessions held under a contract: how many, and their minutes."""

    count: int = 0
    minutes: int = 0

    def __add__(self, other: "Held") -> "Held":
        return Held(self.count + other.count, self.minutes + other.minutes)

    def __sub__(self, other: "Held") -> "Held":
        return Held(self.count - other.count, self.minutes - other.minutes)


@dataclass(frozen=True, slots=True)
class Cost:
    """What was paid (PLN), None where no payment is recorded; what was held for it, and minutes of visits beside.

    `waiting` was held on days that no invoice is for yet, where invoices pay: it has no cost so far.
    """

    paid: Decimal | None = None
    held: Held = Held()
    visits: int = 0
    waiting: Held = Held()

    def __add__(self, other: "Cost") -> "Cost":
        known = [one for one in (self.paid, other.paid) if one is not None]
        return Cost(
            sum(known, Decimal(0)) if known else None,
            self.held + other.held,
            self.visits + other.visits,
            self.waiting + other.waiting,
        )

    @property
    def minutes(self) -> int:
        """Everything that the money was paid for."""
        return self.held.minutes + self.visits

    @property
    def per_hour(self) -> Decimal | None:
        """What an hour cost (PLN), half up to the grosz; None without a payment or without an hour."""
        return _each(self.paid, self.minutes, _HOUR)

    @property
    def per_one(self) -> Decimal | None:
        """What one conversation cost; None where the money paid for visits too."""
        return None if self.visits else _each(self.paid, self.held.count)


def _each(paid: Decimal | None, parts: int, times: int = 1) -> Decimal | None:
    if paid is None or not parts:
        return None
    return to_grosz(paid * times / parts)


def paid_outside_months(contract: Contract) -> Decimal:
    """What invoices that settle no month took of the contract's amount (PLN); one query."""
    invoices = Invoice.objects.filter(contract=contract, settlement=None)
    return invoices.aggregate(total=Sum("amount"))["total"] or Decimal(0)


def held_between(contracts: Collection[UUID], first: date, last: date) -> dict[UUID, Held]:
    """What was held under each contract from one day to another (included); those without any are missing."""
    found: dict[UUID, Held] = {}
    for (pk, _year), held in _sums(*_talks(contracts, first, last)).items():
        found[pk] = found.get(pk, Held()) + held
    return found


def _talks(
    contracts: Collection[UUID], first: date, last: date
) -> tuple[QuerySet[Appointment], QuerySet[Session]]:
    start, end = resolve_wall_time(first, time()), resolve_wall_time(last + timedelta(days=1), time())
    advice = Appointment.objects.filter(contract__in=contracts, state=Appointment.State.DONE)
    sessions = Session.objects.filter(
        case__contract__in=contracts, state=Session.State.DONE, starts_at__gte=start, starts_at__lt=end
    )
    return advice.between(first, last), sessions


def _sums(advice: QuerySet[Appointment], sessions: QuerySet[Session]) -> dict[_Year, Held]:
    found: dict[_Year, Held] = {}
    started = ExtractYear("starts_at", tzinfo=WARSAW)
    for rows, contract, year in (
        (advice, "contract", ExtractYear("date")),
        (sessions, "case__contract", started),
    ):
        of_year = rows.order_by().annotate(of_year=year).values_list(contract, "of_year")
        for pk, number, count, minutes in of_year.annotate(count=Count("pk"), sum=Sum("minutes")):
            found[pk, number] = found.get((pk, number), Held()) + Held(count, minutes)
    return found


def _waiting(
    contracts: Collection[UUID], first: date, last: date, months: QuerySet[Settlement]
) -> dict[_Year, Held]:
    """What was held on days that no paid invoice and none of the months is for, under contracts that have an invoice.

    It does not matter when the time of an invoice began.
    """
    advice, sessions = _talks(contracts, first, last)
    invoices = Invoice.objects.filter(settlement=None)

    def left(rows: Any, contract: str, day: Any) -> Any:
        mine = invoices.filter(contract=OuterRef(contract))
        for_the_day = mine.filter(period_from__lte=OuterRef("day"), period_to__gte=OuterRef("day"))
        settled = months.filter(contract=OuterRef(contract), month=OuterRef("first"))
        told = rows.annotate(day=day).annotate(first=TruncMonth("day"))
        return told.filter(Exists(mine), ~Exists(for_the_day), ~Exists(settled))

    return _sums(
        left(advice, "contract", F("date")),
        left(sessions, "case__contract", TruncDate("starts_at", tzinfo=WARSAW)),
    )


def costs_of(
    contracts: Collection[UUID], first: date, last: date, *, tranches_until: date | None = None
) -> dict[UUID, Cost]:
    """What each contract cost over some days (both included), and what was held in them; nine queries.

    Of a grant the payments of tranches of these years (those made by `tranches_until`, where it is given) and what
    settled months paid beside them; of a procurement invoices for a time that begins in these days, and the invoices of
    settled months, which may be for more than the visits that are due.
    """
    return _whole(_costs(contracts, first, last, tranches_until))


def costs_by_year(contract: UUID, first: int, last: int) -> dict[int, Cost]:
    """The same of one contract for each of some years (both included), those without any are missing; nine queries."""
    found = _costs([contract], date(first, 1, 1), date(last, 12, 31), None)
    return {year: cost for (_pk, year), cost in found.items()}


def _costs(
    contracts: Collection[UUID], first: date, last: date, tranches_until: date | None
) -> dict[_Year, Cost]:
    tranches = TranchePayment.objects.filter(year__gte=first.year, year__lte=last.year)
    if tranches_until is not None:
        tranches = tranches.filter(paid_on__lte=tranches_until)
    months = Settlement.objects.filter(
        state=Settlement.State.SETTLED, month__gte=first.replace(day=1), month__lte=last
    )
    found = _outside(contracts, first, last, months)
    _add(found, contracts, tranches, F("amount"), F("year"))
    granted = months.filter(contract__procured=False)
    _add(found, contracts, granted, F("due") - F("from_advance"), ExtractYear("month"))
    settled = Invoice.objects.filter(settlement__in=months)
    _add(found, contracts, settled, F("amount"), ExtractYear("settlement__month"))
    visits = Visit.objects.filter(
        decision__contract__in=contracts, state=Visit.State.DONE, date__gte=first, date__lte=last
    ).order_by()
    by_year = visits.annotate(of_year=ExtractYear("date")).values_list("decision__contract", "of_year")
    for pk, year, minutes in by_year.annotate(sum=Sum("minutes")):
        found[pk, year] = found.get((pk, year), Cost()) + Cost(visits=minutes)
    return found


def invoiced_outside_months(contracts: Collection[UUID], first: date, last: date) -> dict[UUID, Cost]:
    """Of each contract the invoices that settle no month and begin in these days, and what was held; five queries."""
    return _whole(_outside(contracts, first, last, Settlement.objects.none()))


def _whole(by_year: Mapping[_Year, Cost]) -> dict[UUID, Cost]:
    found: dict[UUID, Cost] = {}
    for (pk, _number), cost in by_year.items():
        found[pk] = found.get(pk, Cost()) + cost
    return found


def _outside(
    contracts: Collection[UUID], first: date, last: date, months: QuerySet[Settlement]
) -> dict[_Year, Cost]:
    waiting = _waiting(contracts, first, last, months)
    found: dict[_Year, Cost] = {}
    for key, held in _sums(*_talks(contracts, first, last)).items():
        later = waiting.get(key, Held())
        found[key] = Cost(held=held - later, waiting=later)
    invoices = Invoice.objects.filter(settlement=None, period_from__gte=first, period_from__lte=last)
    _add(found, contracts, invoices, F("amount"), ExtractYear("period_from"))
    return found


def _add(
    found: dict[_Year, Cost], contracts: Collection[UUID], rows: QuerySet[Any], amount: Any, year: Any
) -> None:
    mine = rows.filter(contract__in=contracts).order_by().annotate(of_year=year)
    for pk, number, paid in mine.values_list("contract", "of_year").annotate(sum=Sum(amount)):
        found[pk, number] = found.get((pk, number), Cost()) + Cost(paid)


def invoices_beside_decisions(contracts: Any = None) -> QuerySet[Invoice]:
    """Paid invoices that settle no month, for a time in which decisions are in force by now; None: of all contracts.

    The months of that time are settled too, so what was paid for it may be paid twice.
    """
    decisions = Decision.objects.touching(OuterRef("period_from"), OuterRef("period_to"))
    rows: QuerySet[Invoice] = Invoice.objects.filter(
        Exists(decisions.filter(contract=OuterRef("contract"))), settlement=None
    )
    return rows if contracts is None else rows.filter(contract__in=contracts)


@dataclass(frozen=True, slots=True)
class Beside:
    """A paid invoice of `invoices_beside_decisions`: which months (first days) of its time are settled, which not.

    One for a single settled month belongs into its settlement. Where it is for more, there is no such place: an invoice
    is entered once for a contract, and a month without decisions has no settlement.
    """

    invoice: Invoice
    settled: tuple[date, ...]
    unsettled: tuple[date, ...]

    @property
    def is_of_one_month(self) -> bool:
        return len(self.settled) == 1 and not self.unsettled


def told_beside(invoices: QuerySet[Invoice]) -> list[Beside]:
    """What `invoices_beside_decisions` of one contract lie over, the earliest first; two queries."""
    rows: list[Any] = list(invoices.order_by("period_from", "pk"))
    if not rows:
        return []
    first, last = rows[0].period_from, max(one.period_to for one in rows)
    decisions = Decision.objects.touching(first, last).filter(contract=rows[0].contract_id)
    terms = list(decisions.order_by().values_list("valid_from", "ends_before"))
    return [_lying(one, terms) for one in rows]


def _lying(invoice: Any, terms: Collection[tuple[date, date]]) -> Beside:
    months: dict[bool, list[date]] = {True: [], False: []}
    month, end = Month.of(invoice.period_from), Month.of(invoice.period_to)
    while month <= end:
        is_settled = any(begins <= month.last and ends > month.first for begins, ends in terms)
        months[is_settled].append(month.first)
        month = month.next()
    return Beside(invoice, tuple(months[True]), tuple(months[False]))

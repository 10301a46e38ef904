"""The account of a contract's accepted month, put together from what was accepted, the contract and its earlier months.

What a page shows of a draft and what is frozen on confirmation is one document; `read_account` gives it shape.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from contracting.contracts.models import Contract
from contracting.contracts.queries import TermsByDay, terms_by_day
from kernel.money import price_of_minutes
from kernel.periods import Month
from reporting.compliance.models import ContractMonth
from reporting.compliance.queries.papers import contracts_in
from reporting.compliance.snapshots import digest_of, identities_of
from reporting.settlement.models import Adjustment, Settlement, TranchePayment
from reporting.settlement.queries.accepted import accepted_lines_of
from reporting.settlement.queries.closing import is_closing
from reporting.settlement.queries.paid import paid_outside_months
from reporting.settlement.rules.billing import (
    ZERO,
    Bill,
    Charge,
    Corrected,
    Terms,
    bill_of,
    shares_of,
    with_never_paid,
)
from reporting.settlement.rules.lines import Line

_NONE = Decimal(0)


@dataclass(frozen=True)
class BilledVisit:
    """A visit of the account: what was accepted of it, what the cap does not pay, at what price of an hour (PLN)."""

    line: Line
    over_cap: int
    price: Decimal

    @property
    def paid(self) -> int:
        """Minutes paid."""
        return self.line.accepted - self.over_cap


@dataclass(frozen=True)
class BilledPenalty:
    """A deduction (PLN) with its reason and the term of the contract."""

    reason: str
    basis: str
    amount: Decimal


@dataclass(frozen=True)
class Account:
    """The account as pages and papers show it; money is PLN, amounts of care whole minutes."""

    numbers: Mapping[UUID, str]
    persons: Mapping[UUID, UUID]
    charges: tuple[Charge, ...]
    visits: tuple[BilledVisit, ...]
    penalties: tuple[BilledPenalty, ...]
    cost: Decimal
    share_of_cost: Decimal
    over_amount: Decimal
    over_penalties: Decimal
    part: Decimal
    due: Decimal
    from_advance: Decimal
    cap_left: int | None
    money_left: Decimal | None
    advance_left: Decimal

    @property
    def care(self) -> list[Charge]:
        """Charges of the month's own visits."""
        return [charge for charge in self.charges if charge.correction is None]

    @property
    def corrections(self) -> list[Charge]:
        """Charges of corrections that the month carries."""
        return [charge for charge in self.charges if charge.correction is not None]

    @property
    def amounts(self) -> dict[UUID, Decimal]:
        """What each visit costs (PLN), by its id: visits of one line add up to the line."""
        lines: dict[tuple[UUID, Decimal], list[BilledVisit]] = defaultdict(list)
        for one in self.visits:
            lines[one.line.decision, one.price].append(one)
        amounts: dict[UUID, Decimal] = {}
        for (_decision, price), visits in lines.items():
            shares = shares_of([one.paid for one in visits], partial(price_of_minutes, price_per_hour=price))
            amounts |= {one.line.visit: amount for one, amount in zip(visits, shares, strict=True)}
        return amounts

    @property
    def minutes(self) -> int:
        """Minutes paid, corrections included."""
        return sum(charge.paid for charge in self.charges)

    @property
    def over_cap(self) -> int:
        """Minutes that the cap does not pay."""
        return sum(max(0, charge.over_cap) for charge in self.charges)

    @property
    def never_paid(self) -> int:
        """Minutes that corrections take off and the cap had not paid: nothing is returned for them."""
        return sum(max(0, -charge.over_cap) for charge in self.charges)

    @property
    def outside(self) -> Decimal:
        """What others than the commune bear of the costs."""
        return self.cost - self.share_of_cost

    @property
    def penalty_sum(self) -> Decimal:
        """All penalties."""
        return sum((one.amount for one in self.penalties), ZERO)

    @property
    def to_pay(self) -> Decimal:
        """What is still to be paid."""
        return self.due - self.from_advance


def account_document(row: ContractMonth, contract: Contract, settlement: Settlement | None) -> dict[str, Any]:
    """The account of an accepted month as a document: texts, whole minutes, money as text. Twelve queries at most.

    A month after the contract's last one has corrections alone. Raises ValueError where another is not accepted.
    """
    month, terms = Month.of(row.month), terms_by_day(contract)
    lines = [] if is_closing(contract, month) else accepted_lines_of(row)
    carried = _carried(contract, month)
    penalties = list(settlement.penalties.all()) if settlement is not None else []
    limits = _limits(contract, month, terms)
    never_paid = _never_paid(contract, month) if carried else _NeverPaid()
    bill = bill_of(
        lines,
        with_never_paid(
            [Corrected(one.pk, one.line.decision_id, one.line.date, one.minutes) for one in carried],
            never_paid.minutes,
        ),
        Terms(
            price_on=terms.price_on,
            cap_left=limits["cap_left"],
            money_left=limits["money_left"],
            share=_share(terms, month),
            penalties=sum((one.amount for one in penalties), ZERO),
            advance_left=limits["advance_left"],
            never_paid=never_paid.money,
        ),
    )
    snapshot: dict[str, Any] = row.snapshot or {"identities": []}
    return {
        "contract": contract.number,
        "month": str(month),
        "snapshot_sha256": row.snapshot_sha256,
        "decisions": _decisions(snapshot, carried),
        "charges": [_charge_json(charge) for charge in bill.charges],
        "visits": [
            _line_json(line, bill.over_cap_of.get(line.visit, 0), terms.price_on(line.date)) for line in lines
        ],
        "penalties": [
            {"reason": one.reason, "basis": one.basis, "amount": str(one.amount)} for one in penalties
        ],
        **_sums(bill),
        **{name: None if value is None else _text(value) for name, value in limits.items()},
    }


def _text(value: Decimal | int) -> str | int:
    return value if isinstance(value, int) else str(value)


def _sums(bill: Bill) -> dict[str, str]:
    names = ("cost", "share_of_cost", "over_amount", "over_penalties", "part", "due", "from_advance")
    return {name: str(getattr(bill, name)) for name in names}


def _share(terms: TermsByDay, month: Month) -> Fraction:
    """The part of the costs that the commune bears: the amount of the contract, of it and what others cover."""
    day = min(month.last, terms.contract.valid_to)
    amount, outside = terms.amount_on(day), terms.outside_grant_on(day)
    return Fraction(1) if amount is None else Fraction(amount) / Fraction(amount + outside)


def _limits(contract: Contract, month: Month, terms: TermsByDay) -> dict[str, Any]:
    """What is left of the contract's cap (minutes), amount and advances (PLN) for this month."""
    others = Settlement.objects.confirmed().filter(contract=contract).exclude(month=month.first)
    sums = others.aggregate(part=Sum("part"), advance=Sum("from_advance"))
    day = min(month.last, contract.valid_to)
    cap, amount = terms.cap_on(day), terms.amount_on(day)
    cap_left = None if cap is None else max(0, cap - _used_elsewhere(contract, month, others))
    paid = TranchePayment.objects.filter(contract=contract).aggregate(total=Sum("amount"))["total"]
    outside = _NONE if amount is None else paid_outside_months(contract)
    return {
        "cap_left": cap_left,
        "money_left": None if amount is None else max(_NONE, amount - (sums["part"] or _NONE) - outside),
        "advance_left": max(_NONE, (paid or _NONE) - (sums["advance"] or _NONE)),
    }


def _used_elsewhere(contract: Contract, month: Month, confirmed: QuerySet[Settlement]) -> int:
    """Minutes of other months that use up the cap.

    Of a month whose settlement is confirmed it is what was paid: minutes above an older cap were accepted, never paid,
    and take nothing of a cap raised later. Of earlier months without one it is what was accepted, or is delivered so
    far, with the corrections they carry.
    """
    settled = dict(confirmed.values_list("month", "minutes"))
    earlier = ContractMonth.objects.filter(
        contract=contract, month__in=[one for one in settled if one < month.first]
    )
    accepted = earlier.aggregate(minutes=Sum("accepted_minutes"))["minutes"] or 0
    before = contracts_in(month, [str(contract.pk)])[str(contract.pk)].minutes_before
    carried = Adjustment.objects.standing().filter(line__contract=contract, carried_in__lt=month.first)
    corrected = (
        carried.exclude(carried_in__in=list(settled)).aggregate(minutes=Sum("minutes"))["minutes"] or 0
    )
    return sum(minutes or 0 for minutes in settled.values()) + before - accepted + corrected


@dataclass(frozen=True)
class _NeverPaid:
    """What confirmed months left unpaid: minutes above the cap by month of their visits, and money (PLN) in all."""

    minutes: Mapping[date, int] = field(default_factory=dict)
    money: Decimal = ZERO


def _never_paid(contract: Contract, month: Month) -> _NeverPaid:
    """Read from the frozen figures of earlier months, less what their own corrections took off of it; one query."""
    earlier = Settlement.objects.confirmed().filter(contract=contract, month__lt=month.first)
    minutes: dict[date, int] = defaultdict(int)
    money = ZERO
    for charges, over_amount in earlier.values_list("figures__charges", "figures__over_amount"):
        money += Decimal(over_amount)
        for one in charges:
            # A correction stands on the day of the visit, the care of a month within it.
            minutes[date.fromisoformat(one["first"]).replace(day=1)] += one["over_cap"]
    return _NeverPaid(minutes, money)


def _carried(contract: Contract, month: Month) -> list[Adjustment]:
    standing = Adjustment.objects.standing().filter(line__contract=contract, carried_in=month.first)
    return list(standing.select_related("line__decision").order_by("line__date", "made_at", "pk"))


def _decisions(snapshot: dict[str, Any], carried: list[Adjustment]) -> list[dict[str, str]]:
    """Number and person of every decision of the account: of the month's own, and of those only corrected in it."""
    meant = {one.decision: (number, one.person) for number, one in identities_of(snapshot).items()}
    for one in carried:
        decision = one.line.decision
        meant.setdefault(decision.pk, (decision.number, decision.person_id))
    return [
        {"decision": str(key), "number": number, "person": str(person)}
        for key, (number, person) in meant.items()
    ]


def _charge_json(charge: Charge) -> dict[str, Any]:
    return {
        "decision": str(charge.decision),
        "price": str(charge.price),
        "first": charge.first.isoformat(),
        "last": charge.last.isoformat(),
        "accepted": charge.accepted,
        "over_cap": charge.over_cap,
        "amount": str(charge.amount),
        "correction": None if charge.correction is None else str(charge.correction),
    }


def _line_json(line: Line, over_cap: int, price: Decimal) -> dict[str, Any]:
    return {
        "visit": str(line.visit),
        "decision": str(line.decision),
        "date": line.date.isoformat(),
        "start": line.start.isoformat("minutes"),
        "worker": line.worker,
        "minutes": line.minutes,
        "refused": line.refused,
        "over_cap": over_cap,
        "price": str(price),
    }


def read_account(document: dict[str, Any]) -> Account:
    """The shape of a document that `account_document` made, now or when it was frozen."""

    def money(name: str) -> Decimal:
        return Decimal(document[name])

    return Account(
        numbers={UUID(one["decision"]): one["number"] for one in document["decisions"]},
        persons={UUID(one["decision"]): UUID(one["person"]) for one in document["decisions"]},
        charges=tuple(_charge(one) for one in document["charges"]),
        visits=tuple(_visit(one) for one in document["visits"]),
        penalties=tuple(
            BilledPenalty(one["reason"], one["basis"], Decimal(one["amount"]))
            for one in document["penalties"]
        ),
        cost=money("cost"),
        share_of_cost=money("share_of_cost"),
        over_amount=money("over_amount"),
        over_penalties=money("over_penalties"),
        part=money("part"),
        due=money("due"),
        from_advance=money("from_advance"),
        cap_left=document["cap_left"],
        money_left=None if document["money_left"] is None else money("money_left"),
        advance_left=money("advance_left"),
    )


def _charge(one: dict[str, Any]) -> Charge:
    return Charge(
        decision=UUID(one["decision"]),
        price=Decimal(one["price"]),
        first=date.fromisoformat(one["first"]),
        last=date.fromisoformat(one["last"]),
        accepted=one["accepted"],
        over_cap=one["over_cap"],
        amount=Decimal(one["amount"]),
        correction=None if one["correction"] is None else UUID(one["correction"]),
    )


def _visit(one: dict[str, Any]) -> BilledVisit:
    line = Line(
        visit=UUID(one["visit"]),
        decision=UUID(one["decision"]),
        date=date.fromisoformat(one["date"]),
        start=time.fromisoformat(one["start"]),
        worker=one["worker"],
        minutes=one["minutes"],
        refused=one["refused"],
    )
    return BilledVisit(line, one["over_cap"], Decimal(one["price"]))


def account_stamp(document: dict[str, Any]) -> str:
    """What somebody saw of an account: its hash, as long as a page needs it."""
    return digest_of(document)[:20]

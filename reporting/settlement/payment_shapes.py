"""What a person owes for a month of care, part by part: counted now, or as it was frozen with a settlement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from kernel.periods import Month
from reporting.care.models import Decision
from reporting.settlement.rules.billing import ZERO


@dataclass(frozen=True)
class Rate:
    """By what a part is paid: the table (its rounding), price of an hour (PLN), percents of it and of the criterion."""

    price: Decimal
    percent: Decimal
    income_percent: Decimal | None
    rounding: str


@dataclass(frozen=True)
class PaymentPart:
    """Minutes of a decision in a part of the month with one table, basis and criterion; no `rate` if nothing is due.

    `household` is None for one living alone, `source` where the income, or the exemption, is known from; `fee` is PLN.
    """

    decision: UUID
    first: date
    last: date
    minutes: int
    household: int | None
    source: str
    rate: Rate | None
    fee: Decimal


@dataclass(frozen=True)
class Owed:
    """What a person owes in all for a service in a month of delivery: parts, and what is below the `least` (PLN).

    `least` is the limit below which the tables of the month collect nothing, None where they collect all.
    """

    parts: tuple[PaymentPart, ...]
    least: Decimal | None = None

    @property
    def computed(self) -> Decimal:
        """The sum of the parts (PLN)."""
        return sum((part.fee for part in self.parts), ZERO)

    @property
    def uncollected(self) -> bool:
        """Whether it is too small to be collected."""
        return self.least is not None and ZERO < self.computed < self.least

    @property
    def fee(self) -> Decimal:
        """What is collected (PLN)."""
        return ZERO if self.uncollected else self.computed


@dataclass(frozen=True)
class PersonPayment:
    """What a person pays for a service in a month, or what is `missing` for it (table, basis, limit).

    `delivered` is the month of delivery: the month itself, or an earlier one that a correction of the month changes.
    `before` is what is asked of the person for that month of delivery without this payment (PLN), where anything was
    counted; the payment is the difference. `is_frozen` says that a confirmed settlement holds it.
    """

    decisions: tuple[Decision, ...]
    delivered: Month
    minutes: int
    owed: Owed
    missing: str = ""
    before: Decimal | None = None
    is_frozen: bool = False

    @property
    def decision(self) -> Decision:
        """The first of the decisions, by number."""
        return self.decisions[0]

    @property
    def parts(self) -> tuple[PaymentPart, ...]:
        """What it is counted from; of a correction, with it."""
        return self.owed.parts

    @property
    def ways(self) -> list[tuple[PaymentPart, Decision]]:
        """Each part with its decision."""
        decisions = {one.pk: one for one in self.decisions}
        return [(part, decisions[part.decision]) for part in self.parts]

    @property
    def uncollected(self) -> bool:
        """Whether what is owed in all for the month of delivery is too small to be collected."""
        return self.owed.uncollected

    @property
    def least(self) -> Decimal | None:
        """The smallest sum that is collected (PLN), None where all are."""
        return self.owed.least

    @property
    def fee(self) -> Decimal:
        """The payment (PLN); below zero it is given back."""
        return self.owed.fee - (self.before or ZERO)


def way_document(payment: PersonPayment) -> dict[str, Any]:
    """How a payment was counted, as it is kept: texts, whole minutes, money as text."""
    return {
        "before": _text(payment.before),
        "least": _text(payment.least),
        "parts": [_part_json(part) for part in payment.parts],
    }


def read_way(
    document: dict[str, Any], decisions: Sequence[Decision], delivered: Month, minutes: int
) -> PersonPayment:
    """The payment that `way_document` kept."""
    owed = Owed(tuple(_part(one) for one in document["parts"]), _money(document["least"]))
    before = _money(document["before"])
    return PersonPayment(tuple(decisions), delivered, minutes, owed, before=before, is_frozen=True)


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _money(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _part_json(part: PaymentPart) -> dict[str, Any]:
    rate = part.rate
    return {
        "decision": str(part.decision),
        "first": part.first.isoformat(),
        "last": part.last.isoformat(),
        "minutes": part.minutes,
        "household": part.household,
        "source": part.source,
        "fee": str(part.fee),
        "rate": rate
        and {
            "price": str(rate.price),
            "percent": str(rate.percent),
            "income_percent": _text(rate.income_percent),
            "rounding": rate.rounding,
        },
    }


def _part(one: dict[str, Any]) -> PaymentPart:
    rate = one["rate"]
    return PaymentPart(
        decision=UUID(one["decision"]),
        first=date.fromisoformat(one["first"]),
        last=date.fromisoformat(one["last"]),
        minutes=one["minutes"],
        household=one["household"],
        source=one["source"],
        rate=rate
        and Rate(
            Decimal(rate["price"]), Decimal(rate["percent"]), _money(rate["income_percent"]), rate["rounding"]
        ),
        fee=Decimal(one["fee"]),
    )

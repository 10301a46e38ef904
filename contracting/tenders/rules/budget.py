"""The arithmetic of an offer's budget, to the grosz: rows, sums, the grant, shares and the price of an hour."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from contracting.tenders.content import Content
from contracting.tenders.rules.figures import read_minutes, read_number, write_number
from kernel.money import to_grosz

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Sums:
    """What a budget adds up to, PLN; `grant` is what is left of the costs and may be negative where too much covers
    them. Shares are percent with four places."""

    total: Decimal = ZERO
    by_kind: dict[str, Decimal] = field(default_factory=dict)
    by_year: dict[str, Decimal] = field(default_factory=dict)
    own: Decimal = ZERO
    payments: Decimal = ZERO
    grant: Decimal = ZERO
    minutes: int = 0
    price_per_hour: Decimal | None = None

    def share(self, amount: Decimal) -> Decimal:
        """The amount as a percentage of the costs, four places, half up; 0 without costs."""
        if not self.total:
            return ZERO
        return (amount * 100 / self.total).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def amount_of(row: dict[str, Any]) -> Decimal:
    """Unit cost × quantity, half up to a grosz; 0 where one of them cannot be read."""
    cost, quantity = read_number(row.get("unit_cost", "")), read_number(row.get("quantity", ""))
    return to_grosz(cost * quantity) if cost is not None and quantity is not None else ZERO


def sums_of(budget: dict[str, Any]) -> Sums:
    """The sums of a budget as stored; figures that cannot be read count as 0."""
    by_kind: dict[str, Decimal] = defaultdict(lambda: ZERO)
    by_year: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for row in budget.get("costs", []):
        by_kind[row.get("kind") or "action"] += amount_of(row)
        by_year[row.get("year") or ""] += amount_of(row)
    total = sum(by_kind.values(), ZERO)
    own = sum((read_number(budget.get(key) or "0") or ZERO for key in ("own_financial", "own_in_kind")), ZERO)
    payments = read_number(budget.get("payments") or "0") or ZERO
    minutes = read_minutes(budget.get("minutes") or 0) or 0
    return Sums(
        total=total,
        by_kind=dict(by_kind),
        by_year=dict(sorted(by_year.items())),
        own=own,
        payments=payments,
        grant=total - own - payments,
        minutes=minutes,
        price_per_hour=to_grosz(total * 60 / minutes) if minutes else None,
    )


def with_sums(content: Content) -> Content:
    """The content with everything in its budget that is computed: amounts of rows, total, grant, price of an hour."""
    budget = dict(content.get("budget") or {"costs": []})
    budget["costs"] = [{**row, "amount": write_number(amount_of(row))} for row in budget.get("costs", [])]
    sums = sums_of(budget)
    budget["total"] = write_number(sums.total)
    budget["grant"] = write_number(sums.grant) if sums.grant >= 0 else f"-{write_number(-sums.grant)}"
    budget["price_per_hour"] = "" if sums.price_per_hour is None else write_number(sums.price_per_hour)
    return {**content, "budget": budget}


def off_by(budget: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Figures of a budget that are not what its rows give: (where, as it stands, as it must be), to the grosz."""
    due = with_sums({"budget": budget})["budget"]
    wrong = [
        (f"costs.{index}.amount", str(row.get("amount", "")), str(right["amount"]))
        for index, (row, right) in enumerate(zip(budget.get("costs", []), due["costs"], strict=True))
        if row.get("amount", "") != right["amount"]
    ]
    return wrong + [
        (key, str(budget.get(key, "")), str(due[key]))
        for key in ("total", "grant", "price_per_hour")
        if budget.get(key, "") != due[key]
    ]

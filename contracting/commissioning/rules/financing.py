"""Whether the money covers the planned minutes: year by year, and month by month within a year."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil, floor

from kernel.money import to_grosz
from kernel.periods import Month

ZERO = Decimal(0)


def line_amount(unit_cost: Decimal, quantity: Decimal) -> Decimal:
    """A cost line: the cost of a unit times the quantity, half up to the grosz (PLN)."""
    return to_grosz(unit_cost * quantity)


def hours_of(minutes: int) -> Decimal:
    """Minutes as hours with two decimals, rounded up so that the hours provide for every minute."""
    return Decimal(ceil(Fraction(minutes, 60) * 100)).scaleb(-2)


def share_percent(part: Decimal, whole: Decimal) -> Decimal | None:
    """What percent of the whole a part is, half up to two decimals; None where the whole is 0."""
    return (part * 100 / whole).quantize(Decimal("0.01"), ROUND_HALF_UP) if whole else None


def months_between(first: date, last: date) -> list[Month]:
    """The months that a period touches, in order."""
    months = [Month.of(first)]
    while months[-1] < Month.of(last):
        months.append(months[-1].next())
    return months


def minutes_in(month: Month, planned_a_month: int, first: date, last: date) -> int:
    """Minutes planned in a month of the period: all of them, or the share of its days where it begins or ends within
    the month, half up to whole minutes."""
    days = month.days()
    inside = sum(1 for day in days if first <= day <= last)
    return floor(Fraction(planned_a_month * inside, len(days)) + Fraction(1, 2))


@dataclass(frozen=True)
class Sums:
    """Money and costs of one year: all sources; hours of the service with their cost; all other costs (PLN)."""

    sources: Decimal = ZERO
    hours: Decimal = ZERO
    hours_cost: Decimal = ZERO
    other_costs: Decimal = ZERO

    @property
    def costs(self) -> Decimal:
        return self.hours_cost + self.other_costs

    @property
    def balance(self) -> Decimal:
        """Sources less costs; below 0 money is missing."""
        return self.sources - self.costs

    @property
    def hour_price(self) -> Fraction | None:
        """What an hour costs on average, exactly; None where no hours have a cost."""
        return Fraction(self.hours_cost) / Fraction(self.hours) if self.hours and self.hours_cost else None


@dataclass(frozen=True)
class MonthCover:
    """One month: minutes planned, and how many of them the year's money reaches when it is spent in order."""

    month: Month
    planned: int
    funded: int

    @property
    def missing(self) -> int:
        return self.planned - self.funded


@dataclass(frozen=True)
class YearCover:
    """One year of the cycle, or a year that has money or costs without it."""

    year: int
    sums: Sums
    months: tuple[MonthCover, ...]

    @property
    def planned(self) -> int:
        """Minutes planned in the year."""
        return sum(month.planned for month in self.months)

    @property
    def funded(self) -> int:
        """Minutes of them that the money reaches."""
        return sum(month.funded for month in self.months)

    @property
    def costed(self) -> int:
        """Minutes for which the costs provide hours."""
        return floor(Fraction(self.sums.hours) * 60)

    @property
    def affordable(self) -> int | None:
        """Minutes that the money would pay for after the other costs; None where an hour has no price."""
        return None if self.sums.hour_price is None else floor(_affordable(self.sums))

    @property
    def unfunded_months(self) -> tuple[MonthCover, ...]:
        return tuple(month for month in self.months if month.missing)


def _affordable(sums: Sums) -> Fraction:
    if not sums.hour_price:
        return Fraction(0)
    left = max(Fraction(sums.sources) - Fraction(sums.other_costs), Fraction(0))
    return left / sums.hour_price * 60


def cover_year(year: int, sums: Sums, planned: Sequence[tuple[Month, int]]) -> YearCover:
    """Spend the year's money on its months in order, other costs first; a month gets whole minutes or what is left."""
    left = floor(_affordable(sums))
    months = []
    for month, minutes in planned:
        funded = min(minutes, left)
        left -= funded
        months.append(MonthCover(month, minutes, funded))
    return YearCover(year, sums, tuple(months))


def missing_money(sums: Sums, minutes: int) -> Decimal | None:
    """What so many minutes cost at the average price of an hour of the year, up to the grosz that suffices (PLN); None
    where an hour has no price."""
    if sums.hour_price is None:
        return None
    return Decimal(ceil(sums.hour_price * minutes / 60 * 100)).scaleb(-2)


def cover(first: date, last: date, planned_a_month: int, sums: dict[int, Sums]) -> list[YearCover]:
    """Every year of the period first–last and every other year with money or costs, in order.

    Money of one year pays nothing of another.
    """
    planned: dict[int, list[tuple[Month, int]]] = {}
    for month in months_between(first, last):
        planned.setdefault(month.year, []).append((month, minutes_in(month, planned_a_month, first, last)))
    return [
        cover_year(year, sums.get(year, Sums()), planned.get(year, []))
        for year in sorted(planned.keys() | sums.keys())
    ]


def total(parts: Iterable[Sums]) -> Sums:
    """All years together."""
    listed = list(parts)
    return Sums(
        sources=sum((part.sources for part in listed), ZERO),
        hours=sum((part.hours for part in listed), ZERO),
        hours_cost=sum((part.hours_cost for part in listed), ZERO),
        other_costs=sum((part.other_costs for part in listed), ZERO),
    )

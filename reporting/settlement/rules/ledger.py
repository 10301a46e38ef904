"""Pure rules of the ledger: the minutes of a decision month by month, and what will be used."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from contracting.contracts.rules.lasting import Rate
from kernel.periods import Month
from reporting.care.grants import granted_minutes, last_day_in_force
from reporting.compliance.rules import Amount, AmountPer, DecisionFacts


@dataclass(frozen=True)
class Minutes:
    """Whole minutes: granted, planned, delivered, not granted because of suspensions, refused, adjusted.

    `planned` is what the plan of visits foresees on the days that count, 0 without a plan; `adjusted` is what
    corrections of accepted months add or take, in the month that carries them.
    """

    granted: int = 0
    planned: int = 0
    delivered: int = 0
    suspended: int = 0
    refused: int = 0
    adjusted: int = 0

    @property
    def counted(self) -> int:
        """What was delivered and is paid for: less what was refused, with corrections."""
        return self.delivered - self.refused + self.adjusted

    @property
    def left(self) -> int:
        """What is granted and not used; below zero where more was counted than granted."""
        return self.granted - self.counted

    def __add__(self, other: "Minutes") -> "Minutes":
        return Minutes(
            self.granted + other.granted,
            self.planned + other.planned,
            self.delivered + other.delivered,
            self.suspended + other.suspended,
            self.refused + other.refused,
            self.adjusted + other.adjusted,
        )


@dataclass(frozen=True)
class Booked:
    """What is on record for one decision, minutes by month; months without any are missing.

    `granted` is what an accepted month was frozen with: a decision that is corrected later changes nothing of it.
    """

    granted: Mapping[Month, int] = field(default_factory=dict)
    delivered: Mapping[Month, int] = field(default_factory=dict)
    refused: Mapping[Month, int] = field(default_factory=dict)
    adjusted: Mapping[Month, int] = field(default_factory=dict)


def ledger_of(decision: DecisionFacts, booked: Booked) -> dict[Month, Minutes]:
    """The months of the decision in order, from its first day to its last and wherever anything is on record."""
    as_planned = replace(decision, amount=Amount(AmountPer.PLAN))
    unbroken = replace(decision, suspensions=())
    found = {}
    for month in months_of(decision, booked):
        granted = granted_minutes(decision, month)
        whole = granted_minutes(unbroken, month) if decision.suspensions else granted
        found[month] = Minutes(
            granted=booked.granted.get(month, granted),
            planned=granted_minutes(as_planned, month) if decision.plan else 0,
            delivered=booked.delivered.get(month, 0),
            suspended=whole - granted,
            refused=booked.refused.get(month, 0),
            adjusted=booked.adjusted.get(month, 0),
        )
    return found


def months_of(decision: DecisionFacts, booked: Booked) -> Iterator[Month]:
    """Every month from the first to the last that the ledger of the decision tells of."""
    told = [*booked.granted, *booked.delivered, *booked.refused, *booked.adjusted]
    if last_day_in_force(decision) >= decision.valid_from:
        told += [Month.of(decision.valid_from), Month.of(last_day_in_force(decision))]
    if told:
        month, last = min(told), max(told)
        while month <= last:
            yield month
            month = month.next()


def total_of(months: Mapping[Month, Minutes]) -> Minutes:
    """The sum of the months."""
    total = Minutes()
    for minutes in months.values():
        total += minutes
    return total


def forecast(
    used: Sequence[int], months: Sequence[Month], rate: Rate | None, today: date
) -> list[int | None]:
    """What will be used by the end of each month at the rate, from the month at hand on; None for months before.

    `used` is what was used by the end of each month so far, the month at hand up to today.
    """
    found: list[int | None] = []
    for month, so_far in zip(months, used, strict=True):
        if rate is None or month.last < today:
            found.append(None)
        else:
            found.append(so_far + rate.used * (month.last - today).days // rate.days)
    return found

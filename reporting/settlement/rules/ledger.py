"""Pure rules of the ledger: the minutes of a decision month by month, and what will be used."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from contracting.contracts.rules.lasting import Rate, runs_out_on
from kernel.periods import Month
from reporting.compliance.rules import DecisionFacts
from reporting.compliance.rules.grants import (
    granted_minutes,
    last_day_in_force,
    planned_minutes,
    suspended_minutes,
)

# As far as a forecast looks, in days.
_FARTHEST = 3650


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

    `granted`, `planned` and `suspended` are what an accepted month was frozen with: a decision, a plan or a suspension
    that is corrected later changes nothing of it.
    """

    granted: Mapping[Month, int] = field(default_factory=dict)
    planned: Mapping[Month, int] = field(default_factory=dict)
    suspended: Mapping[Month, int] = field(default_factory=dict)
    delivered: Mapping[Month, int] = field(default_factory=dict)
    refused: Mapping[Month, int] = field(default_factory=dict)
    adjusted: Mapping[Month, int] = field(default_factory=dict)


def ledger_of(decision: DecisionFacts, booked: Booked) -> dict[Month, Minutes]:
    """The months of the decision in order, from its first day to its last and wherever anything is on record."""
    found = {}
    for month in months_of(decision, booked):
        found[month] = Minutes(
            granted=_told(booked.granted, decision, month, granted_minutes),
            planned=_told(booked.planned, decision, month, planned_minutes),
            delivered=booked.delivered.get(month, 0),
            suspended=_told(booked.suspended, decision, month, suspended_minutes),
            refused=booked.refused.get(month, 0),
            adjusted=booked.adjusted.get(month, 0),
        )
    return found


def _told(
    frozen: Mapping[Month, int],
    decision: DecisionFacts,
    month: Month,
    now: Callable[[DecisionFacts, Month], int],
) -> int:
    """What an accepted month was frozen with, else what the terms say now."""
    found = frozen.get(month)
    return now(decision, month) if found is None else found


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


def lapsed_of(months: Mapping[Month, Minutes], today: date) -> dict[Month, int]:
    """What months that are over left unused, by month: it was granted for them, and none is carried forward."""
    return {month: one.left for month, one in months.items() if month.last < today and one.left > 0}


def ahead_of(months: Mapping[Month, Minutes], today: date) -> int:
    """What is left of the month at hand and those to come; below zero where more counted than they grant."""
    return sum(one.left for month, one in months.items() if month.last >= today)


def lasts_until(ahead: int, rate: Rate | None, today: date) -> date | None:
    """The day on which what is left from the month at hand on goes at the rate; as `runs_out_on` otherwise.

    The rate goes on from its last day, or from the first of the month where that lies before it.
    """
    day = runs_out_on(ahead, rate)
    if day is None or rate is None:
        return None
    idle = Month.of(today).first - timedelta(days=1) - rate.last
    return day + max(idle, timedelta(0))


def money_runs_out_on(left: int, rate: Rate | None, price_on: Callable[[date], Decimal]) -> date | None:
    """The day on which the last grosz of `left` goes: minutes at the rate, each day at its own price of an hour (PLN).

    As `runs_out_on`: the last day of use where nothing is left, None without a rate or where nothing is used up.
    """
    if rate is None:
        return None
    if left <= 0:
        return rate.last
    # In grosze × 60 × days of the rate, so that everything is whole.
    needed, spent, day = Decimal(left) * 60 * rate.days, Decimal(0), rate.last
    for _day in range(_FARTHEST):
        day += timedelta(days=1)
        spent += price_on(day) * 100 * rate.used
        if spent >= needed:
            return day
    return day if spent else None


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

"""Which way an amendment changes what a decision grants: more, less, or as much as before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kernel.periods import Month
from reporting.care.grants import Slot, Suspension, granted_minutes


@dataclass(frozen=True, slots=True)
class Granted:
    """What a decision grants: `per` is month, week or plan; `minutes` is None where the plan is the amount."""

    per: str
    minutes: int | None
    plan: Sequence[Slot] = ()


def change_of(before: Granted, after: Granted, *, year: int) -> int:
    """How many minutes more (or, negative, fewer) a whole year of the later amount grants; 0 where they are equal.

    A year without suspensions, so that months, weeks and plans with their holidays can be compared with one another.
    """
    return _in_year(after, year) - _in_year(before, year)


@dataclass(frozen=True, slots=True)
class _WholeYear:
    amount: Granted
    valid_from: date
    valid_to: date
    plan: Sequence[Slot]
    suspensions: Sequence[Suspension] = ()
    revoked_from: None = None
    superseded_from: None = None


def _in_year(amount: Granted, year: int) -> int:
    terms = _WholeYear(amount, date(year, 1, 1), date(year, 12, 31), amount.plan)
    return sum(granted_minutes(terms, Month(year, number)) for number in range(1, 13))

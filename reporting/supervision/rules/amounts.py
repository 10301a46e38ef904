"""Which way an amendment changes what a decision grants or a contract orders: more, less, or as much as before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

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


def joined(changes: Iterable[Mapping[str, Sequence[Any]]]) -> dict[str, tuple[Any, Any]]:
    """Changes one after another as one: of each field what it was before the first and what it is after the last."""
    first: dict[str, Any] = {}
    last: dict[str, Any] = {}
    for one in changes:
        for field, (before, after) in one.items():
            first.setdefault(field, before)
            last[field] = after
    return {field: (before, last[field]) for field, before in first.items()}


def order_change_of(changes: Mapping[str, Sequence[Any]]) -> int:
    """Whether an amendment orders more of a service (1), less (-1) or as much (0).

    `changes` maps fields to [before, after], as an amendment keeps them. Hours tell, all of them and then by year; then
    money; then how long the contract lasts. Without a cap there is no end of hours.
    """
    hours = _direction(
        *(Decimal("Infinity") if one is None else Decimal(one) for one in changes.get("cap_minutes", (0, 0)))
    )
    by_year = _direction(*(_minutes_by_year(rows) for rows in changes.get("tranches", ([], []))))
    money = _direction(*(Decimal(one or 0) for one in changes.get("amount", (0, 0))))
    until = _direction(*(date.fromisoformat(one) for one in changes.get("valid_to", ("2000-01-01",) * 2)))
    return hours or by_year or money or until


def _minutes_by_year(rows: Sequence[Sequence[Any]]) -> int:
    return sum(minutes or 0 for _year, _amount, minutes in rows)


def _direction(before: Any, after: Any) -> int:
    return int(after > before) - int(after < before)

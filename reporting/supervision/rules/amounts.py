"""Which way an amendment changes what a decision grants or a contract orders: more, less, or as much as before."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
class Ordered:
    """What a contract orders: the money (PLN) and minutes None where they have no limit, the price (PLN) of an hour.

    `by_year` has the minutes of each tranche, None where it says none.
    """

    cap_minutes: int | None
    amount: Decimal | None
    outside_grant: Decimal
    price_per_hour: Decimal
    valid_to: date
    by_year: Sequence[int | None] = ()

    def after(self, changes: Mapping[str, Any]) -> "Ordered":
        """The same with some fields as an amendment writes them."""
        read: dict[str, Any] = {name: of(changes[name]) for name, of in _READ.items() if name in changes}
        if "tranches" in changes:
            read["by_year"] = [row[2] for row in changes["tranches"]]
        return replace(self, **read)


def _money_or_none(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


_READ: dict[str, Callable[[Any], Any]] = {
    "cap_minutes": lambda minutes: minutes,
    "amount": _money_or_none,
    "outside_grant": Decimal,
    "price_per_hour": Decimal,
    "valid_to": date.fromisoformat,
}
_NO_LIMIT = Decimal("Infinity")


def order_change_of(changes: Mapping[str, Sequence[Any]], standing: Ordered) -> int:
    """Whether an amendment orders more of a service (1), less (-1) or as much (0).

    `changes` maps fields to [before, after], as an amendment keeps them; `standing` has the other fields. Hours tell,
    all of them and then by year; then the hours that all the money buys at its price; then how long the contract lasts.
    What the contract does not name has no limit, as the ledger takes it.
    """
    before, after = (
        standing.after({name: sides[side] for name, sides in changes.items()}) for side in (0, 1)
    )
    return (
        _direction(*(_or_no_limit(each.cap_minutes) for each in (before, after)))
        or _direction(*(_years(each.by_year) for each in (before, after)))
        or _direction(*(_bought(each) for each in (before, after)))
        or _direction(before.valid_to, after.valid_to)
    )


def _or_no_limit(minutes: int | None) -> Decimal:
    return _NO_LIMIT if minutes is None else Decimal(minutes)


def _years(by_year: Sequence[int | None]) -> tuple[Decimal, int]:
    """How many years have no limit, then the minutes of the others; without any limit, the years do not tell."""
    stated = [minutes for minutes in by_year if minutes is not None]
    if not stated:
        return (_NO_LIMIT, 0)
    return (Decimal(len(by_year) - len(stated)), sum(stated))


def _bought(terms: Ordered) -> Decimal:
    if terms.amount is None or not terms.price_per_hour:
        return _NO_LIMIT
    return (terms.amount + terms.outside_grant) / terms.price_per_hour


def _direction(before: Any, after: Any) -> int:
    return int(after > before) - int(after < before)

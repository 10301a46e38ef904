"""Limits of the law as dated rows: which of them holds on a day."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Unit(StrEnum):
    """What the value of a limit counts."""

    DAYS = "days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"
    YEARS = "years"
    PLN = "pln"
    EUR = "eur"
    PERCENT = "percent"
    ITEMS = "items"
    PLACES = "places"
    PERSONS = "persons"
    FAMILIES = "families"
    WORKERS = "workers"
    ENVIRONMENTS = "environments"


def _holds(first: date | None, last: date | None, day: date) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


@dataclass(frozen=True)
class Limit:
    """A limit of the law in a period, both ends included; None means that the end is open or not established.

    `verified` says that somebody read the value in the text of the act. `own` marks a value that the tenant entered;
    it replaces what was known for a day only from `acts_from` on.
    """

    code: str
    value: Decimal
    unit: Unit
    article: str
    source: str
    verified: bool
    valid_from: date | None = None
    valid_to: date | None = None
    own: bool = False
    acts_from: date | None = None

    @property
    def whole(self) -> int:
        """The value as a whole number, for limits that count days, years or things."""
        return int(self.value)

    def holds_on(self, day: date) -> bool:
        return _holds(self.valid_from, self.valid_to, day)

    def was_known_on(self, day: date) -> bool:
        """Whether the row stood already when the day came."""
        return self.acts_from is None or self.acts_from <= day


def read_limits(lines: Iterable[str]) -> tuple[Limit, ...]:
    """The rows of a CSV with the columns code, value, unit, valid_from, valid_to, article, source, verified.

    Raises ValueError where a row is not what it should be.
    """
    return tuple(_limit(row) for row in csv.DictReader(lines))


def _limit(row: dict[str, str]) -> Limit:
    if row["verified"] not in {"yes", "no"}:
        raise ValueError(f"{row['code']}: verified is yes or no, not {row['verified']!r}")
    return Limit(
        code=row["code"],
        value=Decimal(row["value"]),
        unit=Unit(row["unit"]),
        article=row["article"],
        source=row["source"],
        verified=row["verified"] == "yes",
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def in_force(rows: Iterable[Limit], on: date) -> Limit | None:
    """The row that holds on the day: the tenant's own before those that come with the product, the later begun
    before the earlier; None where none does.

    A row that was entered later counts only where nothing was known for the day: what was done under the law as it
    stood is not made lawful, or unlawful, afterwards.
    """
    valid = [row for row in rows if row.holds_on(on)]
    holding = [row for row in valid if row.was_known_on(on)] or valid
    return max(holding, key=lambda row: (row.own, row.valid_from or date.min), default=None)


@dataclass(frozen=True)
class Basis:
    """The articles on which a form of realisation, or a point of the formal check, rests in a period.

    The ends of the period may be open or not established.
    """

    form: str
    article: str
    source: str
    verified: bool
    valid_from: date | None = None
    valid_to: date | None = None

    def holds_on(self, day: date) -> bool:
        return _holds(self.valid_from, self.valid_to, day)


def read_bases(lines: Iterable[str], *, key: str = "form") -> tuple[Basis, ...]:
    """The rows of a CSV with the columns form (or another `key`), article, source, verified, valid_from, valid_to."""
    return tuple(
        Basis(
            form=row[key],
            article=row["article"],
            source=row["source"],
            verified=row["verified"] == "yes",
            valid_from=_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
        )
        for row in csv.DictReader(lines)
    )

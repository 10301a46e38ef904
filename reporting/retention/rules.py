"""The arithmetic of retention: when a matter is past its term, and what stands against it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

# Categories of archives: kept for ever, kept for years, kept for years and then judged by the state archive.
FOR_EVER, YEARS, EXPERTISE = "A", "B", "BE"


@dataclass(frozen=True)
class Term:
    """A class of retention that holds from a day: its symbol in the unit's index, its category, whole years.

    `years` is None for category A.
    """

    valid_from: date
    symbol: str
    category: str
    years: int | None

    @property
    def label(self) -> str:
        """The category as archives write it: A, B5, BE10."""
        return f"{self.category}{self.years or ''}"


@dataclass(frozen=True)
class Closed:
    """A matter of one kind that was closed on a day."""

    kind: str
    day: date


@dataclass(frozen=True)
class Judged:
    """What the terms say of a person: the first day past all of them, None where one never ends or is not known.

    `labels` are the classes that were applied, by kind; `unknown` the kinds with no class on the day they were closed;
    `for_ever` those of category A; `expertise` whether the state archive is asked first.
    """

    past_from: date | None
    labels: Sequence[tuple[str, str]] = ()
    unknown: Sequence[str] = ()
    for_ever: Sequence[str] = ()
    expertise: bool = False


def past_from(closed: date, years: int) -> date:
    """The first day past the term: full years, counted from 1 January after the year in which it was closed (L-66)."""
    return date(closed.year + years + 1, 1, 1)


def term_on(terms: Iterable[Term], day: date) -> Term | None:
    """The class that held on the day: the newest that had begun."""
    begun = [term for term in terms if term.valid_from <= day]
    return max(begun, key=lambda term: term.valid_from, default=None)


@dataclass
class _Sum:
    days: list[date] = field(default_factory=list)
    labels: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    for_ever: list[str] = field(default_factory=list)
    expertise: bool = False


def judge(matters: Iterable[Closed], terms: Mapping[str, Sequence[Term]]) -> Judged:
    """What the terms (by kind) say of all closed matters of one person: the longest decides."""
    found = _Sum()
    for matter in matters:
        term = term_on(terms.get(matter.kind, ()), matter.day)
        if term is None:
            found.unknown.append(matter.kind)
            continue
        found.labels.append((matter.kind, f"{term.symbol} {term.label}"))
        if term.years is None:
            found.for_ever.append(matter.kind)
        else:
            found.days.append(past_from(matter.day, term.years))
            found.expertise |= term.category == EXPERTISE
    ends = bool(found.days) and not found.unknown and not found.for_ever
    return Judged(
        max(found.days) if ends else None,
        sorted({*found.labels}),
        sorted({*found.unknown}),
        sorted({*found.for_ever}),
        found.expertise,
    )

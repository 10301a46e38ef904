"""A figure on its way from a tenant to its region."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

EVERY_SERVICE = "*"


@dataclass(frozen=True, slots=True)
class Part:
    """What one organisation stands for in a figure (PLN)."""

    organisation: UUID
    legal_form: str
    is_public: bool
    value: Decimal


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a period: `denominator` is None where it is a count, `persons` where it stands on no persons.

    `category` belongs to the indicator's breakdown, empty for the whole; `version` is the one it was computed by.
    """

    indicator: str
    numerator: Decimal
    denominator: Decimal | None = None
    persons: int | None = None
    service: str = EVERY_SERVICE
    category: str = ""
    version: int = 1
    parts: tuple[Part, ...] = ()

    @property
    def place(self) -> tuple[str, str, str]:
        """What tells the figures of a period apart: indicator, service, category."""
        return self.indicator, self.service, self.category


def fewer_of(counted: int, others: int) -> int:
    """How many persons stand behind a figure that tells some from others: the fewer of both, nobody aside."""
    return min((one for one in (counted, others) if one), default=0)


def fewest_of(known: int, counted: int) -> int:
    """How many persons stand at least behind what was counted: those who are known, and somebody where nobody is.

    Who stayed anonymous may be anybody of them, every time.
    """
    return max(known, min(counted, 1))


@dataclass(frozen=True)
class Collected:
    """All figures of a period; `accepted` of `contracts` says how complete a month is, a quarter has neither."""

    figures: tuple[Figure, ...]
    accepted: int = 0
    contracts: int = 0

"""Loads against their limits, and the numbers of workers that the act asks for; no database."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class LoadLimits:
    """Environments of one worker, at most: as a rule, and where one of them has a blue card (S-069)."""

    usual: int
    with_blue_card: int

    def for_load(self, with_blue_card: int) -> int:
        """The limit that holds for a worker with so many blue cards."""
        return self.with_blue_card if with_blue_card else self.usual


def percent_of_limit(environments: int, limit: int) -> Decimal | None:
    """The load in percent of the limit, one decimal half up; None without a limit."""
    if not limit:
        return None
    share = Decimal(environments * 100) / Decimal(limit)
    return share.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


@dataclass(frozen=True)
class StatutoryRatio:
    """How many social workers the act asks for (art. 110(11)-(12)): by inhabitants or by families in care."""

    inhabitants: int
    families: int
    per_inhabitants: int
    per_families: int
    least: int

    @property
    def by_inhabitants(self) -> int:
        """Workers for the inhabitants, every part of a worker counted whole, and never fewer than the least."""
        return max(self.least, -(-self.inhabitants // self.per_inhabitants))

    @property
    def by_families(self) -> int:
        """Workers for the families in care, in the same way."""
        return max(self.least, -(-self.families // self.per_families))

"""The commitments of a contract as they stood in a month: an amendment writes them anew from its day on."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contracting.contracts.models import Commitment, Contract, ContractAmendment
from kernel.periods import Month


@dataclass(frozen=True)
class Promise:
    """One commitment; `key` stays the same when an amendment changes its value, place or the way it is measured."""

    position: int
    indicator: str
    direction: str
    promised: Decimal
    unit: str
    measure: str
    method: str = ""

    @property
    def key(self) -> str:
        """A short text that tells the commitments of a contract apart: of what is promised, not how much of it."""
        return hashlib.sha256(f"{self.measure}\n{self.indicator}".encode()).hexdigest()[:20]

    @property
    def direction_words(self) -> Any:
        """At least, at most."""
        return Commitment.Direction(self.direction).label

    @property
    def measure_words(self) -> Any:
        """What is measured, in words."""
        return Commitment.Measure(self.measure).label


class PromisesOf:
    """The commitments of one contract in any month; two queries, whatever it promises."""

    def __init__(self, contract: Contract) -> None:
        self._now = _apart(
            Promise(
                row.position, row.indicator, row.direction, row.promised, row.unit, row.measure, row.method
            )
            for row in contract.commitments.all()
        )
        self._changes = list(
            ContractAmendment.objects.filter(
                contract=contract,
                state=ContractAmendment.State.SIGNED,
                applied_at__isnull=False,
                changes__has_key="commitments",
            )
            .order_by("effective_on", "number")
            .values_list("effective_on", "changes")
        )

    def __bool__(self) -> bool:
        return bool(self._now or self._changes)

    def in_month(self, month: Month) -> tuple[Promise, ...]:
        """What was promised in a month: an amendment of a day inside it counts for the whole month."""
        for effective_on, changes in self._changes:
            if effective_on > month.last:
                before: list[Mapping[str, str]] = changes["commitments"][0]
                return _apart(_kept(place, row) for place, row in enumerate(before, start=1))
        return self._now


def _kept(position: int, row: Mapping[str, str]) -> Promise:
    names = ("indicator", "direction", "unit", "measure", "method")
    return Promise(position, promised=Decimal(row["promised"]), **{name: row[name] for name in names})


def _apart(promises: Any) -> tuple[Promise, ...]:
    """The promises in order; of two that promise the same thing the first stands."""
    found: dict[str, Promise] = {}
    for promise in promises:
        found.setdefault(promise.key, promise)
    return tuple(found.values())

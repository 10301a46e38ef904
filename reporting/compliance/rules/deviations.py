"""The deviations that a month can show: their public codes, severities and order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from types import MappingProxyType

from reporting.compliance.rules.facts import VisitFacts


class Severity(StrEnum):
    """`must` blocks the acceptance of a month until corrected or justified; `note` is acknowledged."""

    MUST = "must"
    NOTE = "note"


class Code(StrEnum):
    """The public codes, stable for scripts and reports."""

    OVER_DELIVERED = "H1"
    UNDER_DELIVERED = "H2"
    NOTHING_DELIVERED = "H3"
    OUTSIDE_SCOPE = "S1"
    SCOPE_NOT_PERFORMED = "S2"
    OUTSIDE_VALIDITY = "D1"
    DURING_SUSPENSION = "D2"
    OFF_PLAN = "D3"
    MISSED = "D4"
    WORKER_OVERLAP = "O1"
    PERSON_OVERLAP = "O2"
    NOT_QUALIFIED = "W1"
    NOT_NAMED = "W2"
    LATE_ENTRY = "T1"
    IMPLAUSIBLE_DURATION = "T2"
    DUPLICATE = "T3"
    CONTRACT_CAP = "C1"


SEVERITIES: Mapping[Code, Severity] = MappingProxyType(
    {
        Code.OVER_DELIVERED: Severity.MUST,
        Code.UNDER_DELIVERED: Severity.NOTE,
        Code.NOTHING_DELIVERED: Severity.MUST,
        Code.OUTSIDE_SCOPE: Severity.MUST,
        Code.SCOPE_NOT_PERFORMED: Severity.NOTE,
        Code.OUTSIDE_VALIDITY: Severity.MUST,
        Code.DURING_SUSPENSION: Severity.MUST,
        Code.OFF_PLAN: Severity.NOTE,
        Code.MISSED: Severity.NOTE,
        Code.WORKER_OVERLAP: Severity.MUST,
        Code.PERSON_OVERLAP: Severity.MUST,
        Code.NOT_QUALIFIED: Severity.MUST,
        Code.NOT_NAMED: Severity.NOTE,
        Code.LATE_ENTRY: Severity.NOTE,
        Code.IMPLAUSIBLE_DURATION: Severity.NOTE,
        Code.DUPLICATE: Severity.MUST,
        Code.CONTRACT_CAP: Severity.MUST,
    }
)


@dataclass(frozen=True, slots=True)
class PlannedSlot:
    """A slot of the weekly plan on one date; `place` counts those missed on it that begin together, from 1 on."""

    date: date
    start: time
    minutes: int
    place: int = 1


@dataclass(frozen=True, slots=True)
class Deviation:
    """One finding of the comparison.

    `contract` and `decision` are numbers; `decision` is None for a finding on the contract. `visit` is the
    visit concerned, or of a pair the one that carries it, and `other` its partner. `activities` are sorted.
    """

    code: Code
    contract: str
    decision: str | None = None
    visit: VisitFacts | None = None
    other: VisitFacts | None = None
    slot: PlannedSlot | None = None
    activities: tuple[str, ...] | None = None
    minutes: int | None = None

    @property
    def severity(self) -> Severity:
        """Whether it blocks acceptance."""
        return SEVERITIES[self.code]

    @property
    def subject(self) -> str:
        """A stable text that, with code and month, tells the deviation from all others of its contract."""
        if self.visit is not None and self.other is not None:
            return f"pair:{self.visit.id}:{self.other.id}"
        if self.visit is not None:
            return f"visit:{self.visit.id}"
        if self.slot is not None:
            again = "" if self.slot.place == 1 else f":{self.slot.place}"
            moment = f"{self.slot.date.isoformat()}T{self.slot.start.isoformat('minutes')}"
            return f"slot:{self.decision}:{moment}{again}"
        return "contract" if self.decision is None else f"decision:{self.decision}"


def order_of(deviation: Deviation) -> tuple[object, ...]:
    """A key that sorts deviations totally: decision number and code, then what is shown, then ids.

    Ids come last, so that the same diary imported twice elsewhere is shown in the same order.
    """
    slot = deviation.slot
    return (
        deviation.decision or "",
        deviation.code,
        _place_of(deviation.visit),
        _place_of(deviation.other),
        (slot.date.isoformat(), slot.start.isoformat(), slot.place) if slot is not None else (),
        deviation.activities or (),
        -1 if deviation.minutes is None else deviation.minutes,
        deviation.visit.id if deviation.visit is not None else "",
        deviation.other.id if deviation.other is not None else "",
    )


def _place_of(visit: VisitFacts | None) -> tuple[str, ...]:
    return () if visit is None else (visit.date.isoformat(), visit.start.isoformat(), visit.worker)

"""What the comparison of a month is told: decisions, contracts, workers, visits and thresholds."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class AmountPer(StrEnum):
    """What the amount of a decision is given for."""

    MONTH = "month"
    WEEK = "week"
    PLAN = "plan"


class VisitState(StrEnum):
    """States of a visit; only `done` counts as delivered, `no_show` still answers a planned slot."""

    DRAFT = "draft"
    DONE = "done"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Amount:
    """The amount granted: minutes per month or per week, or none where the plan of visits is the amount."""

    per: AmountPer
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A visit of the weekly plan: weekday 1 (Monday) … 7, wall-clock start, minutes.

    It is due on public holidays only where `on_holidays` is set.
    """

    weekday: int
    start: datetime.time
    minutes: int
    on_holidays: bool = False


@dataclass(frozen=True, slots=True)
class Suspension:
    """Days, both inclusive, on which a decision rests."""

    first: datetime.date
    last: datetime.date


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """A decision as the comparison needs it.

    `key`, `person` and `contract` are stable texts that identify; `number` is what is printed and sorted by.
    `valid_to` is the last day as issued; `revoked_from` and `superseded_from` (the first day of the amending
    decision) are the first days on which it no longer holds. `required_qualifications` come from the standard
    of its service.
    """

    key: str
    number: str
    person: str
    contract: str
    valid_from: datetime.date
    valid_to: datetime.date
    amount: Amount
    plan: tuple[Slot, ...] = ()
    scope: frozenset[str] = frozenset()
    required_qualifications: frozenset[str] = frozenset()
    two_workers: bool = False
    suspensions: tuple[Suspension, ...] = ()
    revoked_from: datetime.date | None = None
    superseded_from: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """One visit. `decision`, `person` are keys, `worker` is the code, which is unique in the tenant.

    `starts_at` and `ends_at` are UTC instants on whole minutes; `date`, `start` are the local date and
    wall-clock time of the start; `minutes` is the elapsed time; `entered_on` is the local date of entry.
    """

    id: str
    decision: str
    person: str
    worker: str
    date: datetime.date
    start: datetime.time
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    minutes: int
    entered_on: datetime.date
    state: VisitState = VisitState.DONE
    activities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Qualification:
    """A qualification that a worker holds from a day, to a day inclusive or without end."""

    code: str
    valid_from: datetime.date
    valid_to: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """A worker's code and dated qualifications."""

    code: str
    qualifications: tuple[Qualification, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedWorker:
    """A worker whom a contract names, from a day and to a day (both inclusive) where these are given."""

    code: str
    valid_from: datetime.date | None = None
    valid_to: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """A contract: cap in minutes (None: no cap), named staff (empty: nobody is named).

    `key` is what decisions refer to. `minutes_before` are the minutes of all earlier months, accepted where
    the month was accepted and delivered elsewhere, with advice and crisis sessions until the end of this one, which
    no month accepts; `refused_minutes` are those of this month that were
    refused line by line, and stay 0 until this month is accepted.
    """

    key: str
    number: str
    cap_minutes: int | None = None
    named_staff: tuple[NamedWorker, ...] = ()
    minutes_before: int = 0
    refused_minutes: int = 0


@dataclass(frozen=True, slots=True)
class CleanVisits:
    """The visits of one decision that the sieve found free of deviations, added up: see `compare`.

    `minutes` is their sum, `activities` the union of what they performed. `days` are the dates on which every
    planned slot and every done or no_show visit found its match, so that neither D3 nor D4 can arise there.
    """

    minutes: int = 0
    activities: frozenset[str] = frozenset()
    days: frozenset[datetime.date] = frozenset()


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """All that one month is compared from.

    `visits` begin in the month, in any state; `neighbours` are visits of other months, of which only the
    pairs with a visit of this month matter: those that begin in the 24 hours after it will do. `clean` has,
    by decision key, what the sieve added up instead of naming. The decision, contract and worker of every
    visit must be given; of a neighbour the decision alone will do, and so of the visits in `added`. These were counted
    after their own month had been accepted, and were never compared: a visit of this month that shares time with one
    of them carries the pair, and nothing else is said of them.
    """

    decisions: Sequence[DecisionFacts]
    contracts: Sequence[ContractFacts]
    workers: Sequence[WorkerFacts]
    visits: Sequence[VisitFacts]
    neighbours: Sequence[VisitFacts] = ()
    added: Sequence[VisitFacts] = ()
    clean: Mapping[str, CleanVisits] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The settings of a tenant; the defaults are those of the house. Minutes, percent or days as named."""

    over_tolerance_minutes: int = 0
    under_threshold_percent: int = 90
    overlap_tolerance_minutes: int = 0
    slot_tolerance_minutes: int = 30
    late_entry_days: int = 7
    short_visit_minutes: int = 10
    long_visit_minutes: int = 720


DEFAULT_THRESHOLDS = Thresholds()

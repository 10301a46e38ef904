"""What can be said of an entry before it is saved, and which visits a plan asks for: pure rules of the diary."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from kernel.periods import NonexistentTime, elapsed_minutes, local_date, resolve_wall_time
from reporting.care.grants import is_due, is_in_force, is_suspended, last_day_in_force
from reporting.care.rules import Slot, Span

DONE, NO_SHOW = "done", "no_show"
# States that say what happened: impossible before the visit has begun.
HAPPENED = frozenset({DONE, NO_SHOW})

_ONE_DAY = timedelta(days=1)


class TimesRefused(ValueError):
    """A date with two times that are no visit; `code` says why, `field` names the time to correct."""

    def __init__(self, code: str, field: str, at: time) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.at = at


@dataclass(frozen=True, slots=True)
class Instants:
    """When a visit takes place, in UTC, and its elapsed minutes."""

    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        return elapsed_minutes(self.starts_at, self.ends_at)


def resolve_visit(day: date, start: time, end: time) -> Instants:
    """The instants of a visit written by the wall clock: an end before the start is on the next day.

    In the doubled hour of October a time means its first occurrence. Raises TimesRefused: equal_times,
    nonexistent_time, longer_than_a_day.
    """
    if start == end:
        raise TimesRefused("equal_times", "end", end)
    starts_at = _instant(day, start, "start")
    ends_at = _instant(day if start < end else day + _ONE_DAY, end, "end")
    if ends_at - starts_at > _ONE_DAY:
        raise TimesRefused("longer_than_a_day", "end", end)
    return Instants(starts_at, ends_at)


def _instant(day: date, at: time, field: str) -> datetime:
    try:
        return resolve_wall_time(day, at)
    except NonexistentTime:
        raise TimesRefused("nonexistent_time", field, at) from None


@dataclass(frozen=True, slots=True)
class Amount:
    """`per` is month, week or plan; `minutes` is None where the plan is the amount."""

    per: str
    minutes: int | None


@dataclass(frozen=True, slots=True)
class DecisionTerms:
    """What a decision says, as `reporting.care.grants` reads it, with its scope."""

    number: str
    valid_from: date
    valid_to: date
    revoked_from: date | None
    superseded_from: date | None
    amount: Amount
    plan: tuple[Slot, ...] = ()
    suspensions: tuple[Span, ...] = ()
    scope: frozenset[str] = frozenset()
    two_workers: bool = False


def planned_visits(terms: DecisionTerms, days: Iterable[date]) -> dict[date, list[Slot]]:
    """The slots due on the days on which the decision is active, in order of time; days without any are left out."""
    planned: dict[date, list[Slot]] = {}
    if not terms.plan:
        return planned
    for day in days:
        if is_in_force(terms, day) and not is_suspended(terms, day):
            due = [slot for slot in terms.plan if slot.weekday == day.isoweekday() and is_due(slot, day)]
            if due:
                planned[day] = sorted(due, key=lambda slot: slot.start)
    return planned


@dataclass(frozen=True, slots=True)
class EntryLimits:
    """From when on an entry is remarked on; the defaults are those of the house (compliance's thresholds)."""

    slot_tolerance_minutes: int = 30
    overlap_tolerance_minutes: int = 0
    late_entry_days: int = 7
    short_visit_minutes: int = 10
    long_visit_minutes: int = 720


DEFAULT_LIMITS = EntryLimits()


@dataclass(frozen=True, slots=True)
class Entry:
    """A visit about to be saved."""

    day: date
    start: time
    when: Instants
    state: str = DONE
    activities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OtherVisit:
    """A stored visit that might collide; `label` says whose it is, as far as the reader may know.

    `same_visit`: it is this very entry. `same_content`: same person, worker and times, under another decision.
    `person` is whom the label names.
    """

    when: Instants
    start: time
    end: time
    label: str
    two_workers: bool = False
    same_visit: bool = False
    same_content: bool = False
    person: UUID | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known around an entry: the decision, minutes of the month, visits of the worker and the person.

    `used_minutes` leaves out the stored version of the visit itself. `covering` are numbers of other decisions of
    the person for the service that hold on the day. A visit of `of_worker` that says the same is not in `of_person`.
    `worker_last_day` is where the worker's work ends; `missing_qualifications` are those the standard requires and
    the worker lacks on the day; `is_named` is None where the contract names nobody.
    """

    terms: DecisionTerms
    granted_minutes: int
    used_minutes: int
    now: datetime
    holiday: bool = False
    month_closed: bool = False
    covering: tuple[str, ...] = ()
    of_worker: tuple[OtherVisit, ...] = ()
    of_person: tuple[OtherVisit, ...] = ()
    worker_last_day: date | None = None
    missing_qualifications: tuple[str, ...] = ()
    is_named: bool | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say of an entry. `weight`: ok; note and warn, as the month's comparison will count it; stop: it
    cannot be saved. `deviation` is the code that the comparison will give it.
    """

    code: str
    weight: str
    details: Mapping[str, object] = field(default_factory=dict)
    deviation: str | None = None


def judge_entry(entry: Entry, around: Surroundings, limits: EntryLimits = DEFAULT_LIMITS) -> list[Finding]:
    """Everything to be said of an entry, what forbids it first, then in the order in which one asks."""
    found = [*_stops(entry, around), *_decision(entry, around)]
    if around.holiday:
        found.append(Finding("holiday", "ok"))
    if entry.state == DONE:
        found += [
            _minutes_left(entry, around),
            *_collisions(entry, around, limits),
            *_fitness(entry, around),
            *_duration(entry, limits),
        ]
    if entry.state in HAPPENED:
        found += _plan(entry, around, limits)
        days = (local_date(around.now) - entry.day).days
        if days > limits.late_entry_days:
            found.append(Finding("late", "note", {"days": days, "limit": limits.late_entry_days}, "T1"))
    return found


def _stops(entry: Entry, around: Surroundings) -> list[Finding]:
    found = []
    if around.month_closed:
        found.append(Finding("month_closed", "stop"))
    if entry.state in HAPPENED and entry.when.starts_at > around.now:
        found.append(Finding("not_begun", "stop"))
    if any(other.same_visit for other in around.of_worker):
        found.append(Finding("already_there", "stop"))
    if around.worker_last_day is not None and entry.day > around.worker_last_day:
        found.append(Finding("worker_gone", "stop", {"last": around.worker_last_day}))
    return found


def _decision(entry: Entry, around: Surroundings) -> list[Finding]:
    terms = around.terms
    if is_in_force(terms, entry.day):
        found = [Finding("covered", "ok", {"number": terms.number})]
        found += [
            Finding("suspended", "warn", {"first": rest.first, "last": rest.last}, "D2")
            for rest in terms.suspensions
            if rest.holds_on(entry.day)
        ]
        return found
    details: dict[str, object] = {
        "number": terms.number,
        "first": terms.valid_from,
        "last": last_day_in_force(terms),
    }
    if around.covering:
        details["other"] = ", ".join(around.covering)
        return [Finding("covered_by_other", "warn", details, "D1")]
    return [Finding("not_covered", "warn", details, "D1")]


def _minutes_left(entry: Entry, around: Surroundings) -> Finding:
    left = around.granted_minutes - around.used_minutes - entry.when.minutes
    details = {"granted": around.granted_minutes, "left": left, "over": -left}
    return Finding("left", "ok", details) if left >= 0 else Finding("over", "warn", details, "H1")


def _collisions(entry: Entry, around: Surroundings, limits: EntryLimits) -> list[Finding]:
    """As the comparison reports pairs: a duplicate only as such, the tolerance for the worker alone."""
    of_worker = [other for other in around.of_worker if not other.same_visit]
    found = [Finding("duplicate", "warn", {}, "T3") for other in of_worker if other.same_content]
    busy = [other for other in of_worker if not other.same_content]
    found += [
        Finding("worker_busy", "warn", _meeting(other, minutes), "O1")
        for other, minutes in _overlapping(entry, busy)
        if minutes > limits.overlap_tolerance_minutes
    ]
    if not found:
        found.append(Finding("worker_free", "ok"))
    if not around.terms.two_workers:
        found += [
            Finding("person_busy", "warn", _meeting(other, minutes), "O2")
            for other, minutes in _overlapping(entry, around.of_person)
            if not other.two_workers
        ]
    return found


def _overlapping(entry: Entry, others: Sequence[OtherVisit]) -> Iterator[tuple[OtherVisit, int]]:
    for other in others:
        first = max(entry.when.starts_at, other.when.starts_at)
        last = min(entry.when.ends_at, other.when.ends_at)
        if first < last:
            yield other, elapsed_minutes(first, last)


def _meeting(other: OtherVisit, minutes: int) -> dict[str, object]:
    details = {"label": other.label, "start": other.start, "end": other.end, "minutes": minutes}
    return details if other.person is None else {**details, "person": other.person}


def _fitness(entry: Entry, around: Surroundings) -> list[Finding]:
    found = []
    outside = sorted(entry.activities - around.terms.scope)
    if outside:
        found.append(Finding("outside_scope", "warn", {"activities": tuple(outside)}, "S1"))
    if around.missing_qualifications:
        details = {"qualifications": around.missing_qualifications}
        found.append(Finding("not_qualified", "warn", details, "W1"))
    if around.is_named is False:
        found.append(Finding("not_named", "note", {}, "W2"))
    return found


def _duration(entry: Entry, limits: EntryLimits) -> list[Finding]:
    minutes = entry.when.minutes
    if minutes < limits.short_visit_minutes:
        return [Finding("short", "note", {"minutes": minutes}, "T2")]
    if minutes > limits.long_visit_minutes:
        return [Finding("long", "note", {"minutes": minutes}, "T2")]
    return []


def _plan(entry: Entry, around: Surroundings, limits: EntryLimits) -> list[Finding]:
    terms = around.terms
    if not terms.plan or not is_in_force(terms, entry.day) or is_suspended(terms, entry.day):
        return []
    slots = [slot for slot in terms.plan if slot.weekday == entry.day.isoweekday()]
    if any(
        abs(_minute_of(slot.start) - _minute_of(entry.start)) <= limits.slot_tolerance_minutes
        for slot in slots
    ):
        return [Finding("fits_plan", "ok")]
    if entry.state != DONE:
        return []
    planned = tuple((slot.start, slot.end) for slot in sorted(slots, key=lambda slot: slot.start))
    return [Finding("off_plan", "note", {"planned": planned}, "D3")]


def _minute_of(at: time) -> int:
    return at.hour * 60 + at.minute

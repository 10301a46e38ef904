"""What a month's work says of each kind of promise: a value, what it is computed from, and the visits behind it.

A value is a Fraction, never rounded before it is compared with the promise. Shares are in percent.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from kernel.periods import is_public_holiday
from reporting.compliance.rules import VisitState
from reporting.evaluation.rules.work import Conditions, MonthWork, Planned, evening_minutes

_FREE_FROM = 6  # Saturday


class Reason(StrEnum):
    """Why a month says nothing of a promise."""

    NO_VISITS = "no_visits"
    NO_PLAN = "no_plan"
    NOTHING_PLANNED = "nothing_planned"
    NOTHING_MISSED = "nothing_missed"
    NOTHING_GRANTED = "nothing_granted"
    NOTHING_REQUIRED = "nothing_required"
    NO_FIRST_ADVICE = "no_first_advice"
    NO_MEETINGS = "no_meetings"
    NO_DUTY = "no_duty"
    NO_RULE = "no_rule"


@dataclass(frozen=True, slots=True)
class Behind:
    """A line behind a value: a decision (or an appointment, a session), day and start, what is said of it, a number.

    `number` is minutes, or a count where `said` is `carers`; `of` what it is compared with.
    """

    decision: str
    said: str
    day: date | None = None
    start: time | None = None
    number: int | None = None
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A measured value, or the reason why there is none; `part` of `whole` where it is a share or an average.

    `short` lists what keeps the value from being better, `aside` counts what is told beside it.
    """

    value: Fraction | None = None
    part: int | None = None
    whole: int | None = None
    reason: Reason | None = None
    behind: tuple[Behind, ...] = ()
    aside: int = 0

    @property
    def rounded(self) -> Decimal | None:
        """The value with two places, half up."""
        return None if self.value is None else rounded(self.value)


@dataclass(frozen=True, slots=True)
class Staffing:
    """Which visits (by id) were made by carers without a required qualification, and by carers not named.

    `required` says whether the standard of any service asks for one at all.
    """

    unqualified: frozenset[str]
    unnamed: frozenset[str]
    required: bool


def rounded(value: Fraction, places: int = 2) -> Decimal:
    """A fraction as a decimal, rounded half up."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def is_met(direction: str, promised: Decimal, value: Fraction) -> bool:
    """Whether a value keeps a promise `at_least` or `at_most`; compared exactly."""
    bound = Fraction(promised)
    return value <= bound if direction == "at_most" else value >= bound


def share(part: int, whole: int, nothing: Reason, behind: Iterable[Behind] = (), aside: int = 0) -> Reading:
    """`part` of `whole` in percent, or the reason why there is nothing to share."""
    if not whole:
        return Reading(reason=nothing)
    return Reading(Fraction(100 * part, whole), part, whole, behind=tuple(behind), aside=aside)


def continuity(work: MonthWork, *, by: str) -> Reading:
    """Of all visits (`by` visits) or minutes (`by` minutes) the share of each person's main carer.

    The main carer is who made most of them, then most of the other, then the lower code. Decisions for two carers at
    once are left out: there nobody can be the only one.
    """
    totals = _by_carer(work)
    best = whole = 0
    behind = []
    for decision, carers in sorted(totals.values(), key=lambda each: each[0]):
        order = 0 if by == "visits" else 1
        main = min(carers, key=lambda code: (-carers[code][order], -carers[code][1 - order], code))
        part, of = carers[main][order], sum(each[order] for each in carers.values())
        best, whole = best + part, whole + of
        if part < of:
            behind.append(Behind(decision, f"main_{by}", number=part, of=of))
    return share(best, whole, Reason.NO_VISITS, behind)


def different_carers(work: MonthWork) -> Reading:
    """How many different carers came to a person, on average."""
    totals = _by_carer(work)
    if not totals:
        return Reading(reason=Reason.NO_VISITS)
    counts = sorted((decision, len(carers)) for decision, carers in totals.values())
    behind = tuple(Behind(decision, "carers", number=count) for decision, count in counts if count > 1)
    carers = sum(count for _, count in counts)
    return Reading(Fraction(carers, len(counts)), carers, len(counts), behind=behind)


def _by_carer(work: MonthWork) -> dict[str, tuple[str, dict[str, tuple[int, int]]]]:
    """Person → (a decision of theirs, carer → (visits, minutes))."""
    found: dict[str, tuple[str, dict[str, tuple[int, int]]]] = {}
    for visit in work.visits:
        if visit.decision not in work.alone:
            continue
        decision, carers = found.get(visit.person, (visit.decision, {}))
        visits, minutes = carers.get(visit.worker, (0, 0))
        carers[visit.worker] = (visits + 1, minutes + visit.minutes)
        found[visit.person] = (min(decision, visit.decision), carers)
    return found


def replacement(
    work: MonthWork, promised_hours: Decimal, conditions: Conditions, *, now: datetime
) -> Reading:
    """The longest wait from a planned visit to which nobody came to the visit that made up for it, in hours.

    That is the first visit of the decision that answers no planned one and begins on the same day or within the
    tenant's hours after; each makes up for one only, and one that came earlier on the day made nobody wait. `part` of
    `whole` are those made up for within the promised hours. A visit that nobody made up for counts with the tenant's
    hours; one whose promised hours are not over yet is left out.
    """
    missed: dict[str, list[Planned]] = defaultdict(list)
    for one in work.planned:
        if one.by_state is None:
            missed[one.decision].append(one)
    within = timedelta(hours=conditions.replacement_within_hours)
    promised = Fraction(promised_hours) * 60
    longest, kept, whole, never = Fraction(0), 0, 0, 0
    behind = []
    for decision in sorted(missed):
        free = sorted(work.unplanned.get(decision, ()), key=lambda visit: (visit.starts_at, visit.worker))
        for one in sorted(missed[decision], key=lambda each: each.at):
            answer = next(
                (
                    visit
                    for visit in free
                    if visit.date == one.date or one.at <= visit.starts_at <= one.at + within
                ),
                None,
            )
            if answer is None:
                if now < one.at + min(within, timedelta(minutes=float(promised))):
                    continue
                whole, never = whole + 1, never + 1
                longest = max(longest, Fraction(conditions.replacement_within_hours * 60))
                behind.append(Behind(decision, "not_replaced", one.date, one.start))
                continue
            free.remove(answer)
            waited = max(0, int((answer.starts_at - one.at).total_seconds() // 60))
            whole, kept = whole + 1, kept + (waited <= promised)
            longest = max(longest, Fraction(waited))
            behind.append(Behind(decision, "replaced", one.date, one.start, waited))
    if not whole:
        return Reading(reason=Reason.NOTHING_MISSED if work.planned else _no_plan(work))
    return Reading(longest / 60, kept, whole, behind=tuple(behind), aside=never)


def _no_plan(work: MonthWork) -> Reason:
    return Reason.NOTHING_PLANNED if work.has_plans else Reason.NO_PLAN


def on_plan(work: MonthWork) -> Reading:
    """The share of planned visits that were answered (no D4); a person who was absent was visited.

    `aside` counts the visits that answer none (D3).
    """
    behind = [
        Behind(one.decision, "missed", one.date, one.start) for one in work.planned if one.by_state is None
    ]
    outside = sum(work.month.contains(visit.date) for free in work.unplanned.values() for visit in free)
    return share(len(work.planned) - len(behind), len(work.planned), _no_plan(work), behind, outside)


def planned_days(work: MonthWork) -> Reading:
    """The share of days with a planned visit, of each decision, on which somebody came."""
    days = {(one.decision, one.date) for one in work.planned}
    came = {(one.decision, one.date) for one in work.planned if one.by_state is not None}
    came |= {(visit.decision, visit.date) for visit in work.visits}
    behind = [Behind(decision, "nobody_came", day) for decision, day in sorted(days - came)]
    return share(len(days & came), len(days), _no_plan(work), behind)


def punctuality(work: MonthWork, conditions: Conditions) -> Reading:
    """Of the planned visits that were made, the share that began within the tenant's minutes of the planned start."""
    made = [one for one in work.planned if one.by_state is VisitState.DONE]
    late = [one for one in made if one.off_by_minutes > conditions.punctual_minutes]
    behind = [Behind(one.decision, "off_by", one.date, one.start, one.off_by_minutes) for one in late]
    return share(
        len(made) - len(late), len(made), Reason.NO_VISITS if work.planned else _no_plan(work), behind
    )


def qualified(work: MonthWork, staffing: Staffing) -> Reading:
    """The share of visits whose carer held all that the standard requires on that day (no W1).

    `aside` counts visits of carers whom the contract does not name (W2).
    """
    if not staffing.required:
        return Reading(reason=Reason.NOTHING_REQUIRED if work.visits else Reason.NO_VISITS)
    wrong = [visit for visit in work.visits if visit.id in staffing.unqualified]
    behind = [
        Behind(visit.decision, "unqualified", visit.date, visit.start, visit.minutes) for visit in wrong
    ]
    unnamed = sum(visit.id in staffing.unnamed for visit in work.visits)
    return share(len(work.visits) - len(wrong), len(work.visits), Reason.NO_VISITS, behind, unnamed)


def evening_hours(work: MonthWork, conditions: Conditions) -> Reading:
    """Hours of visits in the evening, on Saturdays, Sundays and public holidays; `part` are the minutes."""
    if not work.visits:
        return Reading(reason=Reason.NO_VISITS)
    free = frozenset(
        day
        for day in {visit.date + timedelta(days=n) for visit in work.visits for n in (0, 1)}
        if _is_free(day)
    )
    found = [(visit, evening_minutes(visit, conditions.evening_from, free)) for visit in work.visits]
    behind = tuple(
        Behind(visit.decision, "evening", visit.date, visit.start, minutes)
        for visit, minutes in found
        if minutes
    )
    minutes = sum(each for _, each in found)
    return Reading(Fraction(minutes, 60), minutes, None, behind=behind)


def _is_free(day: date) -> bool:
    return day.isoweekday() >= _FREE_FROM or is_public_holiday(day)


def delivered_hours(work: MonthWork) -> Reading:
    """Minutes delivered of minutes granted, as the comparison counts them."""
    granted, delivered = sum(work.granted.values()), sum(work.delivered.values())
    behind = [
        Behind(key, "delivered", number=work.delivered.get(key, 0), of=minutes)
        for key, minutes in sorted(work.granted.items())
        if work.delivered.get(key, 0) < minutes
    ]
    return share(delivered, granted, Reason.NOTHING_GRANTED, behind)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a measure may need beside the work: the promise, the conditions, the staff, and the present moment."""

    promised: Decimal
    conditions: Conditions
    staffing: Staffing
    now: datetime


RULES: Mapping[str, Callable[[MonthWork, Asked], Reading]] = {
    "same_carer": lambda work, asked: continuity(work, by="visits"),
    "main_carer_minutes": lambda work, asked: continuity(work, by="minutes"),
    "carers_per_person": lambda work, asked: different_carers(work),
    "replacement_hours": lambda work, asked: replacement(
        work, asked.promised, asked.conditions, now=asked.now
    ),
    "visits_on_plan": lambda work, asked: on_plan(work),
    "planned_days": lambda work, asked: planned_days(work),
    "punctual_visits": lambda work, asked: punctuality(work, asked.conditions),
    "qualified_staff": lambda work, asked: qualified(work, asked.staffing),
    "evening_hours": lambda work, asked: evening_hours(work, asked.conditions),
    "delivered_hours": lambda work, asked: delivered_hours(work),
}
SHARES: Collection[str] = frozenset(RULES) - {"carers_per_person", "replacement_hours", "evening_hours"}


def is_kept(kind: str, direction: str, promised: Decimal, reading: Reading) -> bool:
    """Whether a reading that has a value keeps the promise; of replacements every one must come in time."""
    if kind == "replacement_hours":
        return reading.part == reading.whole
    return reading.value is not None and is_met(direction, promised, reading.value)


def measure(kind: str, work: MonthWork, asked: Asked) -> Reading:
    """The reading of one kind of promise; NO_RULE where no diary tells it."""
    rule = RULES.get(kind)
    return Reading(reason=Reason.NO_RULE) if rule is None else rule(work, asked)

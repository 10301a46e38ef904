"""The work of one contract in one month: planned visits with what answered them, and visits that were made."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from kernel.periods import Month, NonexistentTime, local_datetime, resolve_wall_time
from reporting.care.grants import active_dates, granted_minutes, is_due, is_in_force, is_suspended
from reporting.compliance.rules import DecisionFacts, Slot, VisitFacts, VisitState, match_slots

_ANSWERING = frozenset({VisitState.DONE, VisitState.NO_SHOW})


@dataclass(frozen=True, slots=True)
class Conditions:
    """What the tenant calls on time, evening, a replacement and advice in term; a slot's tolerance."""

    slot_tolerance_minutes: int = 30
    punctual_minutes: int = 15
    evening_from: time = time(18)
    replacement_within_hours: int = 72
    first_advice_days: int = 14

    def told(self) -> dict[str, int | str]:
        """As they are kept with what was measured by them: the time as ISO 8601."""
        return {**asdict(self), "evening_from": self.evening_from.isoformat()}

    @classmethod
    def kept(cls, told: Mapping[str, Any]) -> "Conditions":
        """The conditions that were kept so."""
        return cls(**{**told, "evening_from": time.fromisoformat(told["evening_from"])})


@dataclass(frozen=True, slots=True)
class Planned:
    """A planned visit that was due: its UTC instant, the visit that answers it, and by how many minutes that differs.

    `by_state` is None where nobody came.
    """

    decision: str
    date: date
    start: time
    at: datetime
    by_state: VisitState | None = None
    off_by_minutes: int = 0


@dataclass(frozen=True, slots=True)
class MonthWork:
    """What the measures of one month are computed from.

    `visits` are those done that begin in the month; `planned` the planned visits due in it; `unplanned` the visits
    done that answer no planned one, by decision, also those of the days after the month in which a replacement may
    come. `granted` and `delivered` are minutes by decision. `alone` are the decisions where one carer comes at a time.
    """

    month: Month
    visits: tuple[VisitFacts, ...]
    planned: tuple[Planned, ...]
    unplanned: Mapping[str, tuple[VisitFacts, ...]]
    granted: Mapping[str, int]
    delivered: Mapping[str, int]
    alone: frozenset[str]
    has_plans: bool


def work_of(
    month: Month,
    decisions: Sequence[DecisionFacts],
    visits: Sequence[VisitFacts],
    conditions: Conditions,
    *,
    today: date,
) -> MonthWork:
    """The work of the month; planned visits of `today` and later are not due yet.

    `visits` may be of any days; those of the days after the month serve for replacements only.
    """
    within = timedelta(hours=conditions.replacement_within_hours)
    until = month.last + timedelta(days=within.days + 1)
    visits_of: dict[str, list[VisitFacts]] = defaultdict(list)
    for visit in visits:
        if visit.state in _ANSWERING and month.first <= visit.date <= until:
            visits_of[visit.decision].append(visit)
    planned: list[Planned] = []
    unplanned: dict[str, tuple[VisitFacts, ...]] = {}
    for decision in decisions:
        found, free = _against_plan(
            month, decision, visits_of.get(decision.key, []), conditions, until, today
        )
        planned += found
        unplanned[decision.key] = tuple(free)
    done = tuple(
        visit
        for found in visits_of.values()
        for visit in found
        if visit.state is VisitState.DONE and month.contains(visit.date)
    )
    delivered: dict[str, int] = defaultdict(int)
    for visit in done:
        delivered[visit.decision] += visit.minutes
    return MonthWork(
        month=month,
        visits=done,
        planned=tuple(planned),
        unplanned=unplanned,
        granted={decision.key: granted_minutes(decision, month) for decision in decisions},
        delivered=dict(delivered),
        alone=frozenset(decision.key for decision in decisions if not decision.two_workers),
        has_plans=any(decision.plan and active_dates(decision, month) for decision in decisions),
    )


def _against_plan(
    month: Month,
    decision: DecisionFacts,
    visits: Sequence[VisitFacts],
    conditions: Conditions,
    until: date,
    today: date,
) -> tuple[list[Planned], list[VisitFacts]]:
    """Planned visits of the month with their answers, and the done visits that answer none, day by day.

    As in the comparison a decision without a plan has neither, and days on which a decision rests have neither.
    """
    if not decision.plan:
        return [], []
    visits_on: dict[date, list[VisitFacts]] = defaultdict(list)
    for visit in visits:
        visits_on[visit.date].append(visit)
    planned: list[Planned] = []
    free: list[VisitFacts] = []
    day = month.first
    while day <= until:
        if is_in_force(decision, day) and not is_suspended(decision, day):
            slots = [slot for slot in decision.plan if slot.weekday == day.isoweekday()]
            matching = match_slots(slots, visits_on.get(day, ()), conditions.slot_tolerance_minutes)
            free += [visit for visit in matching.off_plan if visit.state is VisitState.DONE]
            if month.contains(day) and day < today:
                planned += [
                    _answered(decision, day, slot, visit)
                    for slot, visit in matching.pairs
                    if is_due(slot, day)
                ]
                planned += [_planned(decision, day, slot) for slot in matching.missed if is_due(slot, day)]
        day += timedelta(days=1)
    return planned, free


def _planned(decision: DecisionFacts, day: date, slot: Slot) -> Planned:
    return Planned(decision.key, day, slot.start, _instant(day, slot.start))


def _answered(decision: DecisionFacts, day: date, slot: Slot, visit: VisitFacts) -> Planned:
    off_by = abs(_minute_of(visit.start) - _minute_of(slot.start))
    return Planned(decision.key, day, slot.start, _instant(day, slot.start), visit.state, off_by)


def _instant(day: date, at: time) -> datetime:
    """The instant of a planned start; in the hour that the clocks skip, when it would have been."""
    try:
        return resolve_wall_time(day, at)
    except NonexistentTime:
        return resolve_wall_time(day, time(at.hour + 1, at.minute))


def _minute_of(at: time) -> int:
    return at.hour * 60 + at.minute


def evening_minutes(visit: VisitFacts, evening_from: time, free_days: frozenset[date]) -> int:
    """Minutes of a visit from the evening to midnight, or at any time of a free day; `free_days` are local dates."""
    found, day = 0, visit.date
    while True:
        midnight = _instant(day, time())
        following = _instant(day + timedelta(days=1), time())
        begins = midnight if day in free_days else _instant(day, evening_from)
        lasting = min(visit.ends_at, following) - max(visit.starts_at, begins)
        found += max(0, int(lasting.total_seconds() // 60))
        day += timedelta(days=1)
        if local_datetime(visit.ends_at) <= local_datetime(following):
            return found

"""One day of a decision: planned visits, the visits that answer them, deviations with each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from reporting.compliance.answers import Answered
from reporting.compliance.rules import (
    Code,
    DecisionFacts,
    PlannedSlot,
    Slot,
    VisitFacts,
    VisitState,
    is_in_force,
    is_suspended,
    match_slots,
    missed_on,
)
from reporting.compliance.rules.grants import is_due
from reporting.compliance.tables.points import Point, point_of
from reporting.delivery.models import Visit


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A visit with the slot that it answers, its activities by name (outside the scope or not) and deviations."""

    visit: Any
    slot: Slot | None
    activities: tuple[tuple[str, bool], ...]
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class DayOfDecision:
    """A day: whether the decision holds and rests, its visits, and the planned ones that nobody came for."""

    pk: UUID
    number: str
    date: date
    holds: bool
    rests: bool
    planned: int
    delivered: int
    lines: tuple[VisitLine, ...]
    missed: tuple[tuple[PlannedSlot, Point | None], ...]


def day_of(
    decision: DecisionFacts,
    day: date,
    visits: Sequence[Visit],
    points: Sequence[Answered],
    activity_names: Mapping[str, str],
    tolerance_minutes: int,
    workers: Collection[str] | None,
) -> DayOfDecision:
    """The day as the page shows it; `points` are the decision's deviations."""
    holds, rests = is_in_force(decision, day), is_suspended(decision, day)
    slots = (
        [slot for slot in decision.plan if slot.weekday == day.isoweekday()] if holds and not rests else []
    )
    facts = {str(visit.pk): _facts(visit, decision) for visit in visits}
    answering = [one for one in facts.values() if one.state in (VisitState.DONE, VisitState.NO_SHOW)]
    matching = match_slots(slots, answering, tolerance_minutes)
    slot_of = {visit.id: slot for slot, visit in matching.pairs}
    missed_points = {
        (one.deviation.slot.start, one.deviation.slot.place): one
        for one in points
        if one.deviation.code is Code.MISSED and one.deviation.slot and one.deviation.slot.date == day
    }
    return DayOfDecision(
        pk=UUID(decision.key),
        number=decision.number,
        date=day,
        holds=holds,
        rests=rests,
        planned=sum(slot.minutes for slot in slots if is_due(slot, day)),
        delivered=sum(visit.minutes for visit in visits if visit.state == Visit.State.DONE),
        lines=tuple(
            VisitLine(
                visit,
                slot_of.get(str(visit.pk)),
                tuple((activity_names.get(code, code), code in decision.scope) for code in visit.activities),
                tuple(
                    point_of(one, activity_names, workers) for one in points if _concerns(one, str(visit.pk))
                ),
            )
            for visit in visits
        ),
        # What lies ahead is not missed yet.
        missed=tuple(
            (slot, _point_of(missed_points.get((slot.start, slot.place)), activity_names))
            for slot in (missed_on(day, matching) if day < timezone.localdate() else ())
        ),
    )


def _point_of(one: Answered | None, names: Mapping[str, str]) -> Point | None:
    return None if one is None else point_of(one, names)


def _concerns(one: Answered, visit: str) -> bool:
    deviation = one.deviation
    return any(part is not None and part.id == visit for part in (deviation.visit, deviation.other))


def _facts(visit: Visit, decision: DecisionFacts) -> VisitFacts:
    return VisitFacts(
        id=str(visit.pk),
        decision=decision.key,
        person=decision.person,
        worker=visit.worker.code,
        date=visit.date,
        start=visit.start,
        starts_at=visit.starts_at,
        ends_at=visit.ends_at,
        minutes=visit.minutes,
        entered_on=visit.date,
        state=VisitState(visit.state),
        activities=frozenset(visit.activities),
    )
